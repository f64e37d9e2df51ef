using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Subscribes to <paramref name="source"/> at once and again at each <paramref name="trigger"/>, and passes on the values of all runs. A trigger that comes
    /// while a run is under way joins it: nothing is restarted and nothing queued.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">What to run, one run after the other; each is one subscription.</param>
    /// <param name="trigger">When to run it again: an interval, the window's focus, a button. Merge several into one. Subscribed to before the first run, so that one that
    /// fires at once joins it.</param>
    /// <returns>A cold stream. It completes when <paramref name="trigger"/> has completed and no run is under way.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term>a run completes</term><description>the next trigger starts the next run</description></item>
    /// <item><term>a run errors</term><description>the stream ends with that error, and the trigger is let go. To survive failures, put <c>RetryWithBackoff</c>,
    /// <c>Materialize</c> or a stream of states before this operator</description></item>
    /// <item><term><paramref name="trigger"/> errors</term><description>the stream ends with that error, and the run under way is disposed</description></item>
    /// <item><term><paramref name="trigger"/> completes</term><description>the run under way is seen to its end</description></item>
    /// </list>
    /// <para>Each run starts on the thread that triggered it. <paramref name="source"/> and <paramref name="trigger"/> may fire from different threads at the same time;
    /// notifications never overlap.</para>
    /// </remarks>
    public static IObservable<T> RefetchOn<T>(this IObservable<T> source, IObservable<Unit> trigger)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(trigger);
        return new RefetchOn<T>(source, trigger);
    }
}

internal sealed class RefetchOn<T>(IObservable<T> source, IObservable<Unit> trigger) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer, source);
        subscription.Start(trigger);
        return subscription;
    }

    private sealed class Subscription(IObserver<T> observer, IObservable<T> source) : Sink<T>(observer)
    {
        /// <summary>Added to <see cref="_deliveries"/> when the trigger has failed: makes it negative.</summary>
        private const int TriggerFailed = int.MinValue;

        private readonly object _gate = new();
        private SingleAssignmentDisposableValue _trigger;
        private DisposableSlot _run;
        private bool _isRunning = true;
        private bool _triggerCompleted;
        private int _deliveries;
        private Exception? _triggerError;

        internal void Start(IObservable<Unit> trigger)
        {
            SubscribeTo(trigger, new Trigger(this), ref _trigger);
            StartRun();
        }

        private void StartRun()
        {
            if (IsStopped) return;
            var run = new Run(this);
            _run.Put(run);
            run.Start(source);
        }

        private void Triggered()
        {
            lock (_gate)
            {
                if (_isRunning) return;
                _isRunning = true;
            }

            StartRun();
        }

        private void TriggerEnded()
        {
            lock (_gate)
            {
                _triggerCompleted = true;
                if (_isRunning) return;
            }

            ForwardCompleted();
        }

        private void RunCompleted()
        {
            lock (_gate)
            {
                _isRunning = false;
                if (!_triggerCompleted) return;
            }

            ForwardCompleted();
        }

        /// <summary>The one notification that may come while the source is delivering on another thread: the delivery that is under way then sees to it.</summary>
        private void Fail(Exception error)
        {
            _triggerError = error;
            if (Interlocked.Add(ref _deliveries, TriggerFailed) == TriggerFailed) ForwardError(error);
        }

        private void Value(T value)
        {
            try
            {
                if (Interlocked.Increment(ref _deliveries) > 0) ForwardNext(value);
            }
            finally
            {
                if (Interlocked.Decrement(ref _deliveries) == TriggerFailed) ForwardError(_triggerError!);
            }
        }

        private void RunFailed(Exception error) => ForwardError(error);

        protected override void Release()
        {
            _trigger.Dispose();
            _run.Dispose();
        }

        private sealed class Trigger(Subscription subscription) : IObserver<Unit>
        {
            private bool _ended;

            public void OnNext(Unit value)
            {
                if (!_ended) subscription.Triggered();
            }

            public void OnError(Exception error)
            {
                if (_ended) return;
                _ended = true;
                subscription.Fail(error);
            }

            public void OnCompleted()
            {
                if (_ended) return;
                _ended = true;
                subscription.TriggerEnded();
            }
        }

        /// <summary>One run. Deaf once it has ended, so that a late signal is not taken for one of the run after it.</summary>
        private sealed class Run(Subscription subscription) : IObserver<T>, IDisposable
        {
            private SingleAssignmentDisposableValue _upstream;
            private bool _ended;

            internal void Start(IObservable<T> source) => subscription.SubscribeTo(source, this, ref _upstream);

            public void OnNext(T value)
            {
                if (!_ended) subscription.Value(value);
            }

            public void OnError(Exception error)
            {
                if (_ended) return;
                _ended = true;
                subscription.RunFailed(error);
            }

            public void OnCompleted()
            {
                if (_ended) return;
                _ended = true;
                Dispose();
                subscription.RunCompleted();
            }

            public void Dispose() => _upstream.Dispose();
        }
    }
}
