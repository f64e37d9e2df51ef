namespace ReactiveQuery;

/// <content>A write at the very instant of the data before it, as those of a producer are that is faster than any screen.</content>
internal sealed partial class QueryEntry<T>
{
    /// <summary>
    /// Writes data in the place of data that came at this very instant, for an only observer who is in step, while nothing runs. By hand, and not as all other commands: no
    /// instant, deadline, fetch or patch changes, so that what they look after is left out (W13 in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    /// <param name="options">How the entry is used.</param>
    /// <param name="seen">What the data was made from.</param>
    /// <param name="data">The data.</param>
    /// <returns>Whether it was written; if not, nothing was done.</returns>
    private bool TryOverwrite(EffectiveOptions<T> options, QueryState<T> seen, T data)
    {
        if (!seen.IsPlainData) return false;
        QueryState<T>? next;
        Mount<T>? only;
        int round;
        lock (Gate)
            next = Overwrite_NeedsLock(options, seen, data, out only, out round);
        if (next is null) return false;
        DeliverToOnly(round, only!, seen, next, isPlain: next.IsVisiblyOtherThan(seen));
        _cache.DeliverEvents();
        return true;
    }

    /// <remarks>The state is what <see cref="QueryReducer.Write"/> makes of one in which nothing runs.</remarks>
    /// <returns>The state that was committed, to be delivered in a round of its own; null if none was.</returns>
    private QueryState<T>? Overwrite_NeedsLock(EffectiveOptions<T> options, QueryState<T> seen, T data, out Mount<T>? only, out int round)
    {
        (only, round) = (_mounts.Only, 0);
        if (only is null || !ReferenceEquals(seen, _state)) return null; // An entry that has left the cache has no observers.
        if (_tail is not null || !IsPassFree || !_cache.Clock.IsAt(seen.DataInstant) || !_cache.Deadlines.IsSeenTo(this)) return null;
        Remember_NeedsLock(options);
        var next = seen.Received(data, seen.DataInstant, FetchStatus.Idle, isInvalidated: false, isStale: false);
        Volatile.Write(ref _state, next);
        (_committed, _served) = (next, null);
        _cache.Post(this, QueryCacheEventKind.Updated, QueryUpdateCause.DataSet);
        round = BeginRound_NeedsLock(only, seen, AnyThread);
        return next;
    }
}
