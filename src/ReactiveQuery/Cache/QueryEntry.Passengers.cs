namespace ReactiveQuery;

/// <content>Passengers: observers and awaiting callers come and go; a fetch lives as long as somebody is aboard.</content>
internal sealed partial class QueryEntry<T>
{
    /// <summary>Takes an observer in and hands it the present state; false when the entry has left the cache.</summary>
    public bool TryMount(Mount<T> mount)
    {
        var initial = InitialData(mount.Request);
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead) return false;
            Prepare_NeedsLock(mount.Request, initial);
            after.Receivers = _mounts.Snapshot; // The others.
            _mounts.Add(mount);
            if (_mounts.Count == 1) _cache.Watched.Add(this);
            Welcome_NeedsLock(mount, ref after);
            if (HasNews_NeedsLock) Commit_NeedsLock(ref after);
            after.Due = NextDue_NeedsLock();
            mount.Join(_tail ??= new(Committed_NeedsLock));
        }

        _cache.Deadlines.Request(this, after.Due); // First: an observer may block.
        after.Due = TimeSpan.MaxValue;
        mount.DeliverFirst();
        CarryOut(after);
        return true;
    }

    public void Unmount(Mount<T> mount)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            TakePass_NeedsLock(ref _tail, Committed_NeedsLock); // The observer is to be stopped next, which takes a claim.
            if (!_mounts.Remove(mount)) return;
            Departed_NeedsLock(ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
    }

    /// <summary>Turns an observer on or off as it wants by now. Turned on, it asks for what it would have asked for on mount.</summary>
    public void TakeOverEnabled(Mount<T> mount)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead || !_mounts.Contains(mount) || mount.IsEnabled == mount.WantsEnabled) return;
            mount.IsEnabled = mount.WantsEnabled;
            mount.IntervalDue = TimeSpan.MaxValue;
            LookElapsed_NeedsLock();
            Welcome_NeedsLock(mount, ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
        PlanInterval(mount);
    }

    /// <summary>The observer's own trigger: fetches always, joins what runs.</summary>
    public void OnObserverTrigger(Mount<T> mount)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead || !_mounts.Contains(mount) || !mount.IsEnabled) return;
            LookElapsed_NeedsLock();
            StartOrJoin_NeedsLock(mount.Request, ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
    }

    /// <summary>
    /// Waits for data: what is there if <paramref name="mode"/> lets it serve, else what the next fetch brings. Null when the entry has left the cache.
    /// </summary>
    public Task<T>? Await(QueryRequest<T> request, AwaitMode mode, CancellationToken token)
    {
        var initial = InitialData(request);
        var after = new Aftermath<T>();
        Waiter<T>? waiter = null;
        QueryState<T>? served = null;
        using (Lock())
        {
            if (IsDead) return null;
            Prepare_NeedsLock(request, initial);
            if (Serves_NeedsLock(request, mode))
            {
                served = _state;
                if (!HasPassengers_NeedsLock)
                {
                    Used(_cache.Uses.NextStamp());
                    after.IsUnwatched = true;
                }

                RetireIfIdle_NeedsLock(ref after);
            }
            else
            {
                waiter = Board_NeedsLock(request);
                StartForCaller_NeedsLock(request, mode, ref after);
            }

            Conclude_NeedsLock(ref after);
        }

        waiter?.Watch(this, token);
        CarryOut(after);
        return waiter?.TaskFor(Client.ContinuesInline) ?? Task.FromResult(ShownToReader(served!).Data!);
    }

    /// <summary>
    /// Fresh data for an awaiting caller who changes nothing here: the entry has been asked under these very options before. Null if that cannot be told without the lock.
    /// </summary>
    public Task<T>? TryServe(EffectiveOptions<T> options)
    {
        var state = State;
        if (!Remembers(options) || state is not { HasData: true, IsInvalidated: false, Fold: null }) return null;
        if (Freshness.IsDue(state, options.StaleTime, _cache.Clock.Elapsed) || IsDead) return null;
        Used(_cache.Uses.ReadStamp());
        return TaskOf(state);
    }

    /// <summary>One task for all who await the same data: a task for each would take more of the processor's caches than what is read (W1c in <c>benchmarks/WORKLOADS.md</c>).</summary>
    private Task<T> TaskOf(QueryState<T> state)
    {
        if (typeof(T).IsValueType) return Task.FromResult(state.Data!);
        if (Volatile.Read(ref _served) is { } known && ReferenceEquals(known.GetAwaiter().GetResult(), state.Data)) return known;
        var served = Task.FromResult(state.Data!);
        Volatile.Write(ref _served, served);
        if (State != state) Volatile.Write(ref _served, null); // Written too late for the commit to take it away.
        return served;
    }

    /// <summary>The state a newcomer would be served, without taking them in. Counts as a use.</summary>
    public QueryState<T> Read(EffectiveOptions<T> options) => ShownToReader(ReadBase(options));

    /// <summary>The same before patches: a state whose data is what the server last said.</summary>
    public QueryState<T> ReadBase(EffectiveOptions<T> options)
    {
        Used(_cache.Uses.ReadStamp());
        var state = State;
        if (!state.HasData) return state;
        var now = _cache.Clock.Elapsed;
        if (IsExpired(state, options, now) && ObserverCount == 0)
            return QueryReducer.Reduce(state, new Expired(_cache.Clock.Now)) with { Fold = null, IsOptimistic = state.IsOptimistic };
        return AsSeenUnder(options, state, now);
    }

    /// <summary>A waiter gives up, unless it has been answered already. It waits for nothing that follows from its leaving.</summary>
    public void Leave(Waiter<T> waiter, CancellationToken token)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (!_waiters.Remove(waiter)) return;
            Departed_NeedsLock(ref after);
            Conclude_NeedsLock(ref after);
        }

        waiter.GiveUp(token);
        CarryOut(after);
    }

    /// <summary>What every newcomer does first: old data is dropped if nobody kept it alive, initial data put in place, the longest stay noted.</summary>
    private void Prepare_NeedsLock(QueryRequest<T> request, InitialValue<T> initial)
    {
        var now = LookElapsed_NeedsLock();
        if (!IsWatched_NeedsLock && !IsPageDue_NeedsLock && IsExpired(_state, request.Options, now))
            Apply_NeedsLock(new Expired(Look_NeedsLock()));
        Remember_NeedsLock(request.Options);
        Seed_NeedsLock(request, initial);
    }

    private void Welcome_NeedsLock(Mount<T> mount, ref Aftermath<T> after)
    {
        StayAboard_NeedsLock();
        NoteTimes_NeedsLock(mount);
        if (!mount.IsEnabled) return;
        if (_flight is { Request.IsLive: true } old && old.Epoch < _epoch && _state.HasData)
            Start_NeedsLock(mount.Request, ref after); // It may never bring the value that the follow-up would wait for.
        else if (_flight is not null && !IsPageInFlight_NeedsLock)
            after.ToStart(_flight);
        else if (FetchesOnMount_NeedsLock(mount))
            StartOrJoin_NeedsLock(mount.Request, ref after);
        else
            after.ToStart(_flight);
    }

    private bool FetchesOnMount_NeedsLock(Mount<T> mount)
    {
        var options = mount.Request.Options;
        return !_state.HasData || (options.BackgroundRefetch && Wants_NeedsLock(options.RefetchOnMount, options.StaleTime));
    }

    private bool Wants_NeedsLock(RefetchPolicy policy, TimeSpan staleTime) => policy switch
    {
        RefetchPolicy.Always => true,
        RefetchPolicy.Never => false,
        _ => Freshness.IsDue(_state, staleTime, LastLooked),
    };

    private bool Serves_NeedsLock(QueryRequest<T> request, AwaitMode mode) => mode switch
    {
        AwaitMode.Fresh => !_state.IsInvalidated && !Freshness.IsDue(_state, request.Options.StaleTime, LastLooked),
        AwaitMode.Any => _state.HasData,
        _ => false,
    };

    private Waiter<T> Board_NeedsLock(QueryRequest<T>? request, bool onlySettles = false)
    {
        var waiter = new Waiter<T>(request, _epoch) { OnlySettles = onlySettles };
        _waiters.Add(waiter);
        StayAboard_NeedsLock();
        return waiter;
    }

    private void StartForCaller_NeedsLock(QueryRequest<T> request, AwaitMode mode, ref Aftermath<T> after)
    {
        var isExplicit = mode == AwaitMode.Next || !request.Options.DedupeRequests;
        // A flight from before the fence cannot answer this caller; behind data there is no reason to let it finish.
        var isTooOld = _flight is { } flight && flight.Epoch < _epoch && _state.HasData;
        if (isExplicit || isTooOld)
            Restart_NeedsLock(request, ref after);
        else
            StartOrJoin_NeedsLock(request, ref after);
    }

    /// <summary>Somebody waits for the fetch again, should nobody have waited any more.</summary>
    private void StayAboard_NeedsLock()
    {
        if (_flight is not null)
            _flight.AbandonDue = TimeSpan.MaxValue;
    }

    private void Departed_NeedsLock(ref Aftermath<T> after)
    {
        if (HasPassengers_NeedsLock) return;
        LookElapsed_NeedsLock();
        StandIdle_NeedsLock(ref after);
        if (_flight is null)
            _wanted = null;
        else if (_flight.Request.Options.CancelDelay == TimeSpan.Zero)
            Abandon_NeedsLock(_flight, ref after);
        else if (_flight.AbandonDue == TimeSpan.MaxValue) // A value of a live query does not begin the delay again.
            _flight.AbandonDue = Freshness.Due(_idleSince, _flight.Request.Options.CancelDelay);

        RetireIfIdle_NeedsLock(ref after);
    }

    /// <summary>Its stay without passengers begins, as of the instant last looked at. Until now it was in use, whenever they came.</summary>
    private void StandIdle_NeedsLock(ref Aftermath<T> after)
    {
        _idleSince = LastLooked;
        Used(_cache.Uses.NextStamp());
        after.IsUnwatched = true;
    }

    /// <summary>Nobody waits for the fetch any more: it ends as its options say.</summary>
    private void Abandon_NeedsLock(Flight<T> flight, ref Aftermath<T> after)
    {
        flight.AbandonDue = TimeSpan.MaxValue;
        if (flight.Request.Options.WhenUnobserved == WhenUnobserved.Cancel || flight.HasLanded || (_state.IsPaused && _state.FailureReason is null))
            CancelFlight_NeedsLock(ref after);
        else if (flight.IsBetweenAttempts && _state.FailureReason is { } reason)
            FailFlight_NeedsLock(flight, reason, ref after);
    }

    /// <summary>
    /// An entry without passengers leaves the cache at once when nothing in it is worth keeping, or when it may not be kept.
    /// </summary>
    private void RetireIfIdle_NeedsLock(ref Aftermath<T> after)
    {
        if (IsDead || HasPassengers_NeedsLock || _flight is not null || IsPinned_NeedsLock) return;
        if (Remembered.IsCached && _gcTime != TimeSpan.Zero && _state is not { HasData: false, Status: QueryStatus.Idle }) return;
        Die_NeedsLock(QueryRemovalCause.Abandoned, ref after);
    }

    private void Die_NeedsLock(QueryRemovalCause cause, ref Aftermath<T> after)
    {
        IsDead = true;
        after.Removal = cause;
    }
}

/// <summary>What an awaiting caller accepts.</summary>
internal enum AwaitMode
{
    /// <summary>Fresh data if there is some, else a fetch, joined if one runs.</summary>
    Fresh,

    /// <summary>Any data, however old; else a fetch.</summary>
    Any,

    /// <summary>The next fetch: restarts one that runs behind data, joins a first load.</summary>
    Next,
}

/// <summary>Initial data, computed outside the lock.</summary>
internal readonly record struct InitialValue<T>(bool IsGiven, T Value);
