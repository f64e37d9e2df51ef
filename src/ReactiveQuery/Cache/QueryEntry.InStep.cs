namespace ReactiveQuery;

/// <content>
/// What comes in floods, for an only observer who has seen everything: a write at the very instant of the data before it, as those of a producer are that is faster than any screen,
/// and a fetch behind data that nobody but its caller waits for. Not in the shape of the other commands: what they look after besides cannot have changed here, and is left out.
/// </content>
internal sealed partial class QueryEntry<T>
{
    /// <summary>Writes data in the place of data that came at this very instant, while nothing runs: no instant, deadline, fetch or patch changes (W13 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    /// <param name="options">How the entry is used.</param>
    /// <param name="seen">What the data was made from.</param>
    /// <param name="data">The data.</param>
    /// <returns>Whether it was written; if not, nothing was done.</returns>
    private bool TryOverwrite(EffectiveOptions<T> options, QueryState<T> seen, T data)
    {
        if (!seen.IsPlainData || _mounts.Only is not { } only) return false;
        QueryState<T>? next;
        int round;
        bool isPlain;
        using (Lock())
            next = Overwrite_NeedsLock(only, options, seen, data, out round, out isPlain);
        if (next is null) return false;
        DeliverToOnly(round, only, seen, next, isPlain);
        _cache.DeliverEvents();
        return true;
    }

    /// <summary>Begins a fetch behind data, where nothing runs (W8 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    /// <param name="request">How to fetch.</param>
    /// <param name="isAwaited">Whether its caller waits for its end.</param>
    /// <returns>The fetch, which is to be started; null if nothing was done.</returns>
    private Flight<T>? TryBegin(QueryRequest<T> request, bool isAwaited)
    {
        var seen = State;
        if (!seen.IsPlainData || _mounts.Only is not { } only || request.IsLive) return null;
        var next = QueryReducer.Start(seen, isPaused: false, PageDirection.None);
        Flight<T>? flight;
        int round;
        bool isPlain;
        using (Lock())
            flight = Begin_NeedsLock(only, request, isAwaited, seen, next, out round, out isPlain);
        if (flight is null) return null;
        DeliverToOnly(round, only, seen, next, isPlain);
        _cache.DeliverEvents();
        return flight;
    }

    /// <summary>Lands a fetch that nobody but its caller waits for, and after which none follows (W8 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    /// <param name="flight">The fetch.</param>
    /// <param name="seen">What the data was shared with.</param>
    /// <param name="data">What it brought.</param>
    /// <returns>Whether it landed; if not, nothing was done.</returns>
    private bool TryLand(Flight<T> flight, QueryState<T> seen, T data)
    {
        if (flight.IsLive || flight.IsOfPage || _mounts.Only is not { } only) return false;
        QueryState<T>? next;
        int round;
        TimeSpan due;
        using (Lock())
            next = Land_NeedsLock(only, flight, seen, data, out round, out due);
        if (next is null) return false;
        _cache.Deadlines.Request(this, due);
        flight.CallersTask?.TrySetResult(default!);
        DeliverToOnly(round, only, seen, next, isPlain: !next.IsStale);
        _cache.DeliverEvents();
        flight.CallHooks(data, null);
        return true;
    }

    /// <remarks>The state is what <see cref="QueryReducer.Write"/> makes of one in which nothing runs.</remarks>
    /// <returns>The state that was committed, to be delivered in a round of its own; null if none was.</returns>
    private QueryState<T>? Overwrite_NeedsLock(Mount<T> only, EffectiveOptions<T> options, QueryState<T> seen, T data, out int round, out bool isPlain)
    {
        (round, isPlain) = (0, false);
        if (!IsInStep_NeedsLock(only, seen) || !_cache.Clock.IsAt(seen.DataInstant) || !_cache.Deadlines.IsSeenTo(this)) return null;
        Remember_NeedsLock(options);
        var next = seen.Received(data, seen.DataInstant, FetchStatus.Idle, isInvalidated: false, isStale: false);
        isPlain = next.IsVisiblyOtherThan(seen);
        round = CommitToOnly_NeedsLock(only, seen, next, isPlain, QueryUpdateCause.DataSet);
        return next;
    }

    /// <returns>The fetch; null if the state was not committed. It is to be delivered in a round of its own.</returns>
    private Flight<T>? Begin_NeedsLock(
        Mount<T> only, QueryRequest<T> request, bool isAwaited, QueryState<T> seen, QueryState<T> next, out int round, out bool isPlain)
    {
        (round, isPlain) = (0, false);
        if (!IsInStep_NeedsLock(only, seen) || !_cache.Deadlines.IsSeenTo(this)) return null;
        if (request.Options.NetworkMode == NetworkMode.Online && Client.Environment.IsOffline) return null;
        LookElapsed_NeedsLock();
        Remember_NeedsLock(request.Options);
        var flight = NextFlight_NeedsLock(request, seen);
        flight.HasCaller = isAwaited;
        _flight = flight;
        isPlain = !_isStaleAtOnce && !Freshness.IsOver(seen.DataElapsed, _shortestStaleTime, LastLooked);
        round = CommitToOnly_NeedsLock(only, seen, next, isPlain, QueryUpdateCause.FetchStarted);
        _cache.Fetching.Add(this); // When it is: whoever takes out those that are not looks at the state.
        return flight;
    }

    /// <returns>One that was a fetch before and is over, or a new one.</returns>
    private Flight<T> NextFlight_NeedsLock(QueryRequest<T> request, QueryState<T> seen)
    {
        if (request.TakeSpare(this) is not { } spare) return new(this, request, request.Begin(seen), _epoch, ++_fetchesBegun);
        spare.Renew(_epoch, ++_fetchesBegun);
        return spare;
    }

    /// <returns>The state that was committed, to be delivered in a round of its own, plainly unless it is stale; null if none was.</returns>
    private QueryState<T>? Land_NeedsLock(Mount<T> only, Flight<T> flight, QueryState<T> seen, T data, out int round, out TimeSpan due)
    {
        (round, due) = (0, TimeSpan.MaxValue);
        if (!IsInStep_NeedsLock(only, seen) || !ReferenceEquals(flight, _flight) || flight.Epoch != _epoch) return null;
        if (!_waiters.IsEmpty || _wanted is not null || !_layers.IsEmpty || _patchOptions is not null) return null;
        var next = QueryReducer.Land(seen, Look_NeedsLock(), data, isCurrent: true, _isStaleAtOnce);
        _flight = null;
        flight.HasLanded = true;
        round = CommitToOnly_NeedsLock(only, seen, next, isPlain: !_isStaleAtOnce, QueryUpdateCause.FetchSucceeded);
        flight.HasCaller = false; // When it has: the caller may be looking, without the lock, and goes on to the data.
        due = NextDueWatched_NeedsLock(next.DataElapsed);
        return next;
    }

    /// <summary>Whether an observer is the only one and has seen everything, and a state is the one last committed. An entry that has left the cache has no observers.</summary>
    private bool IsInStep_NeedsLock(Mount<T> only, QueryState<T> seen) =>
        ReferenceEquals(only, _mounts.Only) && ReferenceEquals(seen, _state) && _tail is null && IsPassFree;

    /// <returns>The round in which the state is to be delivered.</returns>
    private int CommitToOnly_NeedsLock(Mount<T> only, QueryState<T> from, QueryState<T> next, bool isPlain, QueryUpdateCause cause)
    {
        Volatile.Write(ref _state, next);
        (_before, _served) = (null, null);
        _cache.Post(this, QueryCacheEventKind.Updated, cause);
        var isAskedFor = !isPlain || only.TakesPlainStates is null; // Who takes plain states does not look at what came before, and to write a reference down takes long.
        return BeginRound_NeedsLock(only, isAskedFor ? from : null, AnyThread);
    }

    /// <summary>The task of the caller who began a fetch; asked for once, when it was started.</summary>
    private Task TaskOfCaller(Flight<T> flight)
    {
        if (flight is { CallersTask: null, HasCaller: true }) // It has not ended, and it is not known here that it lasts: another thread may be calling the fetcher.
            using (Lock())
                if (flight.HasCaller)
                    return flight.NeedCallersTask().Task;
        return flight.CallersTask?.Task ?? Task.CompletedTask;
    }
}
