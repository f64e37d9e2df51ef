namespace ReactiveQuery;

/// <content>
/// The connection. Writes follow it as it is; queries, when it is back, follow when the writes that had waited for it have had their answers.
/// </content>
internal sealed partial class QueryEnvironment
{
    private readonly object _gate = new();
    private readonly LatestSubject<bool>? _offline;
    private readonly LatestSubject<bool>? _disconnected;
    private HashSet<MutationCall>? _resuming;
    private int _isOnlineKnown;
    private volatile bool _isDisconnected;
    private volatile bool _areQueriesHeld;

    /// <remarks>
    /// While the connection's stream is being subscribed to, fetches that other threads start wait: it may be about to say that there is none. No thread waits.
    /// </remarks>
    public QueryEnvironment(QueryClient client)
    {
        _client = client;
        if (client.Options.Online is null) return;
        (_offline, _disconnected) = (new(), new());
        _offline.OnNext(true);
        _disconnected.OnNext(true);
        _isDisconnected = true;
    }

    /// <summary>Whether queries wait: without the connection, and while the writes resume that waited for it.</summary>
    public bool IsOffline => _areQueriesHeld || _isDisconnected;

    /// <summary>Whether there is no connection.</summary>
    public bool IsDisconnected => _isDisconnected;

    /// <summary><see cref="IsOffline"/> as far as anybody has said; with no word so far there is a connection.</summary>
    public bool IsKnownOffline => IsOffline && Volatile.Read(ref _isOnlineKnown) != 0;

    /// <summary><see cref="IsOffline"/> as a stream that begins with what holds; null when nobody says.</summary>
    public IObservable<bool>? Offline => _offline;

    /// <summary><see cref="IsDisconnected"/> as a stream that begins with what holds; null when nobody says.</summary>
    public IObservable<bool>? Disconnected => _disconnected;

    /// <summary>Whether a write has to wait as <see cref="Disconnected"/> says, without listening to it.</summary>
    public bool HoldsWrites => _disconnected is not null && _disconnected.TryGetLatest(out var isDisconnected) && isDisconnected;

    /// <summary>A write has had its answer, or will have none.</summary>
    public void WriteEnded(MutationCall call)
    {
        if (_offline is null) return; // Nobody says whether there is a connection, so that none ever waited for it.
        lock (_gate)
        {
            if (_resuming is null || !_resuming.Remove(call) || _resuming.Count > 0) return;
        }

        LetQueriesGo();
    }

    /// <summary>
    /// Ends the time in which queries wait for writes, if it is such a time. Also called when a query is asked for meanwhile, and at once when a paused one is awaited already: it may
    /// be a callback of one of those writes that asks, and they must not wait for each other.
    /// </summary>
    public void LetQueriesGo()
    {
        if (_areQueriesHeld)
            EndHold();
    }

    private void EndHold()
    {
        // Looked for before the paused fetches go on: one that ends at once is not to be followed by another of its entry.
        var idle = _client.Cache.Matching(new QueryFilter { IsWatched = true, FetchStatus = FetchStatus.Idle });
        lock (_gate)
        {
            if (!_areQueriesHeld) return;
            _areQueriesHeld = false;
            _resuming = null;
            _offline!.Post(false);
        }

        _offline!.Drain();
        foreach (var entry in idle)
            entry.OnTrigger(RefetchTrigger.Reconnect);
    }

    private void OnOnline(bool isOnline)
    {
        if (Interlocked.Exchange(ref _isOnlineKnown, 1) == 0)
            Begin(isOffline: !isOnline);
        else if (!isOnline)
            ConnectionLost();
        else if (_isDisconnected)
            ConnectionIsBack();
    }

    /// <summary>The first that is known of the connection; no change, and so no trigger.</summary>
    private void Begin(bool isOffline)
    {
        _isDisconnected = isOffline;
        _client.Ledger.ConnectionChanged();
        _disconnected!.OnNext(isOffline);
        _offline!.OnNext(isOffline);
    }

    private void ConnectionLost()
    {
        lock (_gate)
        {
            _isDisconnected = true;
            _areQueriesHeld = false;
            _resuming = null;
            _disconnected!.Post(true);
            _offline!.Post(true);
        }

        _disconnected!.Drain();
        _client.Ledger.ConnectionChanged();
        _offline!.Drain();
    }

    /// <summary>Writes resume first, in the order in which they were made: what queries would fetch before is old the moment it arrives.</summary>
    private void ConnectionIsBack()
    {
        var writes = _client.Ledger.WaitingForConnection();
        var isSomebodyWaiting = _client.Cache.Matching(new QueryFilter { FetchStatus = FetchStatus.Paused }).Exists(entry => entry.IsAwaited);
        lock (_gate)
        {
            _resuming = [.. writes];
            _areQueriesHeld = true;
            _isDisconnected = false;
        }

        _client.Ledger.ConnectionChanged();
        foreach (var call in writes)
            if (!_isDisconnected) // What goes on first may run code that takes the connection away again.
                call.GoOn();
        lock (_gate)
        {
            if (!_isDisconnected)
                _disconnected!.Post(false);
        }

        _disconnected!.Drain();
        foreach (var call in writes)
            if (call.IsAnswered)
                WriteEnded(call);
        if (writes.Count == 0 || isSomebodyWaiting)
            LetQueriesGo();
    }
}
