namespace ReactiveQuery;

/// <content>What becomes due: data turning stale, intervals, the end of a cancel delay, the end of the entry's stay.</content>
internal sealed partial class QueryEntry<T>
{
    private TimeSpan _idleSince;
    private TimeSpan _gcTime; // The longest that anybody asked for.

    // Lower bounds over the observers, exact again whenever the timer comes: what an observer wants is looked at one by one only then,
    // so that ten thousand subscriptions or deliveries do not each walk all observers.
    private TimeSpan _shortestStaleTime = TimeSpan.MaxValue;
    private TimeSpan _nextStaleDue = TimeSpan.MaxValue;
    private TimeSpan _nextIntervalDue = TimeSpan.MaxValue;
    private TimeSpan _staleBasis = TimeSpan.MinValue;
    private bool _hasIntervals;
    private bool _isStaleAtOnce;

    public override void OnDeadline()
    {
        var after = new Aftermath<T>();
        List<Mount<T>>? turned = null;
        List<Mount<T>>? ticked = null;
        using (Lock())
        {
            if (IsDead) return;
            var now = LookElapsed_NeedsLock();
            if (!HasPassengers_NeedsLock)
                Expire_NeedsLock(now, ref after);
            if (now >= _nextStaleDue)
                turned = TurnedStale_NeedsLock(now);
            if (turned is not null)
            {
                StandApart_NeedsLock(_mounts.Snapshot); // Each looks for themselves, under a claim.
                EnterClaims();
            }

            ticked = Tick_NeedsLock(now, ref after);
            Conclude_NeedsLock(ref after);
        }

        if (turned is not null)
        {
            turned.ForEach(static mount => mount.RequestRefresh());
            LeaveClaims();
        }

        CarryOut(after);
        ticked?.ForEach(PlanInterval);
    }

    /// <remarks>Data goes under the same lock: nobody is left to whom it would have to be shown, and no event will describe it.</remarks>
    public override bool TryDepart(TimeSpan now)
    {
        if (ObserverCount > 0 || _cache.HasFollowers) return false;
        using (Lock())
        {
            if (IsDead || HasPassengers_NeedsLock || _flight is not null || IsPinned_NeedsLock) return false;
            if (!Freshness.IsOver(_idleSince, _gcTime, now)) return false;
            IsDead = true;
            LetGoOfData_NeedsLock();
        }

        return true;
    }

    public override void OnTrigger(RefetchTrigger trigger)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead) return;
            LookElapsed_NeedsLock();
            foreach (var mount in _mounts.Snapshot)
            {
                if (mount is not { IsEnabled: true } || !Wants_NeedsLock(mount, trigger)) continue;
                StartOrJoin_NeedsLock(mount.Request, ref after);
                break;
            }

            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
    }

    /// <summary>After a mount and after each fetch: when each observer's interval fetches next.</summary>
    public void PlanInterval(Mount<T> mount)
    {
        if (mount is { IsStopped: true } or { IsEnabled: false } || mount.Request is not { IsLive: false, Options: { HasInterval: true } options }) return;
        var interval = Interval(options);
        TimeSpan due;
        using (Lock())
        {
            if (!_mounts.Contains(mount) || !mount.IsEnabled) return; // What nobody waits for is to keep no timer.
            Volatile.Write(ref _hasIntervals, true);
            due = mount.IntervalDue = interval is { } span ? Freshness.Due(LookElapsed_NeedsLock(), span) : TimeSpan.MaxValue;
            _nextIntervalDue = due < _nextIntervalDue ? due : _nextIntervalDue;
        }

        _cache.Deadlines.Request(this, due);
    }

    private void PlanIntervals()
    {
        if (Volatile.Read(ref _hasIntervals)) // An observer that plans its first just now sees the fetch that landed.
            PlanEachInterval();
    }

    private void PlanEachInterval()
    {
        RosterSnapshot<Mount<T>> mounts;
        using (Lock())
            mounts = _mounts.Snapshot;

        foreach (var mount in mounts)
            if (mount is not null)
                PlanInterval(mount);
    }

    /// <summary>Whether all observers find the data as fresh, or as stale, as the state says, at the instant last looked at.</summary>
    private bool IsSeenAlike_NeedsLock => _state.IsInvalidated ? _state.IsStale == !_state.IsStreaming : !_state.IsStale && IsFreshToAll_NeedsLock;

    private bool IsFreshToAll_NeedsLock =>
        _state is not { HasData: true, IsStreaming: false }
        || (!_isStaleAtOnce && (_shortestStaleTime == TimeSpan.MaxValue || !Freshness.IsOver(_state.DataElapsed, _shortestStaleTime, LastLooked)));

    private TimeSpan? Interval(EffectiveOptions<T> options)
    {
        if (options.RefetchIntervalFrom is not { } intervalFrom) return options.RefetchInterval;
        try
        {
            return intervalFrom(AsSeenUnder(options, State.Shown, LastLooked)) is { } span && span > TimeSpan.Zero && !Freshness.IsInfinite(span)
                ? span < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : span
                : null;
        }
        catch (Exception error)
        {
            Client.Errors.Report(error, UnobservedErrorOrigin.Callback, Key);
            return null;
        }
    }

    /// <summary>The state as an observer under these options finds it; it was committed as others may.</summary>
    private static QueryState<T> AsSeenUnder(EffectiveOptions<T> options, QueryState<T> state, TimeSpan now)
    {
        var isStale = Freshness.IsStale(state, options.StaleTime, now);
        return isStale == state.IsStale ? state : state with { IsStale = isStale };
    }

    private QueryInstant LookedAt_NeedsLock() => _cache.Clock.Now with { Elapsed = LastLooked };

    /// <summary>Whether data that nobody watches is too old to be shown; what a live query streams never is.</summary>
    private static bool IsExpired(QueryState<T> state, EffectiveOptions<T> options, TimeSpan now) =>
        state is { HasData: true, IsStreaming: false } && Freshness.IsOver(state.DataElapsed, options.CacheTtl, now);

    private void Remember_NeedsLock(EffectiveOptions<T> options)
    {
        if (ReferenceEquals(Remembered, options.Remembered)) return;
        _gcTime = Freshness.Longer(_gcTime, options.GcTime);
        Remembered = options.Remembered;
    }

    /// <summary>Whether these are the options last used, under which the entry stays. Without the lock it tells what held a moment ago, which is as good.</summary>
    private bool Remembers(EffectiveOptions<T> options) =>
        Remembered == options.Remembered && options.CacheEnabled && (options.GcTime != TimeSpan.Zero || _gcTime != TimeSpan.Zero);

    private void Seed_NeedsLock(QueryRequest<T> request, InitialValue<T> initial)
    {
        if (!initial.IsGiven || _state.HasData) return;
        var at = LookedAt_NeedsLock();
        if (request.Options.InitialDataUpdatedAt is { } since) at = QueryClock.At(since, at);
        Apply_NeedsLock(new DataSet<T>(at, initial.Value));
        _idleSince = LastLooked; // As for all data that comes; it may take the place of what was too old to be shown.
    }

    private InitialValue<T> InitialData(QueryRequest<T> request, bool isReset = false) =>
        request.Options.InitialData is { } make && (isReset || !Read(request.Options).HasData) ? Made(make) : default;

    private InitialValue<T> Made(Func<T> make)
    {
        try
        {
            return new(true, make());
        }
        catch (Exception error)
        {
            Client.Errors.Report(error, UnobservedErrorOrigin.Callback, Key);
            return default;
        }
    }

    private void NoteTimes_NeedsLock(Mount<T> mount)
    {
        var staleTime = mount.Request.Options.StaleTime;
        if (staleTime == TimeSpan.Zero)
            _isStaleAtOnce = true; // Until the entry ends: nothing but speed hangs on it.
        else if (staleTime > TimeSpan.Zero && staleTime < _shortestStaleTime)
            _shortestStaleTime = staleTime;
        var due = Freshness.StaleDue(_state, staleTime, LastLooked);
        _nextStaleDue = due < _nextStaleDue ? due : _nextStaleDue;
    }

    private TimeSpan NextDue_NeedsLock()
    {
        if (!IsWatched_NeedsLock) return NextDueUnwatched_NeedsLock();
        // Not the data's age alone: data that was stale on arrival may be followed by fresh data within one instant.
        return NextDueWatched_NeedsLock(_state is { HasData: true, IsInvalidated: false, IsStreaming: false } ? _state.DataElapsed : TimeSpan.MinValue);
    }

    /// <param name="basis">When the data came that ages; <see cref="TimeSpan.MinValue"/> where none does.</param>
    private TimeSpan NextDueWatched_NeedsLock(TimeSpan basis)
    {
        if (_staleBasis != basis) Rebase_NeedsLock(basis);
        return _nextStaleDue < _nextIntervalDue ? _nextStaleDue : _nextIntervalDue;
    }

    private void Rebase_NeedsLock(TimeSpan basis)
    {
        _staleBasis = basis;
        _nextStaleDue = basis == TimeSpan.MinValue ? TimeSpan.MaxValue : EarliestStaleDue_NeedsLock();
    }

    private TimeSpan NextDueUnwatched_NeedsLock()
    {
        if (IsDead || HasPassengers_NeedsLock) return TimeSpan.MaxValue;
        if (_flight is not null) return _flight.AbandonDue;
        return IsPinned_NeedsLock ? TimeSpan.MaxValue : Freshness.Due(_idleSince, _gcTime);
    }

    private TimeSpan EarliestStaleDue_NeedsLock()
    {
        var due = Freshness.StaleDue(_state, _shortestStaleTime, LastLooked);
        if (due != TimeSpan.MaxValue) return due;

        // Data that was already old when it was written, or landed unwatched: stale by the shortest time, but perhaps not yet by the others.
        foreach (var mount in _mounts.Snapshot)
            if (mount is not null && Freshness.StaleDue(_state, mount.Request.Options.StaleTime, LastLooked) is var own && own < due)
                due = own;
        return due;
    }

    private void Expire_NeedsLock(TimeSpan now, ref Aftermath<T> after)
    {
        if (_flight is { } flight && now >= flight.AbandonDue)
        {
            Abandon_NeedsLock(flight, ref after);
            after.IsUnwatched = true;
            RetireIfIdle_NeedsLock(ref after);
        }
        else if (_flight is null && !IsPinned_NeedsLock && Freshness.IsOver(_idleSince, _gcTime, now))
        {
            Die_NeedsLock(QueryRemovalCause.Expired, ref after);
        }
    }

    /// <summary>The observers for whom the data turned stale by now; and when it will for the next.</summary>
    private List<Mount<T>>? TurnedStale_NeedsLock(TimeSpan now)
    {
        List<Mount<T>>? turned = null;
        _nextStaleDue = TimeSpan.MaxValue;
        foreach (var mount in _mounts.Snapshot)
        {
            if (mount is null) continue;
            var due = Freshness.StaleDue(_state, mount.Request.Options.StaleTime, now);
            _nextStaleDue = due < _nextStaleDue ? due : _nextStaleDue;
            if (due == TimeSpan.MaxValue)
                (turned ??= []).Add(mount);
        }

        return turned;
    }

    /// <summary>The observers whose interval is over. They fetch whatever the age of the data; together they make one fetch.</summary>
    private List<Mount<T>>? Tick_NeedsLock(TimeSpan now, ref Aftermath<T> after)
    {
        if (now < _nextIntervalDue) return null;
        List<Mount<T>>? ticked = null;
        _nextIntervalDue = TimeSpan.MaxValue;
        foreach (var mount in _mounts.Snapshot)
        {
            if (mount is null) continue;
            if (now < mount.IntervalDue)
            {
                _nextIntervalDue = mount.IntervalDue < _nextIntervalDue ? mount.IntervalDue : _nextIntervalDue;
                continue;
            }

            mount.IntervalDue = TimeSpan.MaxValue;
            (ticked ??= []).Add(mount);
            if (mount.IsEnabled && (Client.Environment.IsFocused || mount.Request.Options.RefetchIntervalInBackground))
                StartOrJoin_NeedsLock(mount.Request, ref after);
        }

        return ticked;
    }

    private bool Wants_NeedsLock(Mount<T> mount, RefetchTrigger trigger)
    {
        var options = mount.Request.Options;
        if (mount.Request.IsLive)
            return trigger == RefetchTrigger.Reconnect && _state.IsError && options.RefetchOnReconnect != RefetchPolicy.Never;
        if (_state.HasData && !options.BackgroundRefetch) return false;
        return Wants_NeedsLock(trigger == RefetchTrigger.Reconnect ? options.RefetchOnReconnect : options.RefetchOnFocus, options.StaleTime);
    }
}
