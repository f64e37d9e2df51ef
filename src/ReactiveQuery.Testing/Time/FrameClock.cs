using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>
/// Any virtual-time scheduler, seen in whole frames from the instant at which the test began. On a <see cref="MarbleScheduler"/> it
/// can stop when nothing is left to do and put subscriptions first; other schedulers do not say, and move work that is due now.
/// </summary>
internal sealed class FrameClock
{
    private const long TicksPerFrame = MarbleScheduler.TicksPerFrame;

    private readonly long _origin;
    private readonly int _madeOn = Environment.CurrentManagedThreadId;
    private readonly MarbleScheduler? _marbles;
    private readonly ForeignInbox _inbox;

    public FrameClock(VirtualTimeScheduler<long, long> scheduler)
    {
        Scheduler = scheduler;
        _origin = scheduler.Clock;
        _marbles = scheduler as MarbleScheduler;
        _inbox = new ForeignInbox(this);
        Context = _marbles?.Context ?? new VirtualTimeContext(scheduler);
    }

    public VirtualTimeScheduler<long, long> Scheduler { get; }

    /// <summary>Schedules on the test's thread, from whatever thread; what comes from a foreign one is reported.</summary>
    public IScheduler FromAnyThread => _marbles ?? (IScheduler)_inbox;

    public SynchronizationContext Context { get; }

    public long Frame => (Scheduler.Clock - _origin) / TicksPerFrame;

    public bool IsOnTestThread => _marbles?.IsOnTestThread ?? Environment.CurrentManagedThreadId == _madeOn;

    public IReadOnlyList<long> PendingFrames => _marbles is null ? [] : [.. _marbles.PendingFrames.Select(frame => frame - (_origin / TicksPerFrame))];

    public IReadOnlyList<ForeignCompletion> ForeignCompletions => _marbles?.ForeignCompletions ?? _inbox.Reports;

    /// <summary>An event of a diagram, at an absolute frame.</summary>
    public IDisposable Play(long frame, Action action)
    {
        var due = _origin + (frame * TicksPerFrame);
        // Without lanes a subscription of the same frame comes first only if the diagram plays a tick later in that frame.
        return _marbles?.ScheduleScript(due, Lane.Script, action) ?? Schedule(due + 1, action);
    }

    /// <summary>An event of a diagram, so many frames from now.</summary>
    public IDisposable PlayAfter(long frames, Action action)
    {
        var due = Scheduler.Clock + (frames * TicksPerFrame);
        return _marbles?.ScheduleScript(due, Lane.Script, action) ?? Schedule(due, action);
    }

    /// <summary>The test subscribes or unsubscribes: before everything else in that frame.</summary>
    public IDisposable Subscription(long frame, Action action)
    {
        var due = _origin + (frame * TicksPerFrame);
        return _marbles?.ScheduleScript(due, Lane.Subscription, action) ?? Schedule(due, action);
    }

    /// <summary>An action of the test at an absolute frame, in the order in which such actions were given.</summary>
    public IDisposable At(long frame, Action action) => Schedule(_origin + (frame * TicksPerFrame), action);

    /// <summary>Runs the action on the test's thread: at once when there, else as work due now (which is reported).</summary>
    public void OnTestThread(Action action)
    {
        if (IsOnTestThread) action();
        else FromAnyThread.Schedule(() => Undisturbed.Run(action));
    }

    /// <summary>Runs to the end of a frame. Where the scheduler tells that nothing is left, the clock stays at what ran last.</summary>
    public void RunUntilQuiet(long frame)
    {
        if (_marbles is not null)
        {
            _marbles.RunUntil(LastTickOf(frame));
            return;
        }

        _inbox.Drain();
        if (LastTickOf(frame) > Scheduler.Clock) Scheduler.AdvanceTo(LastTickOf(frame));
    }

    /// <summary>Runs to a frame and leaves the clock in it.</summary>
    public void AdvanceTo(long frame)
    {
        RunUntilQuiet(frame);
        var start = _origin + (frame * TicksPerFrame);
        if (_marbles is not null && Scheduler.Clock < start) Scheduler.AdvanceTo(start);
    }

    private long LastTickOf(long frame) => _origin + MarbleScheduler.LastTickOf(frame);

    private IDisposable Schedule(long due, Action action) =>
        Scheduler.ScheduleAbsolute(action, due, static (_, work) =>
        {
            Undisturbed.Run(work);
            return Disposable.Empty;
        });
}
