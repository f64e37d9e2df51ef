using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

public sealed partial class MarbleScheduler
{
    /// <summary>Work for the diagrams of a test: not counted as pending, and subscriptions come before everything else of their instant.</summary>
    internal IDisposable ScheduleScript(long dueTime, Lane lane, Action action) =>
        Enqueue(dueTime, lane, () => { action(); return Disposable.Empty; });

    /// <summary>Runs until nothing is due up to <paramref name="limit"/>; the clock stays at the last work that ran.</summary>
    internal void RunUntil(long limit)
    {
        _limit = limit;
        try { Start(); }
        finally { _limit = long.MaxValue; }
    }

    /// <summary>The base class asks for the next work while it runs, and only then: here a run is noticed, limited and counted.</summary>
    protected override IScheduledItem<long>? GetNext()
    {
        Volatile.Write(ref _testThread, Environment.CurrentManagedThreadId);
        var next = _queue.Peek();
        if (next is null || next.DueTime > _limit)
        {
            (_announced, _executed) = (false, 0);
            return null;
        }

        // AdvanceTo leaves without executing what it was given when that is due later: the next question opens another run.
        if (_announced) _executed = 0;
        _announced = true;
        return next;
    }

    private MarbleWork Enqueue(long dueTime, Lane lane, Func<IDisposable> action)
    {
        var work = new MarbleWork(this, _queue, Math.Max(dueTime, Clock), lane, action);
        _queue.Enqueue(work);
        return work;
    }

    internal IDisposable Execute(Func<IDisposable> action)
    {
        _announced = false;
        var result = Disposable.Empty;
        try
        {
            if (++_executed > MaxWorkItems) throw Endless();
            Undisturbed.Run(() => result = action());
            return result;
        }
        catch
        {
            // The base class would stay in its running state for ever.
            _executed = 0;
            Stop();
            throw;
        }
    }

    private InvalidOperationException Endless() => new(
        $"The run executed {MaxWorkItems} work items and stands at frame {Frame}: something reschedules itself for ever (an interval, a retry without end?). "
        + "Run to a given frame, dispose it within the test, or make the scheduler with a higher maxWorkItems.");

    private void Report()
    {
        var report = ForeignCompletion.Here(Frame);
        lock (_foreign) _foreign.Add(report);
    }
}
