using System.Collections;

namespace ReactiveQuery.Testing;

/// <summary>The subscriptions to a source, or the calls of a fetcher, in the order in which they began. Expect them with <see cref="Marbles.Expect(SubscriptionLog)"/>.</summary>
/// <threadsafety>Reading is safe from any thread.</threadsafety>
public sealed class SubscriptionLog : IReadOnlyList<SubscriptionFrames>
{
    private readonly List<SubscriptionFrames> _frames = [];

    internal SubscriptionLog(string name) => Name = name;

    internal string Name { get; }

    /// <summary>How many there were.</summary>
    public int Count
    {
        get { lock (_frames) return _frames.Count; }
    }

    /// <summary>The frames of one subscription, counted from the beginning of the test.</summary>
    public SubscriptionFrames this[int index]
    {
        get { lock (_frames) return _frames[index]; }
    }

    /// <summary>The frames at which those that still last began.</summary>
    internal IEnumerable<long> Open => this.Where(s => s.Unsubscribed is null).Select(s => s.Subscribed);

    /// <summary>Each subscription as a diagram, the columns of all of them aligned.</summary>
    public IReadOnlyList<string> ToMarbles() => DiagramPrinter.Print([.. this.Select(DiagramLine.Of)]);

    /// <summary>A snapshot, so that subscriptions may begin and end meanwhile.</summary>
    public IEnumerator<SubscriptionFrames> GetEnumerator()
    {
        lock (_frames) return _frames.ToList().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal int Begin(long frame)
    {
        lock (_frames)
        {
            _frames.Add(new SubscriptionFrames(frame));
            return _frames.Count - 1;
        }
    }

    /// <summary>Only the first end counts: a source that ended is unsubscribed from afterwards.</summary>
    internal void End(int index, long frame)
    {
        lock (_frames)
        {
            if (_frames[index].Unsubscribed is null) _frames[index] = _frames[index] with { Unsubscribed = frame };
        }
    }
}
