using System.Reactive.Concurrency;

namespace ReactiveQuery.MarbleTests.Operators;

/// <summary>A user interface that is busy: what is given to it is done so much later.</summary>
internal sealed class SlowScheduler(IScheduler inner, TimeSpan delay) : IScheduler
{
    public DateTimeOffset Now => inner.Now;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, delay, action);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, dueTime + delay, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, dueTime + delay, action);
}
