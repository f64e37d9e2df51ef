using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>A context that turns continuations into work due now, which runs under this context again.</summary>
internal sealed class VirtualTimeContext(VirtualTimeScheduler<long, long> scheduler) : SynchronizationContext
{
    private readonly int _madeOn = Environment.CurrentManagedThreadId;

    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        scheduler.ScheduleAbsolute((d, state), scheduler.Clock, (_, work) =>
        {
            Run(work.d, work.state);
            return Disposable.Empty;
        });
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        var onTestThread = scheduler is MarbleScheduler marbles ? marbles.IsOnTestThread : Environment.CurrentManagedThreadId == _madeOn;
        if (!onTestThread) throw new NotSupportedException("A foreign thread cannot wait for virtual time: use Post.");
        Run(d, state);
    }

    public override SynchronizationContext CreateCopy() => this;

    private void Run(SendOrPostCallback d, object? state)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try { d(state); }
        finally { SetSynchronizationContext(outer); }
    }
}
