using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>One interval: ticks at fixed multiples, none while one is running or in a pause.</summary>
internal sealed class IntervalRun
{
    private readonly object _gate = new();
    private readonly SerialDisposable _timer = new();
    private readonly TaskHandle _handle;
    private readonly TimeSpan _period;
    private readonly IScheduler _clock;
    private readonly IStopwatch _watch;
    private readonly UnobservedErrors _errors;

    // Both null when the interval has ended: a tick that never returns must not keep them.
    private TaskScope? _scope;
    private Func<CancellationToken, Task>? _work;
    private TimeSpan _next;
    private bool _isPaused;
    private bool _hasBegun;
    private bool _isBusy;
    private TimeSpan _lastEnd;

    /// <summary>Tells the present timer from those that were taken back too late.</summary>
    private int _armed;

    public IntervalRun(TaskScope scope, TaskHandle handle, TimeSpan period, Func<CancellationToken, Task> work)
    {
        (_scope, _handle, _period, _work) = (scope, handle, period, work);
        (_clock, _errors) = (scope.Options.Scheduler, scope.Errors);
        _watch = _clock.StartStopwatch();
    }

    public void Begin(TimeSpan initialDelay, IObservable<bool>? paused)
    {
        if (_handle.IsCompleted) return;
        _handle.WhenEnded(() => { _timer.Dispose(); (_scope, _work) = (null, null); });
        _next = initialDelay;
        if (paused is not null) Follow(paused);
        lock (_gate)
        {
            _hasBegun = true;
            if (_isPaused) return;
        }

        if (initialDelay == TimeSpan.Zero) Tick();
        else Arm();
    }

    private void Follow(IObservable<bool> paused)
    {
        try
        {
            var subscription = paused.Subscribe(Observer.Create<bool>(
                Pause,
                error =>
                {
                    _errors.Report(error, UnobservedErrorOrigin.Trigger);
                    Pause(false);
                },
                () => Pause(false)));
            _handle.WhenEnded(subscription.Dispose);
        }
        catch (Exception error)
        {
            _errors.Report(error, UnobservedErrorOrigin.Trigger);
        }
    }

    private void Pause(bool isPaused)
    {
        lock (_gate)
        {
            if (_isPaused == isPaused) return;
            _isPaused = isPaused;
            _armed++;
            if (!_hasBegun) return;
        }

        if (isPaused) _timer.Disposable = Disposable.Empty;
        else Arm();
    }

    /// <summary>Has the timer ring for the next multiple that has not passed.</summary>
    private void Arm()
    {
        int number;
        TimeSpan dueTime;
        lock (_gate)
        {
            if (_isPaused) return;
            number = ++_armed;
            dueTime = Ahead_NeedsLock();
        }

        if (dueTime == TimeSpan.MaxValue || _handle.IsCompleted) return;

        // The slot is taken before the timer is set: one that rings before Schedule has returned must not be overwritten by its forerunner.
        var slot = new SingleAssignmentDisposable();
        _timer.Disposable = slot;
        slot.Disposable = _clock.ScheduleLong((Run: this, number), dueTime, static due => due.Run.Ring(due.number));
    }

    private void Ring(int number)
    {
        lock (_gate)
        {
            if (number != _armed || _isPaused) return;
        }

        if (!_handle.IsCompleted) Tick();
    }

    /// <remarks>
    /// The next timer is set before the work is called: work that blocks does not shift it. Where that work blocks the scheduler itself, a timer rings late, for a tick that was due while the work was
    /// running: it is skipped like any other.
    /// </remarks>
    private void Tick()
    {
        bool isSkipped;
        lock (_gate)
        {
            isSkipped = _isBusy || _next < _lastEnd;
            if (!isSkipped) _isBusy = true;
            Advance_NeedsLock(periods: 1);
        }

        Arm();
        if (!isSkipped && _scope is { } scope) scope.RunOn(scope.Options.StartOn, _handle, Call);
    }

    private void Call()
    {
        if (_work is not { } tick) return;
        Task task;
        try
        {
            task = tick(_handle.Token) ?? throw new InvalidOperationException("The work of an interval returned a null task.");
        }
        catch (Exception error)
        {
            task = Task.FromException(error);
        }

        if (task.IsCompleted) End(task);
        else task.ContinueInline(static (ended, run) => ((IntervalRun)run!).End(ended), this);
    }

    private void End(Task task)
    {
        lock (_gate) (_isBusy, _lastEnd) = (false, _watch.Elapsed);
        if (task.IsCompletedSuccessfully) return;
        var error = TaskRun<object>.ErrorOf(task);
        if (_handle.IsRunning || error is not OperationCanceledException) _errors.Report(error, UnobservedErrorOrigin.Task);
    }

    /// <summary>How long until the next multiple; those that have passed are left out.</summary>
    private TimeSpan Ahead_NeedsLock()
    {
        var now = _watch.Elapsed;
        if (_next < now) Advance_NeedsLock(((now - _next).Ticks + _period.Ticks - 1) / _period.Ticks);
        return _next == TimeSpan.MaxValue ? TimeSpan.MaxValue : _next - now;
    }

    private void Advance_NeedsLock(long periods)
    {
        var room = TimeSpan.MaxValue - _next;
        _next = periods > room.Ticks / _period.Ticks ? TimeSpan.MaxValue : _next + TimeSpan.FromTicks(_period.Ticks * periods);
    }
}
