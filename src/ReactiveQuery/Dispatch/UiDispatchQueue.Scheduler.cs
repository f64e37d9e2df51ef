using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <content>The queue as a scheduler.</content>
public sealed partial class UiDispatchQueue
{
    /// <summary>Items that are due later and wait on the clock.</summary>
    private readonly HashSet<DispatchItem> _timers = [];

    /// <summary>The clock's notion of time.</summary>
    public DateTimeOffset Now => _clock.Now;

    /// <summary>Queues work.</summary>
    /// <typeparam name="TState">What the work is given.</typeparam>
    /// <param name="state">Given to the work.</param>
    /// <param name="action">Runs in a later drain. What it throws is reported.</param>
    /// <returns>Takes the work out of the queue; once it has run, disposes what it returned.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var item = new DispatchItem<TState>(this, state, action);
        Enqueue(item);
        return item;
    }

    /// <summary>Queues work when it is due.</summary>
    /// <param name="state">Given to the work.</param>
    /// <param name="dueTime">How long from now on the queue's clock; zero or less: now. <see cref="TimeSpan.MaxValue"/> and infinite: never.</param>
    /// <param name="action">Runs in a drain after it is due. What it throws is reported.</param>
    /// <inheritdoc cref="Schedule{TState}(TState, Func{IScheduler, TState, IDisposable})"/>
    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (dueTime <= TimeSpan.Zero && !dueTime.IsForever) return Schedule(state, action);
        var item = new DispatchItem<TState>(this, state, action);
        lock (_gate)
        {
            if (_isDisposed || dueTime.IsForever) return Disposable.Empty;
            _timers.Add(item);
        }

        item.WaitOn(_clock.ScheduleLong(item, dueTime, static due => due.BecomeDue()));
        return item;
    }

    /// <summary>Queues work at an instant.</summary>
    /// <param name="state">Given to the work.</param>
    /// <param name="dueTime">An instant of <see cref="Now"/>; one that has passed means now.</param>
    /// <param name="action">Runs in a drain after it is due. What it throws is reported.</param>
    /// <inheritdoc cref="Schedule{TState}(TState, Func{IScheduler, TState, IDisposable})"/>
    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime <= Now ? TimeSpan.Zero : dueTime - Now, action);

    /// <summary>Queues work that runs in the next drain to begin; one that is running does not take it, whatever its budget.</summary>
    internal void ScheduleForNextDrain<TState>(TState state, Action<TState> action) =>
        Enqueue(new DispatchItem<TState>(this, state, (_, given) => { action(given); return Disposable.Empty; }) { IsForNextDrain = true });

    private bool TryWithdraw(DispatchItem item)
    {
        lock (_gate)
        {
            bool hasWaited = _timers.Remove(item) || item.Node is not null;
            if (item.Node is { } node) node.List!.Remove(node);
            item.Node = null;
            return hasWaited;
        }
    }

    /// <summary>One piece of work, and the disposable that takes it back.</summary>
    private abstract class DispatchItem(UiDispatchQueue queue) : IDisposable
    {
        private SingleAssignmentDisposableValue _timer;
        private DisposableSlot _result;

        /// <summary>Its place in the order of all items ever queued.</summary>
        public long Number { get; set; }

        /// <summary>Where it waits; null before and after. Guarded by the queue's lock.</summary>
        public LinkedListNode<DispatchItem>? Node { get; set; }

        /// <summary>Whether a drain that is running when it comes in leaves it to the next.</summary>
        public bool IsForNextDrain { get; init; }

        public bool IsCancelled => _result.IsDisposed;

        public void WaitOn(IDisposable timer) => _timer.Disposable = timer;

        public void BecomeDue() => queue.Enqueue(this);

        public void Run()
        {
            if (!IsCancelled) _result.Put(Invoke(queue));
        }

        public void Dispose()
        {
            _result.Dispose();
            _timer.Dispose();
            if (queue.TryWithdraw(this)) Forget(); // Otherwise it runs now, or has run, and forgets by itself.
        }

        protected abstract IDisposable? Invoke(IScheduler scheduler);

        protected abstract void Forget();
    }

    private sealed class DispatchItem<TState>(UiDispatchQueue queue, TState state, Func<IScheduler, TState, IDisposable> action) : DispatchItem(queue)
    {
        private TState? _state = state;
        private Func<IScheduler, TState, IDisposable>? _action = action;

        protected override IDisposable? Invoke(IScheduler scheduler)
        {
            var (work, given) = (_action, _state);
            Forget(); // Whoever keeps the disposable does not keep what the work captured.
            return work?.Invoke(scheduler, given!);
        }

        protected override void Forget() => (_action, _state) = (null, default);
    }
}
