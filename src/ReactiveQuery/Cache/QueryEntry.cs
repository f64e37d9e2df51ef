namespace ReactiveQuery;

/// <summary>
/// One key: commands in, states out. States are committed under the lock, as the reducer makes them from events, and delivered outside it.
/// </summary>
/// <remarks>
/// <para>Every command but those of <c>InStep</c> has the same shape: user code that is needed first runs outside the lock; the change is made under it
/// (methods ending in <c>_NeedsLock</c>); what follows from the change (<see cref="Aftermath{T}"/>) is carried out outside it again.</para>
/// <para>The parts: <c>Passengers</c> (who comes and goes), <c>Fetch</c> (one fetch from start to landing), <c>Commands</c> (what callers do to it), <c>InStep</c> (what
/// of all this comes in floods), <c>Patches</c> (what lies over its data), <c>Time</c> (what becomes due), <c>Pages</c> (what waits for a page to land, and pages that wait). How it
/// delivers stands in its base.</para>
/// </remarks>
internal sealed partial class QueryEntry<T> : DeliveringEntry<T>
{
    // First what readers look at: a few of the processor's cache lines less where there are many entries (W1c, W2).
    private QueryState<T> _state = QueryState<T>.Idle;
    private Task<T>? _served; // What those were given who awaited the present data when it was there; null before.
    private readonly QueryCache _cache;
    private QueryState<T>? _before; // The state last committed, while steps were taken since; null without any, so that what commits a step at once writes one reference down (W8, W13).
    private Version<QueryState<T>>? _tail; // The state last committed, as those have it who stand in the chain; null while nobody does.
    private bool _isInStep; // Whether there are observers who do not stand in it.
    private QueryUpdateCause _cause;
    private Roster<Mount<T>> _mounts;
    private WaiterChain<T> _waiters;
    private Flight<T>? _flight;
    private int _epoch;
    private long _lastLookedTicks;

    public QueryEntry(QueryCache cache, QueryRequest<T> first)
        : base(first.Key, first.Options.Remembered)
    {
        _cache = cache;
        _gcTime = first.Options.GcTime;
        _idleSince = LookElapsed_NeedsLock();
    }

    public override Type DataType => typeof(T);

    public override int ObserverCount => _mounts.Count;

    public override bool IsFetching => State.IsFetching;

    public override bool IsAwaited
    {
        get
        {
            using (Lock())
                return IsAwaited_NeedsLock;
        }
    }

    /// <summary>The state last committed: the base, its patches not folded in, without any observer's view of it.</summary>
    public QueryState<T> State => Volatile.Read(ref _state);

    /// <summary>The instant at which the entry last looked at the clock; staleness is judged as of it.</summary>
    public TimeSpan LastLooked => TimeSpan.FromTicks(Volatile.Read(ref _lastLookedTicks));

    public QueryClient Client => _cache.Client;

    private bool IsWatched_NeedsLock => _mounts.Count > 0;

    /// <remarks>Whoever began the fetch waits without a place among the others, as long as it is the entry's.</remarks>
    private bool IsAwaited_NeedsLock => !_waiters.IsEmpty || _flight is { HasCaller: true };

    private bool HasPassengers_NeedsLock => _mounts.Count > 0 || IsAwaited_NeedsLock;

    public override void ReportObserver(Exception error) => Client.Errors.Report(error, UnobservedErrorOrigin.Observer, Key);

    public void ReportComparer(Exception error) => Client.Errors.Report(error, UnobservedErrorOrigin.Comparer, Key);

    public void ReportTrigger(Exception error) => Client.Errors.Report(error, UnobservedErrorOrigin.Trigger, Key);

    private QueryInstant Look_NeedsLock()
    {
        var now = _cache.Clock.Now;
        Volatile.Write(ref _lastLookedTicks, now.Elapsed.Ticks);
        return now;
    }

    /// <summary>The same where no state takes the wall clock's reading, which costs as much again.</summary>
    private TimeSpan LookElapsed_NeedsLock()
    {
        var now = _cache.Clock.Elapsed;
        Volatile.Write(ref _lastLookedTicks, now.Ticks);
        return now;
    }

    /// <summary>The same by a reading that was taken for several entries; one of them may have looked since.</summary>
    private void LookAsOf_NeedsLock(TimeSpan now)
    {
        if (now.Ticks > _lastLookedTicks)
            Volatile.Write(ref _lastLookedTicks, now.Ticks);
    }

    /// <summary>One step of the entry's life. Several may make up one commit.</summary>
    private void Apply_NeedsLock(QueryEvent happened) => Apply_NeedsLock(QueryReducer.Reduce(_state, happened), happened.Cause);

    private void Apply_NeedsLock(QueryState<T> next, QueryUpdateCause cause)
    {
        next = WithFold_NeedsLock(next);
        if (ReferenceEquals(next, _state)) return;
        _before ??= _state;
        Volatile.Write(ref _state, next);
        _cause = cause;
    }

    /// <summary>Whether the steps since the last commit came to anything.</summary>
    private bool HasNews_NeedsLock => _before is not null && !ReferenceEquals(_state, _before);

    /// <summary>The state last committed.</summary>
    private QueryState<T> Committed_NeedsLock => _before ?? _state;

    /// <summary>Makes the steps since the last commit one, for the receivers that <paramref name="after"/> has.</summary>
    private void Commit_NeedsLock(ref Aftermath<T> after)
    {
        if (_state.IsFetching) _cache.Fetching.Add(this); // Also when it was before: in between it may have been seen idle, and taken out.
        if (after.Receivers.Length == 0)
            _tail = null;
        else if (TryFallInStep_NeedsLock(after.Receivers))
            PublishInStep_NeedsLock(ref after);
        else
            Publish_NeedsLock(new(_state), ref after);
        (_before, _served) = (null, null);
        _cache.Post(this, QueryCacheEventKind.Updated, _cause);
    }

    /// <summary>
    /// Whether all observers have seen the same and nobody delivers to any of them. They then need no place in the chain, and the commit no version
    /// (W3, W8 and W13 in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    private bool TryFallInStep_NeedsLock(in RosterSnapshot<Mount<T>> receivers)
    {
        if (!IsPassFree) return false;
        return _tail is null || TryGiveUpPlaces_NeedsLock(receivers);
    }

    private bool TryGiveUpPlaces_NeedsLock(in RosterSnapshot<Mount<T>> receivers)
    {
        foreach (var mount in receivers)
            if (mount?.CanFallInStep(_tail!) == false)
                return false;
        foreach (var mount in receivers)
            mount?.FallInStep();
        (_tail, _isInStep) = (null, true);
        return true;
    }

    /// <summary>Takes the pass from whoever has it, and gives each observer who is in step a place in the chain.</summary>
    private void StandApart_NeedsLock(in RosterSnapshot<Mount<T>> mounts)
    {
        TakePass_NeedsLock(ref _tail, Committed_NeedsLock);
        _tail ??= new(Committed_NeedsLock);
        if (!_isInStep) return;
        _isInStep = false;
        foreach (var mount in mounts)
            mount?.StandApart(_tail);
    }

    private void PublishInStep_NeedsLock(ref Aftermath<T> after)
    {
        var from = Committed_NeedsLock;
        after.Step.From = from;
        after.Step.To = _state;
        after.Step.IsPlain = _state.IsVisiblyOtherThan(from) && IsSeenAlike_NeedsLock;
        after.IsDelivered = true;
        after.Pass = BeginRound_NeedsLock(after.Receivers.Slots, from, Environment.CurrentManagedThreadId);
    }

    private void Publish_NeedsLock(Version<QueryState<T>> version, ref Aftermath<T> after)
    {
        StandApart_NeedsLock(after.Receivers);
        after.Superseded = _tail;
        _tail!.Append(version);
        _tail = version;
        after.IsDelivered = true;
        if (IsPassFree)
            after.Pass = BeginRound_NeedsLock(after.Receivers.Slots, from: null, Environment.CurrentManagedThreadId);
        else
            EnterClaims();
    }

    /// <summary>The same without observers, and so with nobody who has yet to pass from the version before.</summary>
    private void CommitUnseen_NeedsLock()
    {
        (_before, _tail, _served) = (null, null, null);
        _cache.Post(this, QueryCacheEventKind.Updated, _cause);
    }

    /// <summary>Ends every command: closes the commit and works out when the entry is to be called again.</summary>
    private void Conclude_NeedsLock(ref Aftermath<T> after)
    {
        if (HasNews_NeedsLock)
        {
            after.Receivers = _mounts.Snapshot;
            Commit_NeedsLock(ref after);
        }

        after.Due = NextDue_NeedsLock();
    }

    /// <summary>Queues and subscriptions that are still held may keep a dead entry for long; what it showed they must not keep.</summary>
    private void LetGoOfData()
    {
        using (Lock())
            LetGoOfData_NeedsLock();
    }

    private void LetGoOfData_NeedsLock()
    {
        Volatile.Write(ref _state, QueryState<T>.Idle);
        (_before, _tail, _served) = (null, null, null);
        _layers = OptimisticLayers<T>.None;
        _patchOptions = null;
    }

    /// <summary>What follows from a change. No lock is held: all of this may run user code, which may call the client again.</summary>
    private void CarryOut(in Aftermath<T> after)
    {
        _cache.Deadlines.Request(this, after.Due);
        after.Answered.Answer(after.Answer);
        after.Ended?.Dispose();
        Deliver(after);
        if (after.Removal is { } cause)
        {
            _cache.Removed(this, cause);
            LetGoOfData();
        }
        else if (after.IsUnwatched)
            _cache.Unwatched(this);
        _cache.DeliverEvents();
        after.Landed?.CallHooks(after.LandedData!, after.LandedError);
        after.Started?.Start(after.StartedNumber);
        if (after.IsPageDue)
            FetchWantedPage();
    }

    private void Deliver(in Aftermath<T> after)
    {
        if (!after.IsDelivered || DeliverRound(after.Pass, after.Receivers, after.Step))
            after.Superseded?.Unlink();
    }
}
