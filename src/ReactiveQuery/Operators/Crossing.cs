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
        Subscription subscription = mode == DispatchMode.LatestState
            ? new LatestOnly(observer, scheduler, boundary, onSchedulerError)
            : new Everything(observer, scheduler, boundary, onSchedulerError);
        subscription.Run(source);
        return subscription;
    }

    /// <summary>The turns of one observer at the scheduler.</summary>
    /// <remarks>
    /// Whoever puts a value where none was, or brings the end, schedules a turn if none is. A turn that finds nothing more first says that none is scheduled and
    /// then looks once more, while the other side first puts and then asks whether one is; both with a fence between, so that one of the two sees the other.
    /// </remarks>
    private abstract class Subscription(IObserver<T> observer, IScheduler scheduler, IUiBoundary? boundary, Action<Exception>? onSchedulerError)
        : Sink<T>(observer), IObserver<T>
    {
        private SingleAssignmentDisposableValue _upstream;
        private DisposableSlot _work;
        private int _turns;
        private int _isScheduled;
        private Ending? _end;

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
            var isAtOnce = false;
            if (_awaitsFirst)
            {
                isAtOnce = IsThere();
                _awaitsFirst = false;
            }

            if (Volatile.Read(ref _end) is not null || !TryPut(value) || !TryClaim()) return;
            if (isAtOnce) TakeTurn();
            else Schedule();
        }

        public void OnError(Exception error) => End(new Ending(error));

        public void OnCompleted() => End(new Ending(null));

        /// <summary>Keeps a value for the next turn, unless the observer is gone. Implies a fence.</summary>
        /// <returns>Whether a turn must be scheduled; false when the value takes the place of one that waits for its turn already.</returns>
        protected abstract bool TryPut(T value);

        protected abstract bool TryTake([MaybeNullWhen(false)] out T value);

        protected abstract bool HasPending { get; }

        /// <summary>Drops what is waiting. After the observer is gone, nothing is kept any more.</summary>
        protected abstract void Clear();

        /// <summary>Whether an error takes the place of what is waiting.</summary>
        protected abstract bool ErrorsOvertake { get; }

        private void End(Ending end)
        {
            if (Interlocked.CompareExchange(ref _end, end, null) is not null) return;
            if (end.Error is not null && ErrorsOvertake) Clear();
            if (TryClaim()) Schedule();
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

        private bool TryClaim() => Interlocked.CompareExchange(ref _isScheduled, 1, 0) == 0;

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
                GoOn();
            }
        }

        /// <summary>What follows a delivery: the next value; if there is none, the end; if there is none yet, the next value or the end schedules anew.</summary>
        private void GoOn()
        {
            var end = Volatile.Read(ref _end); // Before the look at the values: all of them came before it.
            if (HasPending)
            {
                Schedule();
            }
            else if (end is not null)
            {
                if (end.Error is { } error) ForwardError(error);
                else ForwardCompleted();
            }
            else
            {
                Interlocked.Exchange(ref _isScheduled, 0);
                if ((HasPending || Volatile.Read(ref _end) is not null) && TryClaim()) Schedule();
            }
        }

        protected override void Release()
        {
            _work.Dispose();
            _upstream.Dispose();
            Clear();
        }

        private sealed record Ending(Exception? Error);
    }

    private sealed class Everything(IObserver<T> observer, IScheduler scheduler, IUiBoundary? boundary, Action<Exception>? onSchedulerError)
        : Subscription(observer, scheduler, boundary, onSchedulerError)
    {
        private readonly Queue<T> _pending = new(1);

        protected override bool HasPending
        {
            get { lock (_pending) return _pending.Count > 0; }
        }

        protected override bool ErrorsOvertake => true; // As ObserveOn: an error does not wait for a queue.

        protected override bool TryPut(T value)
        {
            lock (_pending)
            {
                if (IsStopped) return false;
                _pending.Enqueue(value);
                return true;
            }
        }

        protected override bool TryTake([MaybeNullWhen(false)] out T value)
        {
            lock (_pending)
                return _pending.TryDequeue(out value);
        }

        protected override void Clear()
        {
            lock (_pending)
                _pending.Clear();
        }
    }

    /// <summary>
    /// One place, which each value takes from the one before it: a producer that is faster than the scheduler pays one exchange for each value
    /// (W13 in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    private sealed class LatestOnly(IObserver<T> observer, IScheduler scheduler, IUiBoundary? boundary, Action<Exception>? onSchedulerError)
        : Subscription(observer, scheduler, boundary, onSchedulerError)
    {
        private object? _latest; // Null: nothing is waiting. This very object: null is.

        protected override bool HasPending => Volatile.Read(ref _latest) is not null;

        protected override bool ErrorsOvertake => false;

        protected override bool TryPut(T value)
        {
            var before = Interlocked.Exchange(ref _latest, (object?)value ?? this);
            if (!IsStopped) return before is null;
            Clear(); // The observer left before the value came, so that Release has not seen it.
            return false;
        }

        protected override bool TryTake([MaybeNullWhen(false)] out T value)
        {
            var taken = Interlocked.Exchange(ref _latest, null);
            value = taken is null || ReferenceEquals(taken, this) ? default : (T)taken;
            return taken is not null;
        }

        protected override void Clear() => Volatile.Write(ref _latest, null);
    }
}
