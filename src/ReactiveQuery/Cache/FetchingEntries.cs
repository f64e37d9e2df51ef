namespace ReactiveQuery;

/// <summary>
/// The entries that fetch: looked for among those that began to since somebody last asked, so that a fetch, which begins and ends far more often than anybody asks,
/// costs a look at one field (W8 in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
internal sealed class FetchingEntries
{
    private const int LeastSweep = 32;

    private readonly object _gate = new();
    private readonly List<QueryEntry> _entries = [];
    private int _nextSweep = LeastSweep;

    /// <summary>An entry has committed that it fetches. It says so under its own lock; this one's is taken last.</summary>
    public void Began(QueryEntry entry)
    {
        // The state that was just written is seen by a sweep before the sweep takes the entry off, or the entry sees that it was taken off.
        Interlocked.MemoryBarrier();
        if (entry.IsListedAsFetching) return;
        lock (_gate)
        {
            if (entry.IsListedAsFetching) return;
            if (_entries.Count >= _nextSweep)
                Sweep_NeedsLock();
            entry.IsListedAsFetching = true;
            _entries.Add(entry);
        }
    }

    /// <summary>An entry died, and is to be kept by nobody.</summary>
    public void Forget(QueryEntry entry)
    {
        if (!entry.IsListedAsFetching) return;
        lock (_gate)
        {
            if (entry.IsListedAsFetching)
                _entries.Remove(entry);
            entry.IsListedAsFetching = false;
        }
    }

    public List<QueryEntry> Snapshot()
    {
        lock (_gate)
        {
            Sweep_NeedsLock();
            return [.. _entries];
        }
    }

    private void Sweep_NeedsLock()
    {
        _entries.RemoveAll(static entry =>
        {
            if (entry.IsFetching) return false;
            entry.IsListedAsFetching = false;
            Interlocked.MemoryBarrier();
            return !(entry.IsListedAsFetching = entry.IsFetching);
        });
        _nextSweep = Math.Max(LeastSweep, 2 * _entries.Count);
    }
}
