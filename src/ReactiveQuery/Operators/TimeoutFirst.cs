using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Passes on <paramref name="source"/>, but errors with <see cref="TimeoutException"/> if it has given neither a value nor its end within
    /// <paramref name="dueTime"/> of the subscription. What comes after the first value may take its time, unlike with Rx's <c>Timeout</c>.
    /// </summary>
    /// <param name="source">The stream to limit.</param>
    /// <param name="dueTime">Zero or more; infinite and <see cref="TimeSpan.MaxValue"/> return <paramref name="source"/> itself.</param>
    /// <param name="scheduler">Measures the time. If its work item wins over the first value, the source is disposed and its value dropped.</param>
    internal static IObservable<T> TimeoutFirst<T>(this IObservable<T> source, TimeSpan dueTime, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        if (dueTime.IsForever) return source;
        if (dueTime < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, $"{nameof(dueTime)} must be zero or more, or infinite.");
        return new TimeoutFirst<T>(source, dueTime, scheduler);
    }
}

internal sealed class TimeoutFirst<T>(IObservable<T> source, TimeSpan dueTime, IScheduler scheduler) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer, dueTime);
        subscription.Run(source, scheduler);
        return subscription;
    }

    private sealed class Subscription(IObserver<T> observer, TimeSpan dueTime) : Sink<T>(observer), IObserver<T>
    {
        private SingleAssignmentDisposableValue _timer;
        private SingleAssignmentDisposableValue _upstream;
        private int _winner = Winner.None;

        /// <remarks>The clock runs before the source starts: a source whose <c>Subscribe</c> is slow is late as well.</remarks>
        internal void Run(IObservable<T> source, IScheduler scheduler)
        {
            _timer.Disposable = scheduler.ScheduleLong(this, dueTime, static subscription => subscription.TimeIsUp());
            if (!IsStopped) SubscribeTo(source, this, ref _upstream);
        }

        public void OnNext(T value)
        {
            if (SourceWins()) ForwardNext(value);
        }

        public void OnError(Exception error)
        {
            if (SourceWins()) ForwardError(error);
        }

        public void OnCompleted()
        {
            if (SourceWins()) ForwardCompleted();
        }

        /// <summary>Decided once, by the first notification or the timer; the loser never calls the observer, so the two cannot overlap.</summary>
        private bool SourceWins()
        {
            int before = Volatile.Read(ref _winner);
            if (before == Winner.None)
            {
                before = Interlocked.CompareExchange(ref _winner, Winner.Source, Winner.None);
                if (before == Winner.None) _timer.Dispose();
            }

            return before != Winner.Timer;
        }

        private void TimeIsUp()
        {
            if (Interlocked.CompareExchange(ref _winner, Winner.Timer, Winner.None) == Winner.None)
                ForwardError(new TimeoutException($"Neither a value nor an end within {dueTime}."));
        }

        protected override void Release()
        {
            _timer.Dispose();
            _upstream.Dispose();
        }
    }

    private static class Winner
    {
        internal const int None = 0;
        internal const int Source = 1;
        internal const int Timer = 2;
    }
}
