namespace ReactiveQuery;

/// <summary>
/// The entries of which something holds (they have an observer; they fetch), found among those of which it came to hold since somebody last looked. It comes and goes
/// far more often than anybody looks, and so costs an entry that is known already a look at one field (W2 and W8 in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
/// <param name="kind">Which mark of an entry belongs to this set.</param>
/// <param name="holds">Asked under this lock and without the entry's: reads fields, and runs no user code.</param>
internal sealed class LooseSet(LooseSetKind kind, Func<QueryEntry, bool> holds)
{
    /// <summary>
    /// So many, or twice as many as it holds of, are looked at together. A sweep fences all threads and fetches every entry that it looks at into the processor's caches: an eighth of
    /// this was a third of W2 and more, whose ten thousand queries were swept out before each was observed again. Whoever comes while they are looked at waits, so that it is not more.
    /// </summary>
    internal const int LeastSweep = 65_536;

    private readonly object _gate = new();
    private PiecedList<QueryEntry> _entries; // Null where one was taken out.
    private int _nextSweep = LeastSweep;
    private int _dead; // Of those that stand there.
    private int _empty; // Places of which one was taken out.

    /// <summary>It holds of an entry from now on. The entry says so under its own lock; this one's is taken last.</summary>
    /// <remarks>What the entry has just written is seen by a sweep that takes the entry out, or the entry sees here that it was taken out: the sweep's fence is for both.</remarks>
    public void Add(QueryEntry entry)
    {
        ref var place = ref entry.PlaceIn(kind);
        if (Volatile.Read(ref place) != 0) return;
        lock (_gate)
        {
            if (place != 0) return;
            if (_entries.Count >= _nextSweep)
                Sweep_NeedsLock();
            _entries.Add(entry);
            Volatile.Write(ref place, _entries.Count);
        }
    }

    /// <summary>An entry has died; it is let go of when three quarters of those that stand here have.</summary>
    public void Forget(QueryEntry entry)
    {
        if (Volatile.Read(ref entry.PlaceIn(kind)) == 0 || !IsSweepDue(Interlocked.Increment(ref _dead))) return;
        lock (_gate)
        {
            if (IsSweepDue(_dead))
                Sweep_NeedsLock();
        }
    }

    /// <summary>
    /// The same for several at once, which are taken out on the spot, so that a sweep need not look at them again. Their places keep nobody, so that there may be many before those
    /// that are left, which are likely to follow, are looked at and moved together (W12 in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    public void Forget(ReadOnlySpan<QueryEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                ref var place = ref entry.PlaceIn(kind);
                if (place == 0) continue;
                _entries[place - 1] = null;
                Volatile.Write(ref place, 0);
                _empty++;
            }

            if (_empty * 16L > _entries.Count * 15L)
                Sweep_NeedsLock();
        }
    }

    public List<QueryEntry> Snapshot()
    {
        lock (_gate)
        {
            Sweep_NeedsLock();
            var found = new List<QueryEntry>(_entries.Count);
            _entries.CopyTo(found);
            return found;
        }
    }

    /// <summary>Also asked without the lock, so that thousands that die at once do not take it one by one; then the count is as of a moment ago.</summary>
    private bool IsSweepDue(int dead) => dead * 4L > (_entries.Count - _empty) * 3L;

    private void Sweep_NeedsLock()
    {
        _entries.RemoveAll(IsDead_NeedsLock);
        var isAnyOut = false;
        for (var i = 0; i < _entries.Count; i++)
        {
            var entry = _entries[i]!;
            if (holds(entry)) continue;
            Volatile.Write(ref entry.PlaceIn(kind), 0);
            isAnyOut = true;
        }

        if (isAnyOut)
        {
            Interlocked.MemoryBarrierProcessWide();
            _entries.RemoveAll(IsOut_NeedsLock);
        }

        for (var i = 0; i < _entries.Count; i++)
            Volatile.Write(ref _entries[i]!.PlaceIn(kind), i + 1);
        _nextSweep = Math.Max(LeastSweep, 2 * _entries.Count);
        (_dead, _empty) = (0, 0);
    }

    /// <summary>Whether it is out for good.</summary>
    private bool IsDead_NeedsLock(QueryEntry? entry)
    {
        if (entry is { IsDead: false }) return false;
        if (entry is not null)
            Volatile.Write(ref entry.PlaceIn(kind), 0);
        return true;
    }

    /// <summary>It may hold again of an entry that was to be taken out, and whoever found that listed has not put it in anew.</summary>
    private bool IsOut_NeedsLock(QueryEntry? entry)
    {
        ref var place = ref entry!.PlaceIn(kind);
        if (place == 0 && holds(entry))
            Volatile.Write(ref place, 1); // Which place is said at the end of the sweep.
        return place == 0;
    }
}

/// <summary>The sets that an entry may be in.</summary>
internal enum LooseSetKind
{
    Watched,
    Fetching,
}
