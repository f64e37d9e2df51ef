using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// The surroundings of a client: focus, connection, sleep. Injected streams, subscribed once, when the client's first query is asked.
/// </summary>
internal sealed class QueryEnvironment(QueryClient client) : IDisposable
{
    private readonly CompositeDisposable _subscriptions = [];
    private readonly LatestSubject<bool>? _offline = client.Options.Online is null ? null : new();
    private readonly LatestSubject<bool>? _disconnected = client.Options.Online is null ? null : new();
    private readonly object _gate = new();
    private HashSet<MutationCall>? _resuming;
    private int _isConnected;
    private volatile bool _isDisconnected;
    private volatile bool _areQueriesHeld;
    private volatile bool _isFocused = true;

    /// <summary>Whether queries wait: without the connection, and while the writes resume that waited for it.</summary>
    public bool IsOffline => _areQueriesHeld || _isDisconnected;

    /// <summary>Whether there is no connection.</summary>
    public bool IsDisconnected => _isDisconnected;

    public bool IsFocused => _isFocused;

    /// <summary><see cref="IsOffline"/> as a stream that begins with what holds; null when nobody says.</summary>
    public IObservable<bool>? Offline => _offline;

    /// <summary><see cref="IsDisconnected"/> as a stream that begins with what holds; null when nobody says.</summary>
    public IObservable<bool>? Disconnected => _disconnected;

    /// <summary>Somebody asks for something: listens to the surroundings from the first time on.</summary>
    public void Connect()
    {
        if (Volatile.Read(ref _isConnected) != 0 || Interlocked.Exchange(ref _isConnected, 1) != 0) return;
        Listen(client.Options.Online, OnOnline);
        Listen(client.Options.Focus, OnFocus);
        Listen(client.Options.Resumed, OnResumed);
    }

    public void Dispose() => _subscriptions.Dispose();

    private void Listen<TValue>(IObservable<TValue>? source, Action<TValue> onNext)
    {
        if (source is null) return;
        try
        {
            _subscriptions.Add(source.Subscribe(new Listener<TValue>(client, onNext)));
        }
        catch (Exception error)
        {
            client.Errors.Report(error, UnobservedErrorOrigin.Trigger);
        }
    }

    private void OnOnline(bool isOnline)
    {
        if (!isOnline)
            ConnectionLost();
        else if (_isDisconnected)
            ConnectionIsBack();
    }

    private void ConnectionLost()
    {
        lock (_gate)
        {
            _isDisconnected = true;
            _areQueriesHeld = false;
            _resuming = null;
            _offline!.Post(true);
        }

        _disconnected!.OnNext(true);
        client.Ledger.ConnectionChanged(isOffline: true);
        _offline!.Drain();
    }

    /// <summary>
    /// Writes resume first, in the order in which they were made; what queries would fetch before is old the moment it arrives. Queries follow when those writes have had
    /// their answers, or at once when there are none.
    /// </summary>
    private void ConnectionIsBack()
    {
        var writes = client.Ledger.WaitingForConnection();
        var isSomebodyWaiting = client.Cache.Matching(new QueryFilter { FetchStatus = FetchStatus.Paused }).Exists(entry => entry.IsAwaited);
        lock (_gate)
        {
            _resuming = [.. writes];
            _areQueriesHeld = true;
            _isDisconnected = false;
        }

        client.Ledger.ConnectionChanged(isOffline: false);
        _disconnected!.OnNext(false);
        foreach (var call in writes)
            if (call.IsAnswered)
                WriteEnded(call);
        if (writes.Count == 0 || isSomebodyWaiting)
            LetQueriesGo();
    }

    /// <summary>A write has had its answer, or will have none.</summary>
    public void WriteEnded(MutationCall call)
    {
        lock (_gate)
        {
            if (_resuming is null || !_resuming.Remove(call) || _resuming.Count > 0) return;
        }

        LetQueriesGo();
    }

    /// <summary>
    /// Ends the time in which queries wait for writes, if it is such a time. Also called when a query is asked for meanwhile, and not waited with at all when a paused one is awaited
    /// already: it may be a callback of one of those writes that asks, and they must not wait for each other.
    /// </summary>
    public void LetQueriesGo()
    {
        if (!_areQueriesHeld) return;

        // Looked for before the paused fetches go on: one that ends at once is not to be followed by another of its entry.
        var idle = client.Cache.Matching(new QueryFilter { IsWatched = true, FetchStatus = FetchStatus.Idle });
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

    private void OnFocus(bool isFocused)
    {
        var hadFocus = _isFocused;
        _isFocused = isFocused;
        if (isFocused && !hadFocus)
            client.Trigger(RefetchTrigger.Focus);
    }

    private void OnResumed(TimeSpan slept)
    {
        client.Cache.Clock.Slept(slept);
        client.Cache.Deadlines.Wake();
        client.Trigger(RefetchTrigger.Resume);
    }

    private sealed class Listener<TValue>(QueryClient client, Action<TValue> onNext) : IObserver<TValue>
    {
        public void OnNext(TValue value) => onNext(value);

        public void OnError(Exception error) => client.Errors.Report(error, UnobservedErrorOrigin.Trigger);

        public void OnCompleted()
        {
        }
    }
}
