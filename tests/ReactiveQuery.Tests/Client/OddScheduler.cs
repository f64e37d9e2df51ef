using System.Reactive.Concurrency;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Client;

/// <summary>Virtual time whose wall clock can run ahead, that says when it is read, and that can refuse work.</summary>
internal sealed class OddScheduler(MarbleScheduler inner) : IScheduler, IStopwatchProvider, IServiceProvider, IStopwatch
{
    public TimeSpan Ahead { get; set; }

    public TimeSpan Elapsing { get; set; }

    public bool IsRefusing { get; set; }

    public Action? BeforeReading { get; set; }

    public DateTimeOffset Now => inner.Now + Ahead;

    public TimeSpan Elapsed
    {
        get
        {
            BeforeReading?.Invoke();
            return TimeSpan.FromTicks(inner.Now.Ticks) + Elapsing;
        }
    }

    public IStopwatch StartStopwatch() => this;

    public object? GetService(Type serviceType) => serviceType == typeof(IStopwatchProvider) ? this : null;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, action);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        IsRefusing ? throw new InvalidOperationException("refused") : inner.Schedule(state, dueTime, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, dueTime, action);
}
