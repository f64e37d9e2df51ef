using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// The surroundings of a client: focus, connection, sleep. Injected streams, subscribed once, when the client's first query is asked.
/// </summary>
internal sealed partial class QueryEnvironment : IDisposable
{
    private readonly QueryClient _client;
    private readonly CompositeDisposable _subscriptions = [];
    private int _isConnected;
    private volatile bool _isFocused = true;

    public bool IsFocused => _isFocused;

    /// <summary>Somebody asks for something: listens to the surroundings from the first time on.</summary>
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
