namespace ReactiveQuery;

/// <content>One fetch: started or joined, landing or failing, superseded or cancelled.</content>
internal sealed partial class QueryEntry<T>
{
    /// <summary>An attempt is about to call the fetcher: if the fetch waited for the network, it no longer does.</summary>
    public void OnAttemptStarting(Flight<T> flight)
    {
        if (State.IsPaused)
            Note(flight, now => new FetchResumed(now));
    }

    public void OnPaused(Flight<T> flight) => Note(flight, now => new FetchPaused(now));

    /// <summary>An attempt failed and the policy would go on; false when there is nobody left to retry for, or another fetch took its place.</summary>
    public bool OnAttemptFailed(Flight<T> flight, Exception error, int failureCount)
    {
        using (Lock())
        {
            if (_flight != flight || (!HasPassengers_NeedsLock && flight.AbandonDue == TimeSpan.MaxValue)) return false;
        }

        Note(flight, now => new AttemptFailed(now, error, failureCount));
        return true;
    }

    /// <summary>A fetch brought a value. From a fetch that is no longer the entry's it comes too late and is dropped.</summary>
    public void OnValue(Flight<T> flight, T value)
    {
        while (true)
        {
            var seen = State;
            var shared = Share(flight.Request.Options, seen, flight.Land(seen, value));
            if (TryLand(flight, seen, shared) || TryLandOn(seen, flight, shared)) break;
        }

        PlanIntervals();
    }

    /// <summary>Lands a fetch on the base that its data was shared with.</summary>
    /// <returns>False when the base is another by now: it was written to while user code compared, and what is there now is to be compared with.</returns>
    private bool TryLandOn(QueryState<T> seen, Flight<T> flight, T data)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (_flight != flight) return true;
            if (!IsStillTheBase_NeedsLock(seen)) return false;
            Land_NeedsLock(flight, data, ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
        return true;
    }

    /// <summary>A live query came to its end.</summary>
    public void OnEnd(Flight<T> flight)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (_flight != flight) return;
            TakeFlight_NeedsLock();
            Apply_NeedsLock(new StreamCompleted(Look_NeedsLock()));
            AnswerPassengersOf_NeedsLock(flight, Answer<T>.Of(_state), ref after); // Whoever boarded after its last value.
            if (flight.Epoch < _epoch)
                FollowUp_NeedsLock(ref after);
            Settled_NeedsLock(ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
    }

    /// <summary>A fetch failed for good.</summary>
    public void OnFailure(Flight<T> flight, Exception error)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (_flight != flight) return;
            LookElapsed_NeedsLock();
            FailFlight_NeedsLock(flight, error, ref after);
            Settled_NeedsLock(ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
        PlanIntervals();
    }

    /// <summary>Commits what happened to <paramref name="flight"/>, if it is still the entry's fetch.</summary>
    private void Note(Flight<T> flight, Func<QueryInstant, QueryEvent> happened)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (_flight != flight) return;
            Apply_NeedsLock(happened(Look_NeedsLock()));
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
    }

    private void StartOrJoin_NeedsLock(QueryRequest<T> request, ref Aftermath<T> after)
    {
        if (_flight is null || IsPageInFlight_NeedsLock)
            Start_NeedsLock(request, ref after);
        else
            after.ToStart(_flight);
    }

    /// <summary>An explicit fetch: restarts one that runs behind data, joins a first load (unless requests are not to be deduplicated).</summary>
    /// <param name="request">How to fetch.</param>
    /// <param name="after">What follows.</param>
    /// <param name="happened">Null, or the invalidation that asks for it and is part of the same step.</param>
    private void Restart_NeedsLock(QueryRequest<T> request, ref Aftermath<T> after, Invalidated? happened = null)
    {
        if (_flight is not null && !_state.HasData && request.Options.DedupeRequests)
            after.ToStart(_flight);
        else
            Start_NeedsLock(request, ref after, happened);
    }

    /// <summary>
    /// A new flight in the present epoch, as of the instant last looked at. A running one is superseded: its waiters stay and are answered by this one.
    /// </summary>
    private void Start_NeedsLock(QueryRequest<T> request, ref Aftermath<T> after, Invalidated? happened = null)
    {
        if (!IsPageInFlight_NeedsLock)
        {
            Start_NeedsLock(request, request.Begin(_state), ref after, isInvalidated: happened is not null);
            return;
        }

        if (happened is not null)
            Apply_NeedsLock(happened);
        Want_NeedsLock(PageDirection.None, request, ref after); // A page is not superseded: it lands first.
    }

    private void Start_NeedsLock(QueryRequest<T> request, FetchRun<T> run, ref Aftermath<T> after, bool isInvalidated = false)
    {
        var superseded = TakeFlight_NeedsLock();
        after.Ended ??= superseded;
        _flight = new Flight<T>(this, request, run, _epoch, ++_fetchesBegun);
        var isPaused = request.Options.NetworkMode == NetworkMode.Online && Client.Environment.IsOffline;
        Apply_NeedsLock(QueryReducer.Start(_state, isPaused, run.Direction, isInvalidated), QueryUpdateCause.FetchStarted);
        after.ToStart(_flight);
    }

    private void Land_NeedsLock(Flight<T> flight, T data, ref Aftermath<T> after)
    {
        var now = Look_NeedsLock();
        var isCurrent = flight.Epoch == _epoch;
        if (!flight.IsOfPage && !_layers.IsEmpty) // A page says nothing of what was committed to the others.
            _layers = _layers.Confirm(flight.Request.IsLive ? int.MaxValue : flight.Number); // What a live query says now it said after every commit.
        if (!flight.HasLanded)
            (after.Landed, after.LandedData) = (flight, data);
        flight.HasLanded = true;
        if (flight.Request.IsLive)
        {
            Apply_NeedsLock(new ValueArrived<T>(now, data, isCurrent));
        }
        else
        {
            TakeFlight_NeedsLock();
            if (flight.IsOfPage)
                Apply_NeedsLock(QueryReducer.LandPage(_state, data, isCurrent), QueryUpdateCause.FetchSucceeded);
            else
                Apply_NeedsLock(QueryReducer.Land(_state, now, data, isCurrent, _isStaleAtOnce), QueryUpdateCause.FetchSucceeded);
        }

        AnswerPassengersOf_NeedsLock(flight, Answer<T>.Of(_state), ref after);
        GoOnAfter_NeedsLock(flight, ref after);
        Settled_NeedsLock(ref after);
    }

    private void FailFlight_NeedsLock(Flight<T> flight, Exception error, ref Aftermath<T> after)
    {
        TakeFlight_NeedsLock();
        after.Ended ??= flight;
        Apply_NeedsLock(new FetchFailed(LookedAt_NeedsLock(), error, flight.Failures));
        (after.Landed, after.LandedError) = (flight, error);
        AnswerPassengersOf_NeedsLock(flight, Answer<T>.Failed(error), ref after);
        GoOnAfter_NeedsLock(flight, ref after);
    }

    /// <summary>Ends the fetch silently; nobody is answered, the state is as it was.</summary>
    private void CancelFlight_NeedsLock(ref Aftermath<T> after)
    {
        _wanted = null;
        if (TakeFlight_NeedsLock() is not { } cancelled) return;
        after.Ended ??= cancelled;
        Apply_NeedsLock(QueryReducer.Cancel(_state), QueryUpdateCause.FetchCancelled);
    }

    /// <summary>The present fetch is no longer the entry's. Whoever began it waits on as one of the waiters: it is the first that boarded.</summary>
    private Flight<T>? TakeFlight_NeedsLock()
    {
        var taken = _flight;
        _flight = null;
        if (taken is not { HasCaller: true }) return taken;
        _waiters.AddFirst(new(taken.Request, taken.Epoch, taken.NeedCallersTask()) { OnlySettles = true });
        taken.HasCaller = false; // Last: the caller may be looking, without the lock.
        return taken;
    }

    /// <summary>What landed was fetched before the last invalidation. Whoever is still aboard is owed a fetch from after it.</summary>
    private void FollowUp_NeedsLock(ref Aftermath<T> after)
    {
        var request = FirstEnabled_NeedsLock()?.Request ?? (_flight is { HasCaller: true } begun ? begun.Request : _waiters.FirstRequest);
        if (request is not null)
            Start_NeedsLock(request, ref after);
    }

    private void AnswerPassengersOf_NeedsLock(Flight<T> flight, Answer<T> answer, ref Aftermath<T> after) =>
        Answer_NeedsLock(flight.Direction, flight.Epoch, answer, ref after);

    private void AnswerAll_NeedsLock(Answer<T> answer, ref Aftermath<T> after) => Answer_NeedsLock(null, int.MaxValue, answer, ref after);

    private void Answer_NeedsLock(PageDirection? direction, int epoch, Answer<T> answer, ref Aftermath<T> after)
    {
        if (_waiters.IsEmpty) return;
        _waiters.MoveTo(ref after.Answered, direction, epoch);
        after.Answer = answer;
    }

    /// <summary>The last passenger may have left with the answer.</summary>
    private void Settled_NeedsLock(ref Aftermath<T> after)
    {
        if (!HasPassengers_NeedsLock)
            Departed_NeedsLock(ref after);
    }

    private Mount<T>? FirstEnabled_NeedsLock()
    {
        foreach (var mount in _mounts.Snapshot)
            if (mount is { IsEnabled: true })
                return mount;
        return null;
    }

    private bool IsStillTheBase_NeedsLock(QueryState<T> seen) =>
        typeof(T).IsValueType || (seen.HasData == _state.HasData && ReferenceEquals(seen.Data, _state.Data));

    /// <summary>The value with the references of equal parts of the base; failing that, of what is shown, so that a confirmed write changes nothing for the eye.</summary>
    private T Share(EffectiveOptions<T>? options, QueryState<T> seen, T value)
    {
        if (!seen.HasData) return value;
        var shared = Share(options, seen.Data!, value);
        return seen.Fold is null || ReferenceEquals(shared, seen.Data) ? shared : Share(options, seen.Fold.Value, shared);
    }

    private T Share(EffectiveOptions<T>? options, T old, T value)
    {
        try
        {
            return options is null ? StructuralSharing.Share(old, value) : options.Share(old, value);
        }
        catch (Exception error)
        {
            Client.Errors.Report(error, UnobservedErrorOrigin.Comparer, Key);
            return value;
        }
    }
}
