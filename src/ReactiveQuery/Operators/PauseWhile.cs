using System.Reactive.Disposables;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Passes on <paramref name="source"/>, but holds the subscription to it back while <paramref name="paused"/> is <see langword="true"/>:
    /// while offline, nothing starts. What has started is not interrupted.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The stream to hold back; subscribed to once at the most, however often the condition changes.</param>
    /// <param name="paused">Whether to wait. Subscribed to first, and disposed as soon as <paramref name="source"/> is about to be subscribed to. A stream that has given no
    /// value by the time its <c>Subscribe</c> has returned counts as <see langword="false"/>, so a connectivity stream should replay its latest value.</param>
    /// <returns>A cold stream with the values, error and completion of <paramref name="source"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term><paramref name="paused"/> gives <see langword="false"/> while it is waited for</term><description><paramref name="source"/> is subscribed to on that thread</description></item>
    /// <item><term><paramref name="paused"/> changes during its own <c>Subscribe</c></term><description>only the last value counts</description></item>
    /// <item><term><paramref name="paused"/> completes</term><description>counts as <see langword="false"/>: a condition that nobody reports any more does not hold anything back</description></item>
    /// <item><term><paramref name="paused"/> errors while it is waited for</term><description>the error ends the stream; <paramref name="source"/> is never subscribed to</description></item>
    /// </list>
    /// <para>To wait anew before each retry, put this operator before <c>RetryWithBackoff</c>.</para>
    /// </remarks>
    public static IObservable<T> PauseWhile<T>(this IObservable<T> source, IObservable<bool> paused) =>
        PauseWhile(source, paused, onPausedChanged: null);

    /// <summary>
    /// As the public operator; <paramref name="onPausedChanged"/> hears <see langword="true"/> when the wait begins, and <see langword="false"/> when it
    /// is over and <paramref name="source"/> is about to be subscribed to. It hears nothing where nothing was waited for, and must not throw.
    /// </summary>
    internal static IObservable<T> PauseWhile<T>(this IObservable<T> source, IObservable<bool> paused, Action<bool>? onPausedChanged)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(paused);
        return new PauseWhile<T>(source, paused, onPausedChanged);
    }
}

internal sealed class PauseWhile<T>(IObservable<T> source, IObservable<bool> paused, Action<bool>? onPausedChanged) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer, source, onPausedChanged);
        subscription.Run(paused);
        return subscription;
    }

    private sealed class Subscription(IObserver<T> observer, IObservable<T> source, Action<bool>? onPausedChanged) : Sink<T>(observer), IObserver<T>
    {
        private SingleAssignmentDisposableValue _condition;
        private SingleAssignmentDisposableValue _upstream;
        private int _phase = Phase.Asking;
        private volatile bool _isPaused;
        private Exception? _conditionError;

        /// <remarks>
        /// Values that arrive while the condition is being subscribed to are only noted: a <c>BehaviorSubject</c> delivers its first value
        /// under its lock, which is no place to start a fetch from.
        /// </remarks>
        internal void Run(IObservable<bool> paused)
        {
            SubscribeTo(paused, new Condition(this), ref _condition);
            if (_isPaused) Wait();
            else Go();
        }

        private void Wait()
        {
            if (IsStopped) return;
            onPausedChanged?.Invoke(true);

            // Set before the flag is looked at again; Resumed writes the flag before it looks at the phase. One of the two sees the other.
            Interlocked.CompareExchange(ref _phase, Phase.Waiting, Phase.Asking);
            if (!_isPaused) GoIfWaiting();
        }

        private void GoIfWaiting()
        {
            if (Interlocked.CompareExchange(ref _phase, Phase.Gone, Phase.Waiting) != Phase.Waiting || IsStopped) return;
            if (_conditionError is null) onPausedChanged?.Invoke(false);
            Go();
        }

        private void Go()
        {
            Volatile.Write(ref _phase, Phase.Gone);
            _condition.Dispose();
            if (_conditionError is { } error) ForwardError(error);
            else if (!IsStopped) SubscribeTo(source, this, ref _upstream);
        }

        private void ConditionChanged(bool isPaused)
        {
            _isPaused = isPaused;
            if (!isPaused) GoIfWaiting();
        }

        /// <remarks>Only noted, as a resume is: whoever ends the wait forwards it, so that it never overlaps a value of the source.</remarks>
        private void ConditionFailed(Exception error)
        {
            _conditionError = error;
            ConditionChanged(isPaused: false);
        }

        public void OnNext(T value) => ForwardNext(value);

        public void OnError(Exception error) => ForwardError(error);

        public void OnCompleted() => ForwardCompleted();

        protected override void Release()
        {
            _condition.Dispose();
            _upstream.Dispose();
        }

        /// <summary>Listens to the condition; an object of its own because <c>T</c> may be <see cref="bool"/>.</summary>
        private sealed class Condition(Subscription subscription) : IObserver<bool>
        {
            public void OnNext(bool value) => subscription.ConditionChanged(value);

            public void OnError(Exception error) => subscription.ConditionFailed(error);

            public void OnCompleted() => subscription.ConditionChanged(false);
        }
    }

    private static class Phase
    {
        /// <summary>The condition is being subscribed to; its values are only noted.</summary>
        internal const int Asking = 0;

        /// <summary>The condition says paused; the next <see langword="false"/> starts the source.</summary>
        internal const int Waiting = 1;

        /// <summary>The source has its one subscription; the condition is not listened to any more.</summary>
        internal const int Gone = 2;
    }
}
