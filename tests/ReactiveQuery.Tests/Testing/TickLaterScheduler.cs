using System.Reactive.Concurrency;

namespace ReactiveQuery.Tests.Testing;

/// <summary>Behaves as Microsoft's TestScheduler: work that is due now runs one tick later, and the clock begins at 0001-01-01.</summary>
internal sealed class TickLaterScheduler : VirtualTimeScheduler<long, long>
{
    public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action) =>
        base.ScheduleAbsolute(state, dueTime <= Clock ? Clock + 1 : dueTime, action);

    protected override long Add(long absolute, long relative) => absolute + relative;

    protected override DateTimeOffset ToDateTimeOffset(long absolute) => new(absolute, TimeSpan.Zero);

    protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;
}
