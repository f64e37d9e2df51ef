namespace ReactiveQuery.Tests.Model;

/// <summary>
/// What a client must do, said as plainly as possible: sequential, no Rx, no scheduler, no delivery. Written from the design, not from the engine.
/// </summary>
internal sealed partial class ReferenceModel(Setup setup)
{
    private readonly Dictionary<TestKey, ModelEntry> _entries = [];
    private readonly Dictionary<int, ModelObserver> _observers = [];
    private readonly Dictionary<int, ModelWaiter> _waiters = [];
    private readonly Dictionary<TestKey, List<ModelCall>> _calls = TestKey.All.ToDictionary(k => k, _ => new List<ModelCall>());
    private readonly Dictionary<TestKey, Behaviour> _behaviours = TestKey.All.ToDictionary(k => k, _ => Behaviour.Waits);
    private bool _isOffline;
    private bool _isFocused = true;
    private long _uses;

    public long Now { get; private set; }

    public int Successes { get; private set; }

    public int Errors { get; private set; }

    public int EntryCount => _entries.Count;

    public int FetchingCount => _entries.Values.Count(e => e.Fetch is { Phase: Phase.Calling or Phase.BackingOff });

    public IReadOnlyDictionary<int, ModelObserver> Observers => _observers;

    public IReadOnlyDictionary<int, ModelWaiter> Waiters => _waiters;

    public IReadOnlyList<ModelCall> Calls(TestKey key) => _calls[key];

    public string Show(ModelObserver observer) => observer.Entry.Show(observer.Setup.StaleTime, Now);

    /// <summary>What the cache shows somebody who only looks.</summary>
    public string Show(TestKey key)
    {
        if (_entries.GetValueOrDefault(key) is not { } entry) return "Idle+Idle";
        if (!IsExpired(entry)) return entry.Show(setup.DefaultStaleTime, Now);
        var expired = new ModelEntry(key) { Fetch = entry.Fetch };
        expired.Patches.AddRange(entry.Patches);
        return expired.Show(setup.DefaultStaleTime, Now);
    }

    /// <summary>What the cache holds, looked at without a use of it.</summary>
    public string Describe(TestKey key) => _entries.GetValueOrDefault(key) is not { } entry ? "nothing" : entry.Show(setup.DefaultStaleTime, Now).Split('+', '(', ')') switch
    {
        [var status, var fetch, ..] => $"{status}+{fetch} {entry.Shown}",
        _ => "",
    };

    public void Read(TestKey key)
    {
        if (_entries.GetValueOrDefault(key) is { } entry) entry.LastUse = ++_uses;
    }

    /// <summary>What the server last said and is not too old to be read, with all patches.</summary>
    public string? Data(TestKey key) => Readable(key)?.Shown;

    /// <summary>The same without them.</summary>
    public string? BaseData(TestKey key) => Readable(key)?.Data;

    public string Patches(TestKey key) =>
        string.Join("; ", _entries.GetValueOrDefault(key) is { } entry ? entry.Patches.Select(p => p.Show()) : []);

    public void Subscribe(int id, TestKey key, ObserverSetup options)
    {
        LetQueriesGo();
        var entry = Open(key, brings: true);
        var observer = new ModelObserver(id, entry, options);
        _observers.Add(id, observer);
        entry.Observers.Add(observer);
        Welcome(observer, options.OnMount);
        observer.PlanInterval(Now);
        Tidy(entry);
    }

    public void Unsubscribe(int id)
    {
        if (!_observers.Remove(id, out var observer)) return;
        observer.Entry.Observers.Remove(observer);
        Tidy(observer.Entry);
    }

    public void Enable(int id, bool isEnabled)
    {
        if (!_observers.TryGetValue(id, out var observer) || observer.IsEnabled == isEnabled) return;
        observer.IsEnabled = isEnabled;
        Welcome(observer, RefetchPolicy.IfStale);
        observer.PlanInterval(Now);
        Tidy(observer.Entry);
    }

    public void Refetch(TestKey key, int? waiterId)
    {
        LetQueriesGo();
        var entry = Open(key, brings: true);
        if (waiterId is { } id) entry.Waiters.Add(_waiters[id] = new ModelWaiter(id, entry.Epoch, wantsData: false));
        else if (entry.Observers.Count == 0) entry.Waiters.Add(new ModelWaiter(0, entry.Epoch, wantsData: false));
        Explicit(entry);
        Tidy(entry);
    }

    public void Fetch(int waiterId, TestKey key, bool any)
    {
        LetQueriesGo();
        var entry = Open(key, brings: true);
        var waiter = new ModelWaiter(waiterId, entry.Epoch, wantsData: true);
        _waiters.Add(waiterId, waiter);
        if (entry.HasData && (any || !(entry.IsInvalidated || entry.IsStale(setup.DefaultStaleTime, Now))))
        {
            waiter.Succeed(entry.Shown!);
        }
        else
        {
            waiter.Entry = entry;
            entry.Waiters.Add(waiter);
            if (!setup.Dedupes || (entry.Fetch is { } running && running.Epoch < entry.Epoch && entry.HasData)) Explicit(entry);
            else Trigger(entry);
        }

        Tidy(entry);
    }

    public void GiveUp(int waiterId)
    {
        if (!_waiters.TryGetValue(waiterId, out var waiter) || waiter.Outcome is not null) return;
        waiter.GiveUp();
        waiter.Entry!.Waiters.Remove(waiter);
        Tidy(waiter.Entry);
    }

    public void Set(TestKey key, string data)
    {
        var entry = Touch(key);
        entry.Patches.RemoveAll(p => p.IsSettled);
        Write(entry, data);
    }

    /// <summary>The base changes; what lies over it stays.</summary>
    public void Update(TestKey key, string suffix)
    {
        Read(key);
        if (BaseData(key) is { } data) Write(Touch(key), PageText.Marked(key, data, suffix));
    }

    public void Invalidate(Func<TestKey, bool> selects, int? waiterId)
    {
        if (waiterId is not null) LetQueriesGo();
        foreach (var entry in Selected(selects)) Invalidate(entry, waiterId);
        if (waiterId is not { } id || _waiters.ContainsKey(id)) return;
        var waiter = _waiters[id] = new ModelWaiter(id, 0, wantsData: false);
        waiter.Cancel();
    }

    /// <summary>Refetch by filter: what is watched and enabled; what nobody watches is only marked stale.</summary>
    public void RefetchAll(Func<TestKey, bool> selects)
    {
        foreach (var entry in Selected(selects))
        {
            if (entry.IsWanted) Explicit(Open(entry.Key, brings: true));
            else if (entry.Observers.Count == 0) Invalidate(entry, null);
            Tidy(entry);
        }
    }

    public void Cancel(Func<TestKey, bool> selects)
    {
        foreach (var entry in Selected(selects))
        {
            if (entry.Fetch is null) continue;
            entry.UnheldSince = null;
            ForgetFetch(entry);
            foreach (var waiter in Leaving(entry))
            {
                if (entry.Shown is { } data) waiter.Succeed(data);
                else waiter.Cancel();
            }

            Tidy(entry);
        }
    }

    /// <summary>Remove, clear, and reset, which begins again with the initial data where somebody watches.</summary>
    public void Drop(Func<TestKey, bool> selects, bool resets = false)
    {
        foreach (var entry in Selected(selects))
        {
            ForgetFetch(entry);
            entry.Patches.Clear();
            foreach (var waiter in Leaving(entry)) waiter.Cancel();
            entry.Forget();
            if (resets && entry.Observers.Count > 0) Seed(entry);
            if (entry.Observers.Find(o => o.IsEnabled) is { } first && IsDue(first, RefetchPolicy.IfStale, loadsWhenNever: true)) Trigger(entry);
            Tidy(entry);
        }
    }

    public void Focus(bool isFocused)
    {
        var regained = isFocused && !_isFocused;
        _isFocused = isFocused;
        if (!regained) return;
        foreach (var entry in Selected(_ => true))
        {
            if (!entry.Key.IsLive && entry.Observers.Exists(o => o.IsEnabled && IsDue(o, o.Setup.OnFocus, loadsWhenNever: false))) Trigger(entry);
            Tidy(entry);
        }
    }

    public void Behave(TestKey key, Behaviour behaviour) => _behaviours[key] = behaviour;

    private List<ModelEntry> Selected(Func<TestKey, bool> selects) => [.. _entries.Values.Where(e => selects(e.Key))];

    /// <summary>A new epoch. What somebody wants, or waits for, is fetched again; a first load is joined and followed by another fetch.</summary>
    private void Invalidate(ModelEntry entry, int? waiterId)
    {
        entry.Epoch++;
        entry.IsInvalidated = entry.HasData;
        if (entry.IsWanted || entry is { HasPassengers: true, Fetch: not null })
        {
            if (waiterId is { } id) entry.Waiters.Add(_waiters[id] = new ModelWaiter(id, entry.Epoch, wantsData: false));
            Explicit(entry);
        }

        Tidy(entry);
    }

    private static List<ModelWaiter> Leaving(ModelEntry entry)
    {
        List<ModelWaiter> leaving = [.. entry.Waiters];
        entry.Waiters.Clear();
        return leaving;
    }

    /// <summary>Somebody comes to a key, with initial data for it or without.</summary>
    private ModelEntry Open(TestKey key, bool brings = false)
    {
        var entry = Touch(key);
        if (IsExpired(entry) && entry is { Fetch: not { IsOfPage: true }, Wanted: [] }) entry.Forget();
        if (brings) Seed(entry);
        return entry;
    }

    private ModelEntry Touch(TestKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            entry = new ModelEntry(key) { LastUse = ++_uses };
            _entries.Add(key, entry);
            Evict(spared: entry);
        }

        entry.LastUse = ++_uses;
        return entry;
    }

    private ModelEntry? Readable(TestKey key) => _entries.GetValueOrDefault(key) is { } entry && !IsExpired(entry) ? entry : null;

    private void Write(ModelEntry entry, string data)
    {
        entry.Set(data, Now);
        entry.UnheldSince = null;
        Tidy(entry);
    }

    private void Seed(ModelEntry entry)
    {
        if (entry.Key.Name != "a" || setup.InitialDataAt is not { } at || entry.HasData) return;
        entry.Set(Answers.Initial, Math.Min(at, Now));
        entry.UnheldSince = null;
    }

    private void Welcome(ModelObserver observer, RefetchPolicy policy)
    {
        var entry = observer.Entry;
        if (!observer.IsEnabled) return;
        if (entry is { Key.IsLive: true, HasData: true, Fetch: { } live } && live.Epoch < entry.Epoch) Explicit(entry);
        else if (IsDue(observer, policy, loadsWhenNever: true)) Trigger(entry);
    }

    /// <summary>The size bound: what nobody holds goes, the least recently used first.</summary>
    private void Evict(ModelEntry? spared = null)
    {
        while (_entries.Count > setup.Capacity
            && _entries.Values.Where(e => e != spared && e is { HasPassengers: false, Fetch: null, IsOptimistic: false }).MinBy(e => e.LastUse) is { } oldest)
            _entries.Remove(oldest.Key);
    }

    private bool Reconnects(ModelObserver observer) => observer.Entry.Key.IsLive
        ? observer.Entry.Settled == QueryStatus.Error && observer.Setup.OnReconnect != RefetchPolicy.Never
        : IsDue(observer, observer.Setup.OnReconnect, loadsWhenNever: false);

    private bool IsExpired(ModelEntry entry) =>
        entry is { HasData: true, IsStreaming: false } && entry.Observers.Count == 0 && setup.CacheTtl != Setup.Never && Now - entry.DataAt >= setup.CacheTtl;

    private bool IsDue(ModelObserver observer, RefetchPolicy policy, bool loadsWhenNever) => policy switch
    {
        RefetchPolicy.Always => true,
        RefetchPolicy.Never => loadsWhenNever && !observer.Entry.HasData,
        _ => !observer.Entry.HasData || observer.Entry.IsStale(observer.Setup.StaleTime, Now),
    };
}
