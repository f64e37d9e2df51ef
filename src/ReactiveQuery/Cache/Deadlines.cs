using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// One timer for everything that becomes due in a cache, armed for the earliest deadline of all. Nothing is scheduled while nothing is due.
/// </summary>
/// <remarks>
/// An entry has one place in the queue, at or before its real deadline: it is only ever moved forward. When it comes up, the entry
/// looks at what is really due and asks again, so that a deadline moved back (every new value does that) costs nothing. While several entries that came due at once
/// are being called, a second timer watches over the thread that calls them.
/// </remarks>
/// <param name="scheduler">What the timer is scheduled on.</param>
/// <param name="clock">What it is now.</param>
/// <param name="onSchedulerError">Takes what the scheduler throws.</param>
/// <param name="onDeparted">Takes entries that have departed unseen out of the cache; runs no user code.</param>
/// <param name="onAllDeparted">Does what may run user code after that; last of all.</param>
internal sealed class Deadlines(
    IScheduler scheduler, QueryClock clock, Action<Exception> onSchedulerError, DepartedAction onDeparted, Action onAllDeparted) : IDisposable
{
    /// <summary>Timers of the platform end at 49.7 days; longer waits are made of pieces.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>A real timer may fire a little early; then it is armed again for at least this long, so that it cannot spin.</summary>
    private static readonly TimeSpan ShortestWaitAfterEarlyTimer = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a thread that calls entries may stand still before another goes on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>How many come up at one taking of this lock, and leave at one of the cache's: enough for it to cost nothing, and few enough for whoever waits for it meanwhile.</summary>
    private const int Few = 64;

    private readonly object _gate = new();
    private readonly DueQueue _queue = new();
    private IDisposable? _timer;
    private long _armedForTicks = long.MaxValue;
    private int _armings;
    private int _forgotten;
    private bool _isDisposed;

    /// <summary>Asks that <paramref name="entry"/> be called at <paramref name="due"/>, or earlier; <see cref="TimeSpan.MaxValue"/> asks nothing.</summary>
    public void Request(Deadline entry, TimeSpan due)
    {
        if (due != TimeSpan.MaxValue && !IsCovered(entry, due))
            Enlist(entry, due);
    }

    private void Enlist(Deadline entry, TimeSpan due)
    {
        lock (_gate)
        {
            if (_isDisposed || IsCovered(entry, due)) return;
            if (due < entry.ScheduledDue)
                Enqueue_NeedsLock(entry, due);
            if (due.Ticks >= _armedForTicks) return;
        }

        Arm(TimeSpan.Zero);
    }

    /// <summary>
    /// Whether the entry will be called early enough as it is. Also asked without the lock, by every command: a place that is given up meanwhile is given up by the
    /// timer, which then asks the entry what is due, or by <see cref="Forget"/>.
    /// </summary>
    private bool IsCovered(Deadline entry, TimeSpan due) => entry.ScheduledDue is var scheduled && due >= scheduled && scheduled.Ticks >= Volatile.Read(ref _armedForTicks);

    /// <summary>Whether a timer is armed, if the entry is to be called at all: one that was refused is armed by the next request. Asked without the lock.</summary>
    public bool IsSeenTo(Deadline entry) => entry.ScheduledDue == TimeSpan.MaxValue || Volatile.Read(ref _armedForTicks) != long.MaxValue;

    /// <summary>Lets go of an entry that left the cache.</summary>
    public void Forget(Deadline entry)
    {
        if (entry.ScheduledDue == TimeSpan.MaxValue) return; // As when it expires; what is asked for a dead entry at this moment ends at its time.
        lock (_gate)
        {
            if (entry.ScheduledDue == TimeSpan.MaxValue) return;
            entry.ScheduledDue = TimeSpan.MaxValue;
            _forgotten++;
            Tidy_NeedsLock();
        }
    }

    /// <summary>The clock jumped ahead: whatever became due meanwhile is looked at now.</summary>
    public void Wake()
    {
        IDisposable? timer;
        lock (_gate)
        {
            timer = _timer;
            _timer = null;
            Volatile.Write(ref _armedForTicks, long.MaxValue);
        }

        timer?.Dispose();
        OnTimer();
    }

    public void Dispose()
    {
        IDisposable? timer;
        lock (_gate)
        {
            _isDisposed = true;
            Clear_NeedsLock();
            timer = _timer;
            _timer = null;
        }

        timer?.Dispose();
    }

    private void Enqueue_NeedsLock(Deadline entry, TimeSpan due)
    {
        if (entry.ScheduledDue != TimeSpan.MaxValue)
            _forgotten++;
        entry.ScheduledDue = due;
        _queue.Enqueue(entry, due);
        Tidy_NeedsLock();
    }

    /// <summary>Arms the timer for the earliest deadline, unless it already is. The scheduler is user code: it is called outside the lock.</summary>
    private void Arm(TimeSpan atLeast)
    {
        TimeSpan due;
        int arming;
        lock (_gate)
        {
            if (_isDisposed || !_queue.TryPeek(out due) || due.Ticks >= _armedForTicks) return;
            Volatile.Write(ref _armedForTicks, due.Ticks);
            arming = ++_armings;
        }

        var wait = due - clock.Elapsed;
        wait = wait < atLeast ? atLeast : wait > LongestWait ? LongestWait : wait;
        Swap(arming, Schedule(wait, OnTimer));
    }

    /// <returns>The timer, or null when the scheduler refused it.</returns>
    private IDisposable? Schedule(TimeSpan wait, Action action)
    {
        try
        {
            // A timer must not carry the ambient context (and the view-models in it) of whoever happened to arm it.
            using var _ = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
            return scheduler.Schedule(action, wait, static (_, due) =>
            {
                due();
                return Disposable.Empty;
            });
        }
        catch (Exception error)
        {
            onSchedulerError(error);
            return null;
        }
    }

    /// <summary>
    /// Of two threads that armed at once, the one that armed last, for the earlier deadline, keeps its timer. A timer that was refused leaves none armed, so
    /// that the next request tries again.
    /// </summary>
    private void Swap(int arming, IDisposable? timer)
    {
        IDisposable? obsolete;
        lock (_gate)
        {
            var isCurrent = !_isDisposed && _armings == arming;
            obsolete = isCurrent ? _timer : timer;
            if (isCurrent)
                _timer = timer;
            if (isCurrent && timer is null)
                Volatile.Write(ref _armedForTicks, long.MaxValue);
        }

        obsolete?.Dispose();
    }

    /// <remarks>
    /// Those that leave unseen leave first, few at a time: each is looked at once (W12 in <c>benchmarks/WORKLOADS.md</c>), and nobody waits long for a lock. No user code runs
    /// before the timer is armed again: an observer that blocks in one of the entries must not hold up the deadlines of the rest.
    /// </remarks>
    private void OnTimer()
    {
        var now = clock.Elapsed;
        var few = new Deadline[Few];
        List<Deadline>? called = null;
        var isAnyOut = false;
        int count;
        do
        {
            count = Take(few, now);
            isAnyOut |= Depart(few.AsSpan(0, count), now, ref called);
        }
        while (count == few.Length);

        Arm(isAnyOut || called is not null ? TimeSpan.Zero : ShortestWaitAfterEarlyTimer);
        if (called is null)
            TellAllDeparted();
        else if (called is [var only] && !isAnyOut)
            only.OnDeadline();
        else
            new Batch(this, called).Call();
    }

    /// <summary>May run user code.</summary>
    private void TellAllDeparted() => onAllDeparted();

    /// <summary>Takes out as many as there is room for of those that are due by now; with the last of them there is no timer armed any more.</summary>
    private int Take(Deadline[] few, TimeSpan now)
    {
        var count = 0;
        lock (_gate)
        {
            while (count < few.Length && _queue.TryTake(now, out var entry, out var at))
            {
                if (entry.ScheduledDue == at)
                {
                    entry.ScheduledDue = TimeSpan.MaxValue;
                    few[count++] = entry;
                }
                else
                {
                    _forgotten = Math.Max(0, _forgotten - 1);
                }
            }

            if (_forgotten == _queue.Count)
                Clear_NeedsLock(); // None is live: no need to look at them one by one.
            if (count < few.Length)
                Volatile.Write(ref _armedForTicks, long.MaxValue);
        }

        return count;
    }

    /// <summary>Takes those out of the cache that leave unseen; the rest are to be called.</summary>
    private bool Depart(ReadOnlySpan<Deadline> few, TimeSpan now, ref List<Deadline>? called)
    {
        QueryEntry[]? departed = null;
        var count = 0;
        foreach (var entry in few)
            if (entry.TryDepart(now))
                (departed ??= new QueryEntry[few.Length])[count++] = (QueryEntry)entry;
            else
                (called ??= []).Add(entry);
        if (departed is not null)
            onDeparted(departed.AsSpan(0, count));
        return departed is not null;
    }

    /// <summary>Places left behind by moves and removals are swept when they are more than three quarters of the queue.</summary>
    private void Tidy_NeedsLock()
    {
        if (_forgotten < 64 || _forgotten * 4L < _queue.Count * 3L) return;
        _queue.RemoveAll(static (entry, due) => entry.ScheduledDue != due);
        _forgotten = 0;
    }

    private void Clear_NeedsLock()
    {
        _queue.Clear();
        _forgotten = 0;
    }

    /// <summary>
    /// Entries that came due at once, and whoever is told of those that departed. They are called one after the other; those behind one in which an observer blocks are called
    /// by another thread.
    /// </summary>
    private sealed class Batch(Deadlines deadlines, List<Deadline> due)
    {
        private DisposableSlot _relief;
        private int _taken;
        private int _isTold;

        public void Call()
        {
            Watch();
            Work();
        }

        private void Work()
        {
            while (Interlocked.Increment(ref _taken) is var number && number <= due.Count)
                due[number - 1].OnDeadline();
            _relief.Dispose(); // Nothing is behind what follows.
            if (Interlocked.Exchange(ref _isTold, 1) == 0)
                deadlines.TellAllDeparted();
        }

        private void Watch()
        {
            var seen = Volatile.Read(ref _taken);
            _relief.Put(deadlines.Schedule(Patience, () => Relieve(seen)));
        }

        /// <summary>Goes on in place of a thread that has stood still, and watches on.</summary>
        private void Relieve(int seen)
        {
            var taken = Volatile.Read(ref _taken);
            if (taken >= due.Count) return;
            Watch();
            if (taken == seen)
                Work();
        }
    }
}

/// <summary>Takes entries that have departed unseen out of the cache.</summary>
internal delegate void DepartedAction(ReadOnlySpan<QueryEntry> entries);
