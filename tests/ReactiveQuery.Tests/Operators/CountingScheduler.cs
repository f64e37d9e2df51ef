using System.Reactive.Concurrency;

namespace ReactiveQuery.Tests.Operators;

/// <summary>A scheduler that does nothing by itself: work waits until a test runs it. Dead, it refuses new work as a dispatcher does that was shut down.</summary>
internal sealed class CountingScheduler : IScheduler
{
    private readonly List<Action> _pending = [];

    public int Pending => _pending.Count;

    /// <summary>What was given last and waits.</summary>
    public object LastItem => _pending[^1];

    public bool IsDead { get; set; }

    public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

    public bool RunNext()
    {
        if (_pending.Count == 0) return false;
        Action next = _pending[0];
        _pending.RemoveAt(0);
        next();
        return true;
    }

    public void RunAll()
    {
        while (RunNext())
        {
        }
    }

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        ObjectDisposedException.ThrowIf(IsDead, this);
        Action work = () => action(this, state);
        _pending.Add(work);
        return System.Reactive.Disposables.Disposable.Create(() => _pending.Remove(work));
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();
}
