namespace ReactiveQuery.Tests.Model;

/// <summary>What holds for a whole program: the options that belong to entries and to the client.</summary>
internal sealed record Setup
{
    /// <summary>All instants and spans are milliseconds. Their remainders differ, so that no two timers of one entry ever fall on one instant.</summary>
    public const long Never = long.MaxValue;
    public const long RetryDelay = 1_000;
    public const int MaxRetries = 1;

    public required long DefaultStaleTime { get; init; }
    public required long CacheTtl { get; init; }
    public required long GcTime { get; init; }
    public required long CancelDelay { get; init; }
    public required NetworkMode NetworkMode { get; init; }
    public required bool Dedupes { get; init; }
    public required bool Caches { get; init; }
    public required int Capacity { get; init; }

    /// <summary>Since when the initial data of the queries named "a" holds: <see cref="Never"/> for "since it is put in place"; null: they have none.</summary>
    public required long? InitialDataAt { get; init; }

    /// <summary>Where the order of uses matters, nothing is read but by a step of its own.</summary>
    public bool IsBounded => Capacity != int.MaxValue;

    public override string ToString() =>
        $"client: StaleTime {Text(DefaultStaleTime)}, CacheTtl {Text(CacheTtl)}, GcTime {Text(GcTime)}, CancelDelay {Text(CancelDelay)}, {NetworkMode}, one retry after 1 s"
        + (Dedupes ? "" : ", DedupeRequests false") + (Caches ? "" : ", CacheEnabled false") + (IsBounded ? $", CacheCapacity {Capacity}" : "")
        + (InitialDataAt is not { } at ? "" : at == Never ? ", a has initial data" : $", a has initial data of {at} ms");

    public static string Text(long milliseconds) => milliseconds == Never ? "infinite" : $"{milliseconds} ms";
}

/// <summary>
/// One of the seven keys: <c>a/1</c> and <c>a/2</c>, whose fetcher takes a token, <c>b/1</c> and <c>b/2</c>, whose fetcher does not, <c>c/1</c>, a live query, and two
/// infinite ones, both of which grow at both ends: <c>p/1</c>, whose fetcher takes a token, and <c>q/1</c>, which keeps three pages.
/// </summary>
internal sealed record TestKey(string Name, int Id)
{
    public static IReadOnlyList<TestKey> All { get; } = [new("a", 1), new("a", 2), new("b", 1), new("b", 2), new("c", 1), new("p", 1), new("q", 1)];

    public bool IsLive => Name == "c";

    /// <summary>Whether a fetch that nobody waits for any more is cancelled rather than completed.</summary>
    public bool IsCancellable => Name is not ("b" or "q");

    public bool IsPaged => Name is "p" or "q";

    public int MaxPages => Name == "q" ? 3 : int.MaxValue;

    public override string ToString() => $"{Name}{Id}";
}

/// <summary>What a call of the fetcher does: wait for the program's answer, or end before it returns.</summary>
internal enum Behaviour
{
    Waits,
    Succeeds,
    Fails,
    Throws,
}

internal sealed record ObserverSetup(
    long StaleTime, bool Enabled, bool IsSwitched, RefetchPolicy OnMount, RefetchPolicy OnFocus, RefetchPolicy OnReconnect, long Interval, bool InBackground);

internal sealed class ModelObserver(int id, ModelEntry entry, ObserverSetup setup)
{
    public int Id => id;

    public ModelEntry Entry { get; } = entry;

    public ObserverSetup Setup => setup;

    public bool IsEnabled { get; set; } = setup.Enabled;

    public long? IntervalDue { get; private set; }

    /// <summary>An interval runs while its observer is enabled, and begins anew when it is enabled again.</summary>
    public void PlanInterval(long now) =>
        IntervalDue = setup.Interval == Model.Setup.Never || Entry.Key.IsLive || !IsEnabled ? null : now + setup.Interval;
}

/// <summary>An awaiting caller. What it will be answered with is known when <see cref="Outcome"/> is set.</summary>
internal sealed class ModelWaiter(int id, long epoch, bool wantsData)
{
    public int Id => id;

    /// <summary>The epoch in which the caller came: no fetch of an earlier one answers it.</summary>
    public long Epoch { get; set; } = epoch;

    public bool WantsData => wantsData;

    /// <summary>Which page the caller waits for; none when it waits for all.</summary>
    public PageDirection Direction { get; init; }

    public ModelEntry? Entry { get; set; }

    public string? Outcome { get; private set; }

    public void Succeed(string data) => Outcome ??= wantsData ? $"result {data}" : "done";

    public void Fail(string error) => Outcome ??= wantsData ? $"failed {error}" : "done";

    public void Cancel() => Outcome ??= wantsData ? "cancelled" : "done";

    public void GiveUp() => Outcome ??= "cancelled";
}

internal enum Phase
{
    Calling,
    BackingOff,
    Paused,
    Streaming,
}

internal sealed class ModelFetch(long epoch, int number, PageDirection direction = PageDirection.None)
{
    public long Epoch => epoch;

    /// <summary>The how manieth of its entry it is.</summary>
    public int Number => number;

    /// <summary>At which end the fetch brings a page; none when it brings everything.</summary>
    public PageDirection Direction => direction;

    public bool IsOfPage => direction != PageDirection.None;

    /// <summary>The cursor of the page that is fetched, where there are pages.</summary>
    public int? Cursor { get; set; }

    /// <summary>Of a page fetch: the cursor of the page at that end when it began.</summary>
    public int? Edge { get; init; }

    /// <summary>Of a fetch of everything: the pages it has gathered, and how many more it wants.</summary>
    public List<string> Walked { get; } = [];

    public int PagesLeft { get; set; }

    public Phase Phase { get; set; }

    public int Failures { get; set; }

    public string? FailureReason { get; set; }

    public long RetryAt { get; set; }

    public bool HasNoMoreRetries { get; set; }

    public long? AbandonAt { get; set; }

    public ModelCall? Call { get; set; }

    public bool HasValue { get; set; }
}

/// <summary>One call of a fetcher.</summary>
internal sealed class ModelCall(int index, int? cursor)
{
    public int Index => index;

    public int? Cursor => cursor;

    public bool IsAnswered { get; set; }

    public int Values { get; set; }

    public bool IsCancelled { get; set; }
}

/// <summary>A patch on an entry. It goes with data of a fetch that began after the patch was settled.</summary>
internal sealed class ModelPatch(long id, string mark, long laidAt)
{
    public long Id => id;

    public string Mark => mark;

    public int? SettledAfter { get; set; }

    public bool IsSettled => SettledAfter is not null;

    public string Show() => $"{id} of {laidAt} ms{(IsSettled ? ", settled" : "")}";
}

/// <summary>One key of the model. What was settled is kept apart from the fetch that runs, so that a cancel is nothing but forgetting the fetch.</summary>
internal sealed class ModelEntry(TestKey key)
{
    public TestKey Key => key;

    public QueryStatus Settled { get; set; }

    /// <summary>The base: what the server last said.</summary>
    public string? Data { get; set; }

    public bool HasData => Data is not null;

    public List<ModelPatch> Patches { get; } = [];

    /// <summary>What is shown: the base with all patches, in order.</summary>
    public string? Shown => Data is null ? null : Patches.Aggregate(Data, (data, patch) => PageText.Marked(key, data, patch.Mark));

    /// <summary>Whether a patch awaits its confirmation, and keeps the entry.</summary>
    public bool IsOptimistic => Patches.Exists(p => !p.IsSettled);

    public int FetchesBegun { get; set; }

    /// <summary>What was asked for while a page, or everything, was on its way, in the order of asking.</summary>
    public List<PageDirection> Wanted { get; } = [];

    public string? Error { get; set; }

    public int Failures { get; set; }

    public long DataAt { get; set; }

    public bool IsInvalidated { get; set; }

    public long Epoch { get; set; }

    public ModelFetch? Fetch { get; set; }

    public long? UnheldSince { get; set; }

    public long LastUse { get; set; }

    public List<ModelObserver> Observers { get; } = [];

    public List<ModelWaiter> Waiters { get; } = [];

    public bool IsEmpty => Settled == QueryStatus.Idle;

    public bool HasPassengers => Observers.Count > 0 || Waiters.Count > 0;

    public bool IsWanted => Observers.Exists(o => o.IsEnabled);

    public void Forget() => (Settled, Data, Error, Failures, IsInvalidated) = (QueryStatus.Idle, null, null, 0, false);

    public void Set(string data, long now) => (Settled, Data, Error, Failures, DataAt, IsInvalidated) = (QueryStatus.Success, data, null, 0, now, false);

    public bool IsStreaming => Fetch is { Phase: Phase.Streaming };

    public bool IsStale(long staleTime, long now) => HasData && !IsStreaming && (IsInvalidated || (staleTime != Setup.Never && now - DataAt >= staleTime));

    /// <summary>The state as <see cref="QueryState{T}"/> writes it.</summary>
    public string Show(long staleTime, long now)
    {
        var status = Fetch is not null && !HasData ? QueryStatus.Loading : Settled;
        var running = Fetch is null ? FetchStatus.Idle : Fetch.Phase switch
        {
            Phase.Paused => FetchStatus.Paused,
            Phase.Streaming => FetchStatus.Streaming,
            _ => FetchStatus.Fetching,
        };
        List<string> parts = [];
        if (HasData) parts.Add(Shown!);
        if (status == QueryStatus.Error) parts.Add($"error: {Error}");
        var failures = Fetch is null ? Failures : Fetch.Failures;
        if (failures > 0) parts.Add($"failures: {failures}");
        if (failures > 0 && Fetch is { FailureReason: { } reason }) parts.Add($"last failure: {reason}");
        if (IsStale(staleTime, now)) parts.Add("stale");
        if (IsOptimistic) parts.Add("optimistic");
        if (HasData && running == FetchStatus.Fetching && Fetch!.IsOfPage) parts.Add(Fetch.Direction == PageDirection.Next ? "next page" : "previous page");
        return parts.Count == 0 ? $"{status}+{running}" : $"{status}+{running}({string.Join(", ", parts)})";
    }
}
