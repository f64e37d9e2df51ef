using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>
/// The way of foreign threads onto a scheduler that only its own thread may touch: what they schedule is kept here, reported, and handed over when the
/// test runs the clock next.
/// </summary>
internal sealed class ForeignInbox(FrameClock clock) : LocalScheduler
{
    private readonly object _gate = new();
    private readonly List<ForeignCompletion> _reports = [];
    private List<Action> _waiting = [];

    public override DateTimeOffset Now => clock.Scheduler.Now;

    public IReadOnlyList<ForeignCompletion> Reports
    {
        get { lock (_gate) return [.. _reports]; }
    }

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (clock.IsOnTestThread) return clock.Scheduler.Schedule(state, dueTime, action);

        var work = new SingleAssignmentDisposable();
        var report = ForeignCompletion.Here(clock.Frame);
        lock (_gate)
        {
            _reports.Add(report);
            _waiting.Add(() => work.Disposable = clock.Scheduler.Schedule(state, dueTime, action));
        }

        return work;
    }

    /// <summary>Hands over what waits. To be called on the test's thread.</summary>
    public void Drain()
    {
        List<Action> waiting;
        lock (_gate) (waiting, _waiting) = (_waiting, []);
        foreach (var schedule in waiting) schedule();
    }
}
