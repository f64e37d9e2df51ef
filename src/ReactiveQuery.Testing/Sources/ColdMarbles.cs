using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>A source that plays its diagram anew for each subscription, from the frame of that subscription. Made by <see cref="Marbles.Cold(string, Exception?)"/>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>Cold. Even what stands in its first frame comes after <c>Subscribe</c> has returned, as work due now.</remarks>
/// <threadsafety>To be used on the test's thread.</threadsafety>
public sealed class ColdMarbles<T> : IObservable<T>
{
    private readonly FrameClock _clock;
    private readonly MarbleScript<T> _script;

    internal ColdMarbles(FrameClock clock, MarbleScript<T> script)
    {
        _clock = clock;
        _script = script;
        Subscriptions = new SubscriptionLog($"cold \"{Marbles}\"");
    }

    /// <summary>The diagram it plays.</summary>
    public string Marbles => _script.Diagram.Text;

    /// <summary>Who listened, when: a subscription ends with its disposal or with the source, whichever comes first.</summary>
    public SubscriptionLog Subscriptions { get; }

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);

        var index = Subscriptions.Begin(_clock.Frame);
        var playing = ScriptPlayer.Play(_clock, _script, notification =>
        {
            if (notification.Kind != NotificationKind.OnNext) Subscriptions.End(index, _clock.Frame);
            notification.Accept(observer);
        });
        return Disposable.Create(() =>
        {
            playing.Dispose();
            Subscriptions.End(index, _clock.Frame);
        });
    }
}
