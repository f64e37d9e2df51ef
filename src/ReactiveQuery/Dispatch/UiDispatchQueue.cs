using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <summary>
/// The way into an event loop: any thread puts work in, the loop drains it. A scheduler and a boundary, so it can be given to <c>ObserveOn</c>,
/// <c>ObserveOnUi</c> and <see cref="QueryOptions.DispatchOn"/> as it is.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>event</term><description>behaviour</description></listheader>
/// <item><term>work from several threads</term><description>first in, first out; the items of one thread run in the order in which it gave them</description></item>
/// <item><term>work given by an item</term><description>runs in a later <see cref="Drain()"/>; in the same drain if that has a budget which is not spent. (Rx's <c>ObserveOn</c> delivers one value in each work
/// item and schedules the next: <see cref="Drain()"/> gives such a stream one value a frame, a drain with a budget as many as there is time for.)</description></item>
/// <item><term>a drain inside an item (a modal dialog with a loop of its own)</term><description>runs the next items; the outer drain goes on with what is left of its own</description></item>
/// <item><term>a drain while another thread drains</term><description>throws <see cref="InvalidOperationException"/></description></item>
/// <item><term>an item that throws</term><description>is reported with <see cref="UnobservedErrorOrigin.Dispatch"/>, the rest runs</description></item>
/// <item><term>work with a due time</term><description>is queued when it is due, behind what is queued already</description></item>
/// <item><term>work after disposal</term><description>is dropped; nothing is thrown</description></item>
/// </list>
/// <para>Everything but draining is safe from any thread. No lock is held while an item or an observer runs. Nothing is started or allocated on the clock before
/// something is due later.</para>
/// <example>
/// <code>
/// using var queue = new UiDispatchQueue();
/// using var wake = queue.WakeUps.Subscribe(_ => window.PostWakeUp());
/// client.Observe(UserById, 42).ObserveOnUi(queue).Subscribe(Show);
/// // in the loop, once a frame:
/// queue.Drain(TimeSpan.FromMilliseconds(4));
/// </code>
/// </example>
/// </remarks>
public sealed partial class UiDispatchQueue : IScheduler, IUiBoundary, IDisposable
{
    /// <summary>How often a drain with a time budget looks again; a clock that stands still must not make it endless.</summary>
    private const int MaxRounds = 1_000;

    private readonly object _gate = new();
    private readonly LinkedList<DispatchItem> _items = [];

    /// <summary>What came in during a drain and is not its business, however large its budget.</summary>
    private readonly LinkedList<DispatchItem> _late = [];
    private readonly LatestSubject<bool> _wakes;
    private readonly UnobservedErrors _errors;
    private readonly IScheduler _clock;
    private int _uiThread = Environment.CurrentManagedThreadId;
    private int _drains;
    private bool _isWakeUpOpen;
    private bool _isDisposed;
    private long _lastNumber;

    /// <summary>A queue in real time whose errors go to the trace listeners.</summary>
    public UiDispatchQueue()
        : this(new UiDispatchQueueOptions())
    {
    }

    /// <summary>Makes a queue. The thread that makes it counts as the one of the user interface until the first drain.</summary>
    /// <param name="options">Its clock and its hook.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public UiDispatchQueue(UiDispatchQueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = options.Scheduler;
        _errors = new UnobservedErrors(options.OnUnobservedError);
        _wakes = new LatestSubject<bool>(ReportObserver);
        WakeUps = new Guarded<Unit>(_wakes.Where(isOpen => isOpen).Select(_ => Unit.Default), ReportObserver);
    }

    /// <summary>How many items wait to be drained; work that is due later does not count.</summary>
    public int Count
    {
        get { lock (_gate) return _items.Count + _late.Count; }
    }

    /// <summary>Whether nothing waits to be drained.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Whether the caller is on the thread of the user interface: the one that drains or drained last; before the first drain, the one that made the queue.</summary>
    /// <remarks>So the loop must drain on one and the same thread; on threads of a pool the answer would outlive the drain.</remarks>
    public bool IsCurrent => Environment.CurrentManagedThreadId == Volatile.Read(ref _uiThread);

    /// <summary>Whether the queue was disposed and drops what it is given.</summary>
    public bool IsDisposed => Volatile.Read(ref _isDisposed);

    IScheduler IUiBoundary.Scheduler => this;

    /// <summary>
    /// Tells the loop to drain: a value when something is queued and the last wake-up was answered by a drain. One wake-up stands for any number of items.
    /// </summary>
    /// <value>
    /// Hot; a value comes on the thread that queued the item, outside every lock. Whoever subscribes while something waits is woken at once. A drain that leaves items behind
    /// (budget, or work given by items) wakes again at its end, so a loop that drains on wake-ups alone never stalls. Work that comes in during a drain wakes
    /// too, for the loop of a dialog may be waiting inside it; the drain may then take that work itself. Completes when the queue is disposed.
    /// </value>
    public IObservable<Unit> WakeUps { get; }

    /// <summary>Queues work for the thread of the user interface.</summary>
    /// <param name="action">Runs in a later drain; also when called on the thread of the user interface itself.</param>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    public void Dispatch(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Enqueue(new DispatchItem<Action>(this, action, static (_, act) => { act(); return System.Reactive.Disposables.Disposable.Empty; }));
    }

    /// <summary>Runs what was queued when it began.</summary>
    /// <returns>How many items ran, those that threw included; 0 after disposal.</returns>
    /// <exception cref="InvalidOperationException">Another thread is draining.</exception>
    public int Drain() => Drain(new Budget(int.MaxValue, Rounds: 1, null, default));

    /// <summary>Runs what is queued, also what comes in meanwhile, but not more than so many items.</summary>
    /// <param name="maxItems">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxItems"/> is less than 1.</exception>
    /// <inheritdoc cref="Drain()"/>
    public int Drain(int maxItems)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxItems, 1);
        return Drain(new Budget(maxItems, int.MaxValue, null, default));
    }

    /// <summary>Runs what is queued, also what comes in meanwhile, until the time is up: no item begins when the budget is spent, but the first always does.</summary>
    /// <param name="timeBudget">Zero or more, measured on the queue's scheduler; zero runs one item. An item that gives itself again runs 1,000 times at the most, also where that clock stands
    /// still, as in virtual time.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeBudget"/> is negative.</exception>
    /// <inheritdoc cref="Drain()"/>
    public int Drain(TimeSpan timeBudget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeBudget, TimeSpan.Zero);
        return Drain(new Budget(int.MaxValue, MaxRounds, _clock.StartStopwatch(), timeBudget));
    }

    /// <summary>Makes sure that the caller is on the thread of the user interface.</summary>
    /// <exception cref="InvalidOperationException">It is not; see <see cref="IsCurrent"/>.</exception>
    public void VerifyAccess()
    {
        if (!IsCurrent)
            throw new InvalidOperationException("This must run on the thread that drains the UiDispatchQueue; Dispatch it there.");
    }

    /// <summary>Drops all items and timers and completes <see cref="WakeUps"/>. A drain that is running ends after its present item. Again: does nothing.</summary>
    public void Dispose()
    {
        List<DispatchItem> dropped;
        lock (_gate)
        {
            if (_isDisposed) return;
            Volatile.Write(ref _isDisposed, true);
            dropped = [.. _items, .. _late, .. _timers];
        }

        foreach (var item in dropped) item.Dispose();
        _wakes.End();
    }

    private int Drain(Budget budget)
    {
        long last = Enter();
        int ran = 0;
        try
        {
            for (int round = 1; round <= budget.Rounds; round++)
            {
                while (budget.Allows(ran) && TryTake(last) is { } item)
                {
                    ran++;
                    Run(item);
                }

                if (!budget.Allows(ran) || !TryExtend(out last)) break;
            }
        }
        finally
        {
            Leave();
        }

        return ran;
    }

    /// <summary>Takes the queue for this thread and closes the wake-up that brought it here; gives the number of the last item that is this drain's business.</summary>
    private long Enter()
    {
        lock (_gate)
        {
            if (_drains > 0 && !IsCurrent)
                throw new InvalidOperationException("Another thread is draining this UiDispatchQueue; one thread drains it.");
            _drains++;
            Volatile.Write(ref _uiThread, Environment.CurrentManagedThreadId);
            CloseWakeUp_NeedsLock();
            TakeInLate_NeedsLock();
            return _lastNumber;
        }
    }

    /// <remarks>What came in meanwhile has opened a wake-up of its own; what the budget left behind has not.</remarks>
    private void Leave()
    {
        lock (_gate)
        {
            _drains--;
            TakeInLate_NeedsLock();
            if (_items.Count > 0 && !_isDisposed) OpenWakeUp_NeedsLock();
        }

        _wakes.Drain();
    }

    /// <summary>Whether something came in meanwhile; gives its last number.</summary>
    private bool TryExtend(out long last)
    {
        lock (_gate)
        {
            last = _lastNumber;
            return _items.Count > 0 && !_isDisposed;
        }
    }

    private DispatchItem? TryTake(long last)
    {
        lock (_gate)
        {
            if (_isDisposed || _items.First is not { } first || first.Value.Number > last) return null;
            _items.RemoveFirst();
            first.Value.Node = null;
            return first.Value;
        }
    }

    private void Run(DispatchItem item)
    {
        try
        {
            item.Run();
        }
        catch (Exception error)
        {
            _errors.Report(error, UnobservedErrorOrigin.Dispatch);
        }
    }

    private void Enqueue(DispatchItem item)
    {
        lock (_gate)
        {
            _timers.Remove(item);
            if (_isDisposed || item.IsCancelled) return;
            item.Number = ++_lastNumber;
            item.Node = (item.IsForNextDrain && _drains > 0 ? _late : _items).AddLast(item);
            OpenWakeUp_NeedsLock();
        }

        _wakes.Drain();
    }

    private void TakeInLate_NeedsLock()
    {
        while (_late.First is { } node)
        {
            _late.Remove(node);
            node.Value.Number = ++_lastNumber;
            _items.AddLast(node);
        }
    }

    private void OpenWakeUp_NeedsLock()
    {
        if (_isWakeUpOpen) return;
        _isWakeUpOpen = true;
        _wakes.Post(true);
    }

    private void CloseWakeUp_NeedsLock()
    {
        if (!_isWakeUpOpen) return;
        _isWakeUpOpen = false;
        _wakes.Post(false);
    }

    private void ReportObserver(Exception error) => _errors.Report(error, UnobservedErrorOrigin.Observer);

    private readonly record struct Budget(int MaxItems, int Rounds, IStopwatch? Watch, TimeSpan Time)
    {
        public bool Allows(int ran) => ran < MaxItems && (ran == 0 || Watch is null || Watch.Elapsed < Time);
    }
}
