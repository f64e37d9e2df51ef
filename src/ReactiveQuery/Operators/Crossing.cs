using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Runtime.ExceptionServices;

namespace ReactiveQuery;

/// <summary>
/// The way of a stream to a scheduler, one work item at a time, keeping every value or the latest only; what <c>ObserveOnUi</c> and
/// <c>ObserveLatestOn</c> are made of.
/// </summary>
/// <param name="source">The stream to observe.</param>
/// <param name="scheduler">Where the observer is called. Its long-running work is not used: no thread per stream.</param>
/// <param name="mode">Whether a slow scheduler receives every value.</param>
/// <param name="boundary">Tells whether the subscriber is at the scheduler already, so that its first value need not be posted; null: always posts.</param>
/// <param name="onSchedulerError">Hears of a scheduler that refuses work, or a boundary that does not know where it is; null: nobody does.</param>
internal sealed class Crossing<T>(
    IObservable<T> source, IScheduler scheduler, DispatchMode mode, IUiBoundary? boundary = null, Action<Exception>? onSchedulerError = null) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer, scheduler, mode, boundary, onSchedulerError);
        subscription.Run(source);
        return subscription;
    }

    private sealed class Subscription(
        IObserver<T> observer, IScheduler scheduler, DispatchMode mode, IUiBoundary? boundary, Action<Exception>? onSchedulerError) : Sink<T>(observer), IObserver<T>
    {
        private readonly object _gate = new();
        private readonly Queue<T> _pending = new(1);
        private SingleAssignmentDisposableValue _upstream;
        private DisposableSlot _work;
        private int _turns;
        private bool _hasEnded;
        private Exception? _error;
        private bool _isScheduled;

        // While Subscribe is running and has brought no value yet.
        private volatile bool _awaitsFirst;

        internal void Run(IObservable<T> source)
        {
            _awaitsFirst = boundary is not null;
            SubscribeTo(source, this, ref _upstream);
            _awaitsFirst = false;
        }

        public void OnNext(T value)
        {
            if (scheduler is UiDispatchQueue { IsDisposed: true }) Dispose(); // It drops work without a word; nobody would ever take the value.
            var isAtOnce = _awaitsFirst && IsThere();
            _awaitsFirst = false;
            lock (_gate)
            {
                if (_hasEnded || IsStopped) return;
                if (mode == DispatchMode.LatestState) _pending.Clear();
                _pending.Enqueue(value);
                if (!ClaimSchedule_NeedsLock()) return;
            }

            if (isAtOnce) TakeTurn();
            else Schedule();
        }

        public void OnError(Exception error) => End(error);

        public void OnCompleted() => End(null);

        private void End(Exception? error)
        {
            lock (_gate)
            {
                if (_hasEnded) return;
                (_hasEnded, _error) = (true, error);
                if (error is not null && mode == DispatchMode.EveryState) _pending.Clear(); // As ObserveOn: an error does not wait for a queue.
                if (!ClaimSchedule_NeedsLock()) return;
            }

            Schedule();
        }

        private bool IsThere()
        {
            try
            {
                return boundary!.IsCurrent;
            }
            catch (Exception error)
            {
                onSchedulerError?.Invoke(error);
                return false;
            }
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
                onSchedulerError?.Invoke(error);
            }
        }

        /// <summary>
        /// Delivers once per call; a call from inside (a scheduler that runs work at once, a message loop that the observer runs) or from another thread is
        /// made up for by the one that is running.
        /// </summary>
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
                return _pending.TryDequeue(out value);
        }

        /// <summary>Whether a value is waiting; if not, the end if there is one, else the next value schedules anew.</summary>
        private bool IsMoreDue(out bool hasEnded, out Exception? error)
        {
            lock (_gate)
            {
                (hasEnded, error) = (_hasEnded, _error);
                _isScheduled = _pending.Count > 0 || _hasEnded;
                return _pending.Count > 0;
            }
        }

        protected override void Release()
        {
            _work.Dispose();
            _upstream.Dispose();
            lock (_gate)
                _pending.Clear();
        }
    }
}
