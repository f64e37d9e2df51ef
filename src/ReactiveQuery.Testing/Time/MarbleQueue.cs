using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>What goes first among the work of one instant.</summary>
internal enum Lane
{
    /// <summary>The test's own subscribing and unsubscribing, so that <c>^</c> sees and <c>!</c> does not see a value of its frame.</summary>
    Subscription,

    /// <summary>What the diagrams of a test play.</summary>
    Script,

    /// <summary>Everything else.</summary>
    Work
}

/// <summary>One scheduled action. It stays in the queue until it surfaces there, executed or cancelled: removal from the middle would cost the whole queue.</summary>
internal sealed class MarbleWork(MarbleScheduler scheduler, MarbleQueue queue, long dueTime, Lane lane, Func<IDisposable> action) : IScheduledItem<long>, IDisposable
{
    private readonly SingleAssignmentDisposable _result = new();
    private int _done;

    public long DueTime { get; } = dueTime;

    public Lane Lane { get; } = lane;

    public bool IsDone => Volatile.Read(ref _done) != 0;

    public void Invoke()
    {
        if (Interlocked.Exchange(ref _done, 1) == 0) _result.Disposable = scheduler.Execute(action);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _done, 1) == 0) queue.Forget();
        _result.Dispose();
    }
}

/// <summary>Work ordered by instant, then lane, then arrival. Safe from any thread.</summary>
internal sealed class MarbleQueue
{
    private const int WorthCompacting = 1_024;

    private readonly object _gate = new();
    private PriorityQueue<MarbleWork, (long Due, int Lane, long Arrival)> _work = new();
    private long _arrivals;
    private int _forgotten;

    /// <summary>How much is held, cancelled work included.</summary>
    public int Size
    {
        get { lock (_gate) return _work.Count; }
    }

    public void Enqueue(MarbleWork work)
    {
        lock (_gate) _work.Enqueue(work, (work.DueTime, work.Lane == Lane.Subscription ? 0 : 1, ++_arrivals));
    }

    public MarbleWork? Peek()
    {
        lock (_gate)
        {
            while (_work.TryPeek(out var work, out _))
            {
                if (!work.IsDone) return work;
                _work.Dequeue();
            }

            _forgotten = 0;
            return null;
        }
    }

    /// <summary>One more piece of work was cancelled: once they are the greater part of the queue, they go.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            if (++_forgotten < WorthCompacting || _forgotten < _work.Count / 2) return;
            _work = new(_work.UnorderedItems.Where(item => !item.Element.IsDone));
            _forgotten = 0;
        }
    }

    public IReadOnlyList<long> PendingDueTimes()
    {
        lock (_gate)
        {
            return [.. _work.UnorderedItems.Select(item => item.Element).Where(work => !work.IsDone && work.Lane == Lane.Work).Select(work => work.DueTime).Order()];
        }
    }
}
