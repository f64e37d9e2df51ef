namespace ReactiveQuery;

/// <content>
/// Pages of infinite queries. A page in flight is never superseded: what is asked for meanwhile waits in <c>_wanted</c>, in the order of asking and at the
/// most once for each direction, and so does a page that is asked for during a refetch.
/// </content>
internal sealed partial class QueryEntry<T>
{
    /// <summary>What waits first for the present flight to end; null when nothing does.</summary>
    private Wanted? _wanted;

    private bool IsPageInFlight_NeedsLock => _flight is { IsOfPage: true };

    /// <summary>Whether a page is, or will be, on its way to the data there is, which therefore must not go.</summary>
    private bool IsPageDue_NeedsLock => IsPageInFlight_NeedsLock || _wanted is not null;

    /// <summary>Whether something runs or waits. Without the lock as of a moment ago.</summary>
    private bool IsSeenBusy => Volatile.Read(ref _flight) is not null || Volatile.Read(ref _wanted) is not null;

    /// <summary>
    /// Fetches the page in a direction; joins one that is on its way, and a first load. Null when the entry has left the cache; else a task that
    /// succeeds when the page has landed, has failed, or turned out not to exist. If nobody watches, the fetch is kept alive until then.
    /// </summary>
    public Task? FetchPage(QueryRequest<T> request, PageDirection direction, bool isAwaited, CancellationToken token)
    {
        var initial = InitialData(request);
        var seen = IsSeenBusy ? null : State;
        var page = seen is { HasData: true } ? request.BeginPage(direction, seen) : null; // Mostly it is still the base below: one lock less (W10 in benchmarks/WORKLOADS.md).
        var after = new Aftermath<T>();
        Waiter<T>? waiter = null;
        using (Lock())
        {
            if (IsDead) return null;
            Prepare_NeedsLock(request, initial);
            if (isAwaited || !IsWatched_NeedsLock)
                waiter = _state.HasData ? BoardForPage_NeedsLock(direction) : Board_NeedsLock(request, onlySettles: true);
            if (!_state.HasData)
                StartOrJoin_NeedsLock(request, ref after);
            else if (seen is { HasData: true } && !IsSeenBusy && IsStillTheBase_NeedsLock(seen))
                StartPage_NeedsLock(request, direction, page, ref after);
            else
                Want_NeedsLock(direction, request, ref after);
            Conclude_NeedsLock(ref after);
        }

        waiter?.Watch(this, token);
        CarryOut(after);
        return waiter?.TaskFor(Client.ContinuesInline) ?? Task.CompletedTask;
    }

    /// <summary>An observer's own trigger asks for a page.</summary>
    public void OnPageTrigger(Mount<T> mount, PageDirection direction)
    {
        QueryRequest<T> request;
        using (Lock())
        {
            if (IsDead || !_mounts.Contains(mount) || !mount.IsEnabled) return;
            request = mount.Request;
        }

        FetchPage(request, direction, isAwaited: false, CancellationToken.None);
    }

    /// <summary>A part of the data has come and the fetch goes on to the next.</summary>
    public void OnLegEnded(Flight<T> flight)
    {
        if (State.FailureCount > 0)
            Note(flight, now => new LegEnded(now));
    }

    /// <summary>A page's caller is answered by the page whenever it was asked for: an invalidation does not make it another page.</summary>
    private Waiter<T> BoardForPage_NeedsLock(PageDirection direction)
    {
        var waiter = new Waiter<T>(null, 0) { Direction = direction, OnlySettles = true };
        _waiters.Add(waiter);
        StayAboard_NeedsLock();
        return waiter;
    }

    private void Want_NeedsLock(PageDirection direction, QueryRequest<T> request, ref Aftermath<T> after)
    {
        after.ToStart(_flight);
        after.IsPageDue = _flight is null;
        if (_flight?.Direction == direction) return;
        ref var place = ref _wanted;
        while (place is not null && place.Direction != direction)
            place = ref place.Next;
        if (place?.Request != request)
            place = new(direction, request, place?.Next);
    }

    /// <summary>A flight has ended: what was fetched before the last invalidation is fetched again, else comes what waited for the end.</summary>
    private void GoOnAfter_NeedsLock(Flight<T> ended, ref Aftermath<T> after)
    {
        if (ended.Epoch < _epoch && !ended.IsOfPage)
            FollowUp_NeedsLock(ref after);
        TakeUpWanted_NeedsLock(ref after);
    }

    private void TakeUpWanted_NeedsLock(ref Aftermath<T> after)
    {
        if (_flight is not null || _wanted is null) return;
        if (!HasPassengers_NeedsLock)
        {
            _wanted = null;
        }
        else if (_wanted is { Direction: PageDirection.None } refetch)
        {
            _wanted = refetch.Next;
            Start_NeedsLock(refetch.Request, ref after);
        }
        else
        {
            after.IsPageDue = true; // Its cursor is for user code to say, which does not run under the lock.
        }
    }

    /// <summary>Starts the page that waits first, if it still does and nothing else began meanwhile.</summary>
    private void FetchWantedPage()
    {
        while (true)
        {
            QueryState<T> seen;
            Wanted? wanted;
            using (Lock())
            {
                if (IsDead || _flight is not null || (wanted = _wanted) is null) return;
                seen = _state;
            }

            var page = wanted.Request.BeginPage(wanted.Direction, seen);
            var after = new Aftermath<T>();
            using (Lock())
            {
                if (IsDead || _flight is not null) return;
                if (_wanted != wanted || !IsStillTheBase_NeedsLock(seen)) continue; // Written to while user code ran: ask again.
                _wanted = wanted.Next;
                LookElapsed_NeedsLock();
                StartPage_NeedsLock(wanted.Request, wanted.Direction, page, ref after);
                Conclude_NeedsLock(ref after);
            }

            CarryOut(after);
            return;
        }
    }

    /// <summary>Starts what <see cref="QueryRequest{T}.BeginPage"/> made of the present base; nothing runs and nothing waits before it.</summary>
    private void StartPage_NeedsLock(QueryRequest<T> request, PageDirection direction, FetchRun<T>? page, ref Aftermath<T> after)
    {
        if (page is null)
            NoSuchPage_NeedsLock(direction, ref after);
        else
            Start_NeedsLock(request, page, ref after);
    }

    private void NoSuchPage_NeedsLock(PageDirection direction, ref Aftermath<T> after)
    {
        Answer_NeedsLock(direction, int.MaxValue, Answer<T>.Of(_state), ref after);
        TakeUpWanted_NeedsLock(ref after);
        Settled_NeedsLock(ref after);
    }

    /// <summary>Something that somebody asked for and that waits its turn, and what was asked for after it.</summary>
    private sealed class Wanted(PageDirection direction, QueryRequest<T> request, Wanted? next)
    {
        private Wanted? _next = next;

        public PageDirection Direction => direction;

        public QueryRequest<T> Request => request;

        public ref Wanted? Next => ref _next;
    }
}
