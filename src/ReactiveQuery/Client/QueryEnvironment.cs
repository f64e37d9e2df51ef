using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// The surroundings of a client: focus, connection, sleep. Injected streams, subscribed once, when the client's first query is asked.
/// </summary>
internal sealed class QueryEnvironment(QueryClient client) : IDisposable
{
    private readonly CompositeDisposable _subscriptions = [];
    private readonly LatestSubject<bool>? _offline = client.Options.Online is null ? null : new();
    private int _isConnected;
    private volatile bool _isOffline;
    private volatile bool _isFocused = true;

    public bool IsOffline => _isOffline;

    public bool IsFocused => _isFocused;

    /// <summary>Whether there is no connection, as a stream that begins with what holds; null when nobody says.</summary>
    public IObservable<bool>? Offline => _offline;

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
        var wasOffline = _isOffline;
        _isOffline = !isOnline;

        // Looked for before the paused fetches go on: one that ends at once is not to be followed by another of its entry.
        var idle = isOnline && wasOffline ? client.Cache.Matching(new QueryFilter { IsWatched = true, FetchStatus = FetchStatus.Idle }) : [];
        _offline!.OnNext(!isOnline);
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
