namespace ReactiveQuery;

/// <summary>Which of the entries nobody watches was used the longest time ago.</summary>
/// <remarks>
/// An entry is enlisted when it becomes unwatched, with the stamp of its last use, and is not moved by later uses: when it comes up, an entry that
/// was used since goes back in at its new stamp. The order is exact but for reads by several threads between two commands, and a read costs one field write.
/// </remarks>
internal sealed class LeastRecentlyUsed
{
    private const int ReadBits = 20;

    /// <summary>How many reads this thread has stamped since the last round number, whatever the client.</summary>
    [ThreadStatic]
    private static int s_reads;

    private readonly object _gate = new();
    private readonly PriorityQueue<QueryEntry, long> _queue = new();
    private long _commands;
    private int _forgotten;

    /// <summary>The stamp of a use happening now: later than all before it.</summary>
    public long NextStamp() => Interlocked.Increment(ref _commands) << ReadBits;

    /// <summary>
    /// The stamp of a mere read: later than every command and every read of this thread before it. Threads that only read have nothing to say to each other, and a number
    /// that they all count up costs two of them more than everything else that a read does (W1b in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    public long ReadStamp()
    {
        if (++s_reads < 1 << ReadBits) return (Volatile.Read(ref _commands) << ReadBits) + s_reads;
        s_reads = 0;
        return NextStamp();
    }

    public void Enlist(QueryEntry entry)
    {
        if (entry.IsEnlisted) return; // Whoever takes it out at this moment will look at it under its own lock, and finds it as it is now.
        lock (_gate)
        {
            if (entry.IsEnlisted || entry.IsDead) return; // Dead: it left between its departure and this, and nobody would take it out again.
            entry.IsEnlisted = true;
            _queue.Enqueue(entry, entry.LastUse);
        }
    }

    /// <summary>Lets go of an entry that left the cache; what such entries leave behind is swept when it is more than half of the queue.</summary>
    public void Forget(QueryEntry entry)
    {
        lock (_gate)
        {
            if (!entry.IsEnlisted) return;
            _forgotten++;
            if (_forgotten < 64 || _forgotten * 2 < _queue.Count) return;
            var live = _queue.UnorderedItems.Where(item => !item.Element.IsDead).ToArray();
            _queue.Clear();
            _queue.EnqueueRange(live);
            _forgotten = 0;
        }
    }

    /// <summary>Takes out the entry used the longest time ago; null when none is enlisted. It may be watched or gone by now.</summary>
    public QueryEntry? Take()
    {
        lock (_gate)
        {
            while (_queue.TryDequeue(out var entry, out var stamp))
            {
                if (entry.LastUse == stamp || entry.IsDead)
                {
                    entry.IsEnlisted = false;
                    return entry;
                }

                _queue.Enqueue(entry, entry.LastUse);
            }

            return null;
        }
    }
}
