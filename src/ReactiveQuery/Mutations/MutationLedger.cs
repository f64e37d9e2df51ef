using System.Reactive;

namespace ReactiveQuery;

/// <summary>
/// All calls of a client: those under way, in the order in which they were made, and for a while those that have ended. Its one lock guards the stages of
/// all calls, the scopes and what each mutation shows; no user code runs under it.
/// </summary>
internal sealed class MutationLedger(QueryClient client) : Deadline
{
    private readonly CallList _underWay = new(CallPlace.UnderWay);
    private readonly CallList _ended = new(CallPlace.Ended);
    private readonly Dictionary<QueryKey, MutationScope> _scopes = [];
    private readonly HashSet<IMutationStream> _watched = [];
    private readonly LatestSubject<Unit> _changes = new(client.ReportObserver, replaysLatest: false);
    private long _lastId;
    private bool _isClosed;

    public object Gate { get; } = new();

    public bool IsClosed_NeedsLock => _isClosed;

    public void Enlist_NeedsLock(MutationCall call)
    {
        ObjectDisposedException.ThrowIf(_isClosed, client);
        call.Id = ++_lastId;
        _underWay.Add(call);
        if (call.Turn is { } turn)
            ScopeOf_NeedsLock(turn.Key).Add_NeedsLock(call);
    }

    /// <summary>A call has ended: the next of its scope may go on, and the call is shown for <paramref name="gcTime"/>; null: no longer.</summary>
    public void Ended_NeedsLock(MutationCall call, TimeSpan? gcTime)
    {
        if (call.Turn is { Scope: { } scope } turn)
        {
            scope.Remove_NeedsLock(call);
            if (scope.IsEmpty_NeedsLock)
                _scopes.Remove(turn.Key);
        }

        if (gcTime is not { } stay || stay == TimeSpan.Zero || _isClosed)
        {
            Remove_NeedsLock(call);
            return;
        }

        call.KeptUntil = Freshness.Due(client.Cache.Clock.Elapsed, stay);
        ListOf(call)?.Remove(call);
        _ended.Add(call);
        if (_ended.Count > client.Options.CacheCapacity)
            Remove_NeedsLock(_ended.First!);
    }

    public void Remove_NeedsLock(MutationCall call)
    {
        if (ListOf(call) is not { } list) return;
        list.Remove(call);
        Changed_NeedsLock();
    }

    /// <summary>The calls of one mutation that are under way, in the order in which they were made.</summary>
    public List<MutationCall> UnderWay_NeedsLock(object mutation)
    {
        List<MutationCall> calls = [];
        for (var call = _underWay.First; call is not null; call = call.Next)
            if (call.Owner == mutation)
                calls.Add(call);
        return calls;
    }

    public void Changed_NeedsLock()
    {
        if (_changes.ObserverCount > 0)
            _changes.Post(Unit.Default);
    }

    public void DeliverChanges()
    {
        if (_changes.ObserverCount > 0)
            _changes.Drain();
    }

    /// <summary>Asks for the deadline at which an ended call is no longer shown. The scheduler is user code: outside the lock.</summary>
    public void RequestDeadline(MutationCall call) => client.Cache.Deadlines.Request(this, call.KeptUntil);

    public override void OnDeadline()
    {
        var next = TimeSpan.MaxValue;
        lock (Gate)
        {
            var now = client.Cache.Clock.Elapsed;
            for (var call = _ended.First; call is not null;)
            {
                var (ended, due) = (call, call.KeptUntil);
                call = call.Next;
                if (due <= now)
                    Remove_NeedsLock(ended);
                else if (due < next)
                    next = due;
            }
        }

        DeliverChanges();
        client.Cache.Deadlines.Request(this, next);
    }

    public List<MutationEntry> Find(MutationFilter? filter)
    {
        var entries = Snapshot().ConvertAll(call => call.Describe());
        if (filter is not null)
            entries.RemoveAll(entry => !filter.Matches(entry));
        return entries;
    }

    /// <summary>Calls back at once and after every change, never twice at the same time.</summary>
    public IDisposable Follow(Action onChanged, Action onCompleted) =>
        _changes.Subscribe(System.Reactive.Observer.Create<Unit>(static _ => { }, onCompleted), onChanged);

    /// <summary>Shows of all calls that have not had their turn yet whether they wait for the connection.</summary>
    public void ConnectionChanged()
    {
        var calls = Snapshot();
        lock (Gate)
        {
            var isOffline = client.Environment.IsDisconnected; // As it is by now: a change may be told late, but not over a later one.
            foreach (var call in calls)
                if (call.Stage is CallStage.Preparing or CallStage.Waiting)
                    call.ConnectionChanged_NeedsLock(isOffline);
        }

        foreach (var call in calls)
            call.Deliver();
    }

    /// <summary>
    /// The calls that the connection sets going: those that wait for it with their next attempt, and those whose turn follows. Not those whose own callbacks, or the callbacks of
    /// the call ahead, are to end first: these may wait for a query. In the order in which they were made, which need not be that in which they began to wait.
    /// </summary>
    public List<MutationCall> WaitingForConnection()
    {
        lock (Gate)
        {
            List<MutationCall> waiting = [];
            for (var call = _underWay.First; call is not null; call = call.Next)
                if (call.Status == MutationStatus.Paused && IsNext(call))
                    waiting.Add(call);
            return waiting;
        }

        static bool IsNext(MutationCall call) => call.Stage switch
        {
            CallStage.Running => true,
            CallStage.Waiting => call.Turn?.Scope?.HeadStage_NeedsLock == CallStage.Running,
            _ => false,
        };
    }

    /// <summary>A mutation was disposed: its ended calls are shown no longer.</summary>
    public void Forget(object mutation)
    {
        foreach (var call in Snapshot().Where(call => call.Owner == mutation && call.IsSettled))
            call.Forget();
    }

    public void Watch(IMutationStream stream)
    {
        bool isClosed;
        lock (Gate)
        {
            isClosed = _isClosed;
            if (!isClosed)
                _watched.Add(stream);
        }

        if (isClosed)
            stream.End();
    }

    public void Unwatch_NeedsLock(IMutationStream stream) => _watched.Remove(stream);

    /// <summary>Cancels all calls and completes all streams.</summary>
    public void Close()
    {
        List<IMutationStream> watched;
        lock (Gate)
        {
            _isClosed = true;
            watched = [.. _watched];
            _watched.Clear();
        }

        foreach (var call in Snapshot())
            call.Close();
        foreach (var stream in watched)
            stream.End();
        _changes.End();
        lock (Gate)
        {
            while (_underWay.First is { } call)
                _underWay.Remove(call);
            while (_ended.First is { } call)
                _ended.Remove(call);
            _scopes.Clear();
        }
    }

    private CallList? ListOf(MutationCall call) => call.Place switch
    {
        CallPlace.UnderWay => _underWay,
        CallPlace.Ended => _ended,
        _ => null,
    };

    /// <summary>All calls, in the order in which they were made.</summary>
    private List<MutationCall> Snapshot()
    {
        List<MutationCall> calls;
        lock (Gate)
        {
            calls = new(_underWay.Count + _ended.Count);
            _ended.CopyTo(calls);
            _underWay.CopyTo(calls);
        }

        calls.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        return calls;
    }

    private MutationScope ScopeOf_NeedsLock(QueryKey key)
    {
        if (!_scopes.TryGetValue(key, out var scope))
            _scopes[key] = scope = new MutationScope(this);
        return scope;
    }
}

/// <summary>A mutation that somebody observes, as the ledger completes it.</summary>
internal interface IMutationStream
{
    void End();
}
