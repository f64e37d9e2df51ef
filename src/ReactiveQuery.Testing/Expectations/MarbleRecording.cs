using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>What an observable did, frame by frame. Made by <see cref="Marbles.Record"/>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>It records every call its observer gets, also those that break the observer contract; those are in <see cref="Contract"/> as well.</remarks>
/// <threadsafety>Safe from any thread.</threadsafety>
public sealed class MarbleRecording<T> : IDisposable
{
    private readonly FrameClock _clock;
    private readonly List<MarbleEvent<T>> _events = [];
    private readonly SingleAssignmentDisposable _subscription = new();

    internal MarbleRecording(FrameClock clock, IObservable<T> source, SubscriptionFrames subscription)
    {
        _clock = clock;
        Subscription = subscription;
        var watched = source.Checked(Contract);
        if (subscription.Subscribed <= clock.Frame) Undisturbed.Run(() => Start(watched));
        else clock.Subscription(subscription.Subscribed, () => Start(watched));
        if (subscription.Unsubscribed is { } end) clock.Subscription(end, Dispose);
    }

    /// <summary>What was recorded so far, in order.</summary>
    public IReadOnlyList<MarbleEvent<T>> Events
    {
        get { lock (_events) return [.. _events]; }
    }

    /// <summary>What the observable did against the observer contract.</summary>
    public ContractChecker Contract { get; } = new();

    internal SubscriptionFrames Subscription { get; }

    /// <summary>The recording as a diagram, which <see cref="MarbleParser"/> reads back.</summary>
    /// <param name="values">The characters to use for values; a value not named here is its own character if its text is just one, else a free letter.</param>
    public string ToMarbles(Dictionary<char, T>? values = null)
    {
        var alphabet = new MarbleAlphabet<T>(null);
        foreach (var (symbol, value) in values ?? []) alphabet.Learn(symbol, value);
        return DiagramPrinter.Print([Line(Events, alphabet)])[0];
    }

    /// <summary>The recording as a diagram; see <see cref="ToMarbles"/>.</summary>
    public override string ToString() => ToMarbles();

    /// <summary>Unsubscribes. What was recorded stays.</summary>
    public void Dispose() => _subscription.Dispose();

    /// <summary>The line goes on for so many frames, unless it ended.</summary>
    internal static DiagramLine Line(IReadOnlyList<MarbleEvent<T>> events, MarbleAlphabet<T> alphabet, long length = 0)
    {
        var ended = events is [.., { Notification.Kind: not NotificationKind.OnNext }];
        return DiagramLine.Of([.. events.Select(e => (e.Frame, Symbol(e.Notification, alphabet)))], ended ? 0 : length);
    }

    internal static char Symbol(Notification<T> notification, MarbleAlphabet<T> alphabet) => notification.Kind switch
    {
        NotificationKind.OnNext => alphabet.SymbolOf(notification.Value),
        NotificationKind.OnError => '#',
        _ => '|'
    };

    private void Start(IObservable<T> source)
    {
        if (!_subscription.IsDisposed) _subscription.Disposable = source.Subscribe(new Recorder(this));
    }

    private void Add(Notification<T> notification)
    {
        lock (_events) _events.Add(new MarbleEvent<T>(_clock.Frame, notification));
    }

    // Not Rx's own observer: that one would hide what comes after the end.
    private sealed class Recorder(MarbleRecording<T> recording) : IObserver<T>
    {
        public void OnNext(T value) => recording.Add(Notification.CreateOnNext(value));

        public void OnError(Exception error) => recording.Add(Notification.CreateOnError<T>(error));

        public void OnCompleted() => recording.Add(Notification.CreateOnCompleted<T>());
    }
}
