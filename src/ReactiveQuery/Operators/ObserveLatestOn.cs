using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Runtime.ExceptionServices;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Passes the values of <paramref name="source"/> on by way of <paramref name="scheduler"/>, and drops what the scheduler was too slow for: when its turn
    /// comes it gets the latest value, however many there were. Rx's <c>ObserveOn</c> would queue them all.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The stream to observe; subscribed to on the thread that subscribes.</param>
    /// <param name="scheduler">Where the observer is called, typically that of the user interface. Holds one pending work item of this stream at the most.</param>
    /// <returns>A stream as hot or cold as <paramref name="source"/>. Its last value always arrives, then the error or completion.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term>a value while none is pending</term><description>a work item is scheduled</description></item>
    /// <item><term>a value while one is pending</term><description>takes its place</description></item>
    /// <item><term>a value while the observer is busy with one</term><description>is delivered by a new work item, so that the scheduler gets to other work in between</description></item>
    /// <item><term>error or completion</term><description>is delivered after the pending value, in the same work item</description></item>
    /// <item><term>disposal</term><description>the pending value is not delivered</description></item>
    /// <item><term>the scheduler throws when given work (a dispatcher that has shut down)</term><description>nothing is delivered any more and <paramref name="source"/> is disposed;
    /// the exception does not reach whoever emitted</description></item>
    /// </list>
    /// <para>Deliveries are serialized even where the scheduler uses several threads. Long-running work of a scheduler is not used: no thread per stream.</para>
    /// </remarks>
    public static IObservable<T> ObserveLatestOn<T>(this IObservable<T> source, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        return new ObserveLatestOn<T>(source, scheduler);
    }
}

internal sealed class ObserveLatestOn<T>(IObservable<T> source, IScheduler scheduler) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer, scheduler);
        subscription.Run(source);
        return subscription;
    }

    private sealed class Subscription(IObserver<T> observer, IScheduler scheduler) : Sink<T>(observer), IObserver<T>
    {
        private readonly object _gate = new();
        private SingleAssignmentDisposableValue _upstream;
        private DisposableSlot _work;
        private int _turns;
        private T? _latest;
        private bool _hasLatest;
        private bool _hasEnded;
        private Exception? _error;
        private bool _isScheduled;

        internal void Run(IObservable<T> source) => SubscribeTo(source, this, ref _upstream);

        public void OnNext(T value)
        {
            lock (_gate)
            {
                if (_hasEnded) return;
                (_latest, _hasLatest) = (value, true);
                if (!ClaimSchedule_NeedsLock()) return;
            }

            Schedule();
        }

        public void OnError(Exception error) => End(error);

        public void OnCompleted() => End(null);

        private void End(Exception? error)
        {
            lock (_gate)
            {
                if (_hasEnded) return;
                (_hasEnded, _error) = (true, error);
                if (!ClaimSchedule_NeedsLock()) return;
            }

            Schedule();
        }

        private bool ClaimSchedule_NeedsLock() => !_isScheduled && (_isScheduled = true);

        private void Schedule()
        {
            if (IsStopped) return;
            try
            {
                // Put in late, after the item has run and scheduled its successor, this may hide the successor from Release. That one then finds the observer gone and does nothing.
                _work.Put(scheduler.Schedule(this, static (_, subscription) => { subscription.TakeTurn(); return Disposable.Empty; }));
            }
            catch (Exception error) when (!IsOfObserver(error))
            {
                Dispose();
            }
        }

        /// <summary>Delivers once per call; a call from inside (a scheduler that runs work at once) or from another thread is made up for by the one that is running.</summary>
        private void TakeTurn()
        {
            if (Interlocked.Increment(ref _turns) != 1) return;
            Exception? thrown = null;
            do
            {
                try
                {
                    Deliver();
                }
                catch (Exception error)
                {
                    thrown ??= error;
                }
            }
            while (Interlocked.Decrement(ref _turns) != 0);

            if (thrown is not null) ExceptionDispatchInfo.Throw(thrown);
        }

        private void Deliver()
        {
            try
            {
                if (TryTake(out T? value)) ForwardNext(value);
            }
            finally
            {
                if (IsMoreDue(out bool hasEnded, out Exception? error)) Schedule();
                else if (hasEnded && error is not null) ForwardError(error);
                else if (hasEnded) ForwardCompleted();
            }
        }

        private bool TryTake([MaybeNullWhen(false)] out T value)
        {
            lock (_gate)
            {
                value = _latest;
                bool taken = _hasLatest;
                (_latest, _hasLatest) = (default, false);
                return taken;
            }
        }

        /// <summary>Whether a value came while one was being delivered; if not, the end if there is one, else the next value schedules anew.</summary>
        private bool IsMoreDue(out bool hasEnded, out Exception? error)
        {
            lock (_gate)
            {
                (hasEnded, error) = (_hasEnded, _error);
                _isScheduled = _hasLatest || _hasEnded;
                return _hasLatest;
            }
        }

        protected override void Release()
        {
            _work.Dispose();
            _upstream.Dispose();
            TryTake(out _);
        }
    }
}
