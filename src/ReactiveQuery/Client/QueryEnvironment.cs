using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// The surroundings of a client: focus, connection, sleep. Injected streams, subscribed once, when the client's first query is asked.
/// </summary>
internal sealed class QueryEnvironment : IDisposable
{
    private readonly QueryClient _client;
    private readonly CompositeDisposable _subscriptions = [];
    private readonly LatestSubject<bool>? _offline;
    private int _isConnected;
    private int _isOnlineKnown;
    private volatile bool _isOffline;
    private volatile bool _isFocused = true;

    /// <remarks>
    /// While the connection's stream is being subscribed to, fetches that other threads start wait: it may be about to say that there is none. No thread waits.
    /// </remarks>
    public QueryEnvironment(QueryClient client)
    {
        _client = client;
        if (client.Options.Online is null) return;
        _offline = new();
        _offline.OnNext(true);
        _isOffline = true;
    }

    public bool IsOffline => _isOffline;

    /// <summary>Whether there is no connection as far as anybody has said; with no word so far there is one.</summary>
    public bool IsKnownOffline => _isOffline && Volatile.Read(ref _isOnlineKnown) != 0;

    public bool IsFocused => _isFocused;

    /// <summary>Whether there is no connection, as a stream that begins with what holds; null when nobody says.</summary>
    public IObservable<bool>? Offline => _offline;

    public void Connect()
    {
        if (Volatile.Read(ref _isConnected) != 0 || Interlocked.Exchange(ref _isConnected, 1) != 0) return;
        Listen(_client.Options.Online, OnOnline);
        if (_client.Options.Online is not null && Interlocked.Exchange(ref _isOnlineKnown, 1) == 0)
            Begin(isOffline: false);
        Listen(_client.Options.Focus, OnFocus);
        Listen(_client.Options.Resumed, OnResumed);
    }

    public void Dispose() => _subscriptions.Dispose();

    private void Listen<TValue>(IObservable<TValue>? source, Action<TValue> onNext)
    {
        if (source is null) return;
        try
        {
            var subscription = source.Subscribe(new Listener<TValue>(_client, onNext));
            _subscriptions.Add(new GuardedDisposable(subscription, error => _client.Errors.Report(error, UnobservedErrorOrigin.Cancellation)));
        }
        catch (Exception error)
        {
            _client.Errors.Report(error, UnobservedErrorOrigin.Trigger);
        }
    }

    private void OnOnline(bool isOnline)
    {
        if (Interlocked.Exchange(ref _isOnlineKnown, 1) == 0)
        {
            Begin(isOffline: !isOnline);
            return;
        }

        var wasOffline = _isOffline;
        _isOffline = !isOnline;

        // Looked for before the paused fetches go on: one that ends at once is not to be followed by another of its entry.
        var idle = isOnline && wasOffline ? _client.Cache.Matching(new QueryFilter { IsWatched = true, FetchStatus = FetchStatus.Idle }) : [];
        _offline!.OnNext(!isOnline);
        foreach (var entry in idle)
            entry.OnTrigger(RefetchTrigger.Reconnect);
    }

    /// <summary>The first that is known of the connection; no change, and so no trigger.</summary>
    private void Begin(bool isOffline)
    {
        _isOffline = isOffline;
        _offline!.OnNext(isOffline);
    }

    private void OnFocus(bool isFocused)
    {
        var hadFocus = _isFocused;
        _isFocused = isFocused;
        if (isFocused && !hadFocus)
            _client.Trigger(RefetchTrigger.Focus);
    }

    private void OnResumed(TimeSpan slept)
    {
        _client.Cache.Clock.Slept(slept);
        _client.Cache.Deadlines.Wake();
        _client.Trigger(RefetchTrigger.Resume);
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
