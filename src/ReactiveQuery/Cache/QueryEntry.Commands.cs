namespace ReactiveQuery;

/// <content>What callers do to an entry, one by one or through a filter.</content>
internal sealed partial class QueryEntry<T>
{
    /// <summary>Writes data. A fetch that runs goes on and will land; a cancel returns to what was written.</summary>
    public bool TrySet(QueryRequest<T> request, T data, in DateTimeOffset? updatedAt)
    {
        var (options, seen) = (request.Options, State);
        var shared = Share(options, seen, data);
        if (updatedAt is null && TryOverwrite(options, seen, shared)) return true;
        return TryWriteOn(seen, options, shared, default, updatedAt) ?? TryWrite(options, data, default, updatedAt);
    }

    /// <summary>
    /// Writes what the server answered to a mutation, made from the base as it is then: a fence, which an older fetch's data does not pass. The patches that the answer
    /// confirms go in the same state.
    /// </summary>
    /// <param name="options">How the entry is used.</param>
    /// <param name="data">The data, unless <paramref name="make"/> makes it.</param>
    /// <param name="make">Null, or given the data there is, or default without, makes the new. User code; outside the lock.</param>
    /// <param name="own">The first of the patches, some of which may be gone by now, or lie elsewhere.</param>
    public bool TryRespond(EffectiveOptions<T> options, T? data, Func<T?, T>? make, OptimisticHandle? own) =>
        TryWrite(options, data!, new Write(IsResponse: true, Own: own, IsDerived: make is not null), make: make);

    /// <summary>Writes what <paramref name="update"/> makes of the base; asked again when somebody else wrote meanwhile. False without data.</summary>
    public bool TryUpdate(QueryRequest<T> request, Func<T, T> update)
    {
        while (true)
        {
            var seen = State;
            if (IsDead || !ReadBase(request.Options).HasData || !seen.HasData) return false; // Data too old to be read is not updated either.
            var updated = Share(request.Options, seen, update(seen.Data!));
            if (TryOverwrite(request.Options, seen, updated)) return true;
            var after = new Aftermath<T>();
            using (Lock())
            {
                if (IsDead || !_state.HasData) return false;
                if (!ReferenceEquals(seen, _state) && (typeof(T).IsValueType || !IsStillTheBase_NeedsLock(seen))) continue;
                Remember_NeedsLock(request.Options);
                Write_NeedsLock(updated, null, ref after);
                Conclude_NeedsLock(ref after);
            }

            CarryOut(after);
            return true;
        }
    }

    public override Task? Invalidate(Invalidated happened, bool isAwaited)
    {
        if (ObserverCount == 0 && TryInvalidateUnseen(happened)) return null;
        var after = new Aftermath<T>();
        Waiter<T>? waiter = null;
        using (Lock())
        {
            if (IsDead) return null;
            BeginEpoch_NeedsLock(happened);
            var request = FirstEnabled_NeedsLock()?.Request ?? (HasPassengers_NeedsLock ? _flight?.Request : null);
            if (request is not null)
                Restart_NeedsLock(request, ref after, happened);
            else
                Apply_NeedsLock(happened);
            if (isAwaited && request is not null)
                waiter = Board_NeedsLock(request, onlySettles: true);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
        return waiter?.TaskFor(Client.ContinuesInline);
    }

    /// <summary>Refetches what is watched and enabled; what nobody watches has no fetcher at hand and is only marked stale.</summary>
    public override Task? Refetch(bool isAwaited)
    {
        QueryRequest<T>? request;
        using (Lock())
            request = FirstEnabled_NeedsLock()?.Request;
        if (request is not null)
            return Refetch(request, isAwaited);
        if (ObserverCount == 0)
            Invalidate(new(_cache.Clock.Now), isAwaited: false);
        return null;
    }

    /// <summary>Fetches anew for a caller. If nobody watches, the fetch is kept alive until it ends.</summary>
    public Task? Refetch(QueryRequest<T> request, bool isAwaited)
    {
        if (TryBegin(request, isAwaited) is not { } begun) return RefetchAtAnyTime(request, isAwaited);
        if (!begun.Start(begun.Number)) return isAwaited ? TaskOfCaller(begun) : Task.CompletedTask;
        request.Keep(begun);
        return Task.CompletedTask;
    }

    private Task? RefetchAtAnyTime(QueryRequest<T> request, bool isAwaited)
    {
        var initial = InitialData(request);
        var after = new Aftermath<T>();
        Waiter<T>? waiter = null;
        using (Lock())
        {
            if (IsDead) return null;
            Prepare_NeedsLock(request, initial);
            if (isAwaited || !IsWatched_NeedsLock)
                waiter = Board_NeedsLock(request, onlySettles: true);
            Restart_NeedsLock(request, ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
        return waiter?.TaskFor(Client.ContinuesInline) ?? Task.CompletedTask;
    }

    public override void Cancel()
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (_flight is null && _wanted is null) return;
            LookElapsed_NeedsLock();
            CancelFlight_NeedsLock(ref after);
            AnswerAll_NeedsLock(_state.HasData ? Answer<T>.Of(_state) : Answer<T>.Cancelled, ref after);
            Settled_NeedsLock(ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
    }

    public override void Drop(DropMode mode)
    {
        var initial = mode == DropMode.Reset && FirstRequest() is { } first ? InitialData(first, isReset: true) : default;
        var after = new Aftermath<T>();
        var then = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead) return;
            DropAll_NeedsLock(ref after);
            if (!IsWatched_NeedsLock)
                Die_NeedsLock(QueryRemovalCause.Removed, ref after);
            else
                BeginAgain_NeedsLock(initial, ref then);
        }

        CarryOut(after);
        CarryOut(then);
    }

    public override bool TryEvict()
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead || HasPassengers_NeedsLock || _flight is not null || IsPinned_NeedsLock) return false;
            Die_NeedsLock(QueryRemovalCause.Evicted, ref after);
        }

        CarryOut(after);
        return true;
    }

    /// <summary>The client is disposed: everything ends, observers are completed, waiters are cancelled.</summary>
    public override void Close()
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead) return;
            after.Ended = TakeFlight_NeedsLock();
            AnswerAll_NeedsLock(Answer<T>.Cancelled, ref after);
            if (_mounts.Count > 0)
            {
                after.Receivers = _mounts.Snapshot;
                Publish_NeedsLock(Version<QueryState<T>>.NewEnd(_state), ref after);
            }

            _mounts.Clear();
            Die_NeedsLock(QueryRemovalCause.Disposed, ref after);
        }

        CarryOut(after);
    }

    public override QueryCacheEntry Describe()
    {
        var (state, remembered) = (State, Remembered);
        var now = _cache.Clock.Elapsed;
        return new()
        {
            Key = Key,
            DefinitionName = remembered.DefinitionName,
            DataType = typeof(T),
            Status = state.Status,
            FetchStatus = state.FetchStatus,
            HasData = state.HasData,
            BaseData = state.Data,
            Fold = state.Fold,
            IsOptimistic = state.IsOptimistic,
            Error = state.Error,
            ObserverCount = ObserverCount,
            IsStale = Freshness.IsStale(state, remembered.StaleTime, now),
            Timestamp = state.DataUpdatedAt,
            StaleAt = state.HasData ? _cache.Clock.WallClock(Freshness.Due(state.DataElapsed, remembered.StaleTime)) : null,
            ExpiresAt = state.HasData ? _cache.Clock.WallClock(Freshness.Due(state.DataElapsed, remembered.CacheTtl)) : null,
        };
    }

    /// <summary>
    /// Invalidates if nobody is aboard and nothing runs, so that nothing follows but the state itself and the word of it: most entries of a large group are so
    /// (W5a in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    private bool TryInvalidateUnseen(Invalidated happened)
    {
        using (Lock())
        {
            if (HasPassengers_NeedsLock || _flight is not null) return false;
            if (IsDead) return true;
            var before = _state;
            BeginEpoch_NeedsLock(happened);
            Apply_NeedsLock(happened);
            if (!ReferenceEquals(before, _state))
                CommitUnseen_NeedsLock();
        }

        _cache.DeliverEvents();
        return true;
    }

    private void BeginEpoch_NeedsLock(Invalidated happened)
    {
        _epoch++;
        LookAsOf_NeedsLock(happened.Instant.Elapsed);
    }

    /// <summary>Writes data, or what <paramref name="make"/> makes of the base; asked again when somebody else wrote meanwhile.</summary>
    private bool TryWrite(EffectiveOptions<T>? options, T data, in Write write, in DateTimeOffset? updatedAt = null, Func<T?, T>? make = null)
    {
        while (true)
        {
            var seen = State;
            var shared = Share(options, seen, make is null ? data : make(BaseOf(seen, options)));
            if (TryWriteOn(seen, options, shared, write, updatedAt) is { } isDone) return isDone;
        }
    }

    /// <summary>Writes data that was made from the base of a state.</summary>
    /// <returns>False when the entry has left the cache; null when the base is another by now.</returns>
    private bool? TryWriteOn(QueryState<T> seen, EffectiveOptions<T>? options, T data, in Write write, in DateTimeOffset? updatedAt)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead) return false;
            if (!IsStillTheBase_NeedsLock(seen) || (write.IsDerived && typeof(T).IsValueType && !ReferenceEquals(seen, _state))) return null;
            if ((write.Patch is not null || !_layers.IsEmpty) && !TakesPlace_NeedsLock(write)) return true;
            if (options is not null)
                Remember_NeedsLock(options);
            Write_NeedsLock(data, updatedAt, ref after);
            if (write.IsResponse)
                FenceOff_NeedsLock(ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
        return true;
    }

    /// <summary>What a write is made from: nothing, where the data is so old that nobody would be given it any more.</summary>
    private T? BaseOf(QueryState<T> seen, EffectiveOptions<T>? options) =>
        seen.HasData && (options is null || ObserverCount > 0 || ReadBase(options).HasData) ? seen.Data : default;

    private void Write_NeedsLock(T data, in DateTimeOffset? updatedAt, ref Aftermath<T> after)
    {
        var now = Look_NeedsLock();
        if (updatedAt is { } at) now = QueryClock.At(at, now);
        Apply_NeedsLock(QueryReducer.Write(_state, now, data), QueryUpdateCause.DataSet);
        StayAnew_NeedsLock(ref after);
    }

    /// <summary>The stay of an entry that nobody watches begins now.</summary>
    private void StayAnew_NeedsLock(ref Aftermath<T> after)
    {
        if (HasPassengers_NeedsLock) return;
        StandIdle_NeedsLock(ref after);
        RetireIfIdle_NeedsLock(ref after);
    }

    /// <summary>Nothing from before may be seen or land: fetch, waiters, data, error and epoch all end here, in one state of their own.</summary>
    private void DropAll_NeedsLock(ref Aftermath<T> after)
    {
        var now = Look_NeedsLock();
        _epoch++;
        CancelFlight_NeedsLock(ref after);
        AnswerAll_NeedsLock(Answer<T>.Cancelled, ref after);
        _layers = OptimisticLayers<T>.None;
        Apply_NeedsLock(new Dropped(now));
        Conclude_NeedsLock(ref after);
    }

    private void BeginAgain_NeedsLock(InitialValue<T> initial, ref Aftermath<T> after)
    {
        if (FirstMount_NeedsLock() is not { } mount) return;
        Seed_NeedsLock(mount.Request, initial);
        if (FirstEnabled_NeedsLock() is { } enabled && Freshness.IsDue(_state, enabled.Request.Options.StaleTime, LastLooked))
            StartOrJoin_NeedsLock(enabled.Request, ref after);
        Conclude_NeedsLock(ref after);
    }

    private QueryRequest<T>? FirstRequest()
    {
        using (Lock())
            return FirstMount_NeedsLock()?.Request; // Under the lock: an observer that has left has none any more.
    }

    private Mount<T>? FirstMount_NeedsLock()
    {
        foreach (var mount in _mounts.Snapshot)
            if (mount is not null)
                return mount;
        return null;
    }
}
