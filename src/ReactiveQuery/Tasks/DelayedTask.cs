using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>Work that is called often and runs seldom; see <see cref="DebouncedTask{T}"/> and <see cref="ThrottledTask{T}"/>.</summary>
/// <typeparam name="T">What a call brings.</typeparam>
/// <remarks>
/// Safe from any thread, and from inside the work. Runs begin on the scope's scheduler (or on the thread of the call that starts one), unless <see cref="TaskScopeOptions.StartOn"/> says otherwise. Each run is a
/// task of the scope: one that fails is reported, unless somebody looks at its handle. When the scope is unmounted, what is pending is dropped, and calls do nothing.
/// </remarks>
public abstract class DelayedTask<T>
{
    private readonly TaskScope _scope;
    private readonly SerialDisposable _timer = new();
    private Func<T, CancellationToken, Task>? _work;
    private T? _value;
    private bool _hasValue;
    private int _armed;
    private TaskHandle? _lastRun;

    private protected DelayedTask(TaskScope scope, TimeSpan delay, Func<T, CancellationToken, Task> work)
    {
        (_scope, Delay, _work) = (scope, delay, work);
        scope.EndWith(End);
    }

    /// <summary>Whether a value waits for its run.</summary>
    public bool IsPending
    {
        get { lock (Gate) return _hasValue; }
    }

    /// <summary>The run that began last; null before the first.</summary>
    public TaskHandle? LastRun => Volatile.Read(ref _lastRun);

    private protected object Gate { get; } = new();

    private protected TimeSpan Delay { get; }

    /// <summary>Calls with a value. A value that was pending is replaced.</summary>
    /// <param name="value">Given to the work.</param>
    public abstract void Call(T value);

    /// <summary>Drops what is pending and aborts the run that is going on. Later calls work as ever.</summary>
    public void Cancel()
    {
        TaskHandle? run;
        lock (Gate)
        {
            Take_NeedsLock(out _);
            if (!KeepsTimerOnCancel) Disarm_NeedsLock();
            run = _lastRun;
        }

        if (!KeepsTimerOnCancel) StopTimer();
        run?.Abort();
    }

    /// <summary>Runs what is pending now instead of later.</summary>
    /// <returns>The run, or null when nothing was pending or it has to wait for the end of another run.</returns>
    public abstract TaskHandle? Flush();

    private protected void Put_NeedsLock(T value) => (_value, _hasValue) = (value, _work is not null);

    private protected bool Take_NeedsLock(out T value)
    {
        bool hasValue = _hasValue;
        value = _value!;
        (_value, _hasValue) = (default, false);
        return hasValue;
    }

    private protected virtual bool KeepsTimerOnCancel => false;

    /// <summary>Whatever timer rings later is not the present one.</summary>
    private protected void Disarm_NeedsLock() => _armed++;

    private protected int Rearm_NeedsLock() => ++_armed;

    private protected bool IsArmed_NeedsLock(int number) => number == _armed;

    /// <summary>Sets the timer, outside the lock; <see cref="Ring"/> follows unless another was set or it was disarmed.</summary>
    private protected void SetTimer(int number)
    {
        var slot = new SingleAssignmentDisposable();
        _timer.Disposable = slot; // Before the timer is set: see IntervalRun.
        slot.Disposable = _scope.Options.Scheduler.ScheduleLong((Call: this, number), Delay, static due => due.Call.Ring(due.number));
    }

    private protected void StopTimer() => _timer.Disposable = Disposable.Empty;

    private protected abstract void Ring(int number);

    /// <summary>Begins a run and remembers its handle.</summary>
    private protected TaskHandle? Run(T value)
    {
        if (_work is not { } work) return null;
        var run = _scope.Spawn(token => work(value, token));
        Volatile.Write(ref _lastRun, run);
        return run;
    }

    private void End()
    {
        lock (Gate)
        {
            Take_NeedsLock(out _);
            Disarm_NeedsLock();
            _work = null;
        }

        _timer.Dispose();
    }
}

/// <summary>Work that runs when calls have ceased for a while, with the last value; the latest run wins. Made by <see cref="TaskScope.SpawnDebounced"/>.</summary>
/// <typeparam name="T">What a call brings.</typeparam>
/// <inheritdoc cref="DelayedTask{T}" path="/remarks"/>
public sealed class DebouncedTask<T> : DelayedTask<T>
{
    internal DebouncedTask(TaskScope scope, TimeSpan delay, Func<T, CancellationToken, Task> work)
        : base(scope, delay, work)
    {
    }

    /// <inheritdoc/>
    /// <remarks>The wait begins anew.</remarks>
    public override void Call(T value)
    {
        int number;
        lock (Gate)
        {
            Put_NeedsLock(value);
            if (!IsPending) return; // The scope is unmounted.
            number = Rearm_NeedsLock();
        }

        SetTimer(number);
    }

    /// <inheritdoc/>
    public override TaskHandle? Flush()
    {
        lock (Gate) Disarm_NeedsLock();
        StopTimer();
        return RunPending();
    }

    private protected override void Ring(int number)
    {
        lock (Gate)
        {
            if (!IsArmed_NeedsLock(number)) return;
        }

        RunPending();
    }

    private TaskHandle? RunPending()
    {
        T value;
        lock (Gate)
        {
            if (!Take_NeedsLock(out value)) return null;
        }

        LastRun?.Abort();
        return Run(value);
    }
}

/// <summary>
/// Work that runs at most once in a period: with the first value at once, with the last one at the end of the period; runs never overlap. Made by
/// <see cref="TaskScope.SpawnThrottled"/>.
/// </summary>
/// <typeparam name="T">What a call brings.</typeparam>
/// <inheritdoc cref="DelayedTask{T}" path="/remarks"/>
public sealed class ThrottledTask<T> : DelayedTask<T>
{
    /// <summary>Whether the period of the last run is not over.</summary>
    private bool _isInPeriod;
    private bool _isBusy;

    internal ThrottledTask(TaskScope scope, TimeSpan period, Func<T, CancellationToken, Task> work)
        : base(scope, period, work)
    {
    }

    /// <inheritdoc/>
    /// <remarks>Outside a period, and when no run is going on, it runs before this returns.</remarks>
    public override void Call(T value)
    {
        lock (Gate) Put_NeedsLock(value);
        TryRun();
    }

    /// <inheritdoc/>
    /// <remarks>The run begins a new period.</remarks>
    public override TaskHandle? Flush()
    {
        lock (Gate)
        {
            if (!IsPending) return null;
            _isInPeriod = false;
        }

        return TryRun();
    }

    /// <remarks>The period goes on: the bound holds for what is called next.</remarks>
    private protected override bool KeepsTimerOnCancel => true;

    private protected override void Ring(int number)
    {
        lock (Gate)
        {
            if (!IsArmed_NeedsLock(number)) return;
            _isInPeriod = false;
        }

        TryRun();
    }

    private TaskHandle? TryRun()
    {
        T value;
        int number;
        lock (Gate)
        {
            if (_isInPeriod || _isBusy || !Take_NeedsLock(out value)) return null;
            (_isInPeriod, _isBusy) = (true, true);
            number = Rearm_NeedsLock();
        }

        SetTimer(number);
        var run = Run(value);
        run?.WhenEnded(RunEnded);
        return run;
    }

    private void RunEnded()
    {
        lock (Gate) _isBusy = false;
        TryRun();
    }
}
