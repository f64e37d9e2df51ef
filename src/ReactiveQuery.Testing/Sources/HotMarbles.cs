using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>A source that plays its diagram whether anyone listens or not, from the beginning of the test. Made by <see cref="Marbles.Hot(string, Exception?)"/>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>Hot; replays nothing. Whoever subscribes after its end is told the end at once.</remarks>
/// <threadsafety>To be used on the test's thread.</threadsafety>
public sealed class HotMarbles<T> : IObservable<T>
{
    private readonly FrameClock _clock;
    private readonly List<(IObserver<T> Observer, int Index)> _observers = [];
    private Notification<T>? _end;

    internal HotMarbles(FrameClock clock, MarbleScript<T> script)
    {
        _clock = clock;
        Marbles = script.Diagram.Text;
        Subscriptions = new SubscriptionLog($"hot \"{Marbles}\"");
        foreach (var (frame, notifications) in script.Frames)
        {
            // What lies in the past, and left of '^', happened before anyone could see it.
            if (frame >= clock.Frame) clock.Play(frame, () => Play(notifications));
        }
    }

    /// <summary>The diagram it plays.</summary>
    public string Marbles { get; }

    /// <summary>Who listened, when: a subscription ends with its disposal or with the source, whichever comes first.</summary>
    public SubscriptionLog Subscriptions { get; }

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);

        var subscription = (observer, Index: Subscriptions.Begin(_clock.Frame));
        if (_end is not null)
        {
            Subscriptions.End(subscription.Index, _clock.Frame);
            _end.Accept(observer);
            return Disposable.Empty;
        }

        _observers.Add(subscription);
        return Disposable.Create(() =>
        {
            _observers.Remove(subscription);
            Subscriptions.End(subscription.Index, _clock.Frame);
        });
    }

    private void Play(Notification<T>[] notifications)
    {
        foreach (var notification in notifications)
        {
            var audience = _observers.ToArray();
            if (notification.Kind != NotificationKind.OnNext) End(notification);
            foreach (var (observer, index) in audience)
            {
                // One observer may have unsubscribed another one meanwhile.
                if (_end is not null || _observers.Exists(o => o.Index == index)) notification.Accept(observer);
            }
        }
    }

    private void End(Notification<T> notification)
    {
        _end = notification;
        foreach (var (_, index) in _observers) Subscriptions.End(index, _clock.Frame);
        _observers.Clear();
    }
}
