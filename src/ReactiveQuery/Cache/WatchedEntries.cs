namespace ReactiveQuery;

/// <summary>The entries that have an observer. They say so under their own lock, in the order in which it came about; this one's is taken last.</summary>
/// <remarks>
/// An entry knows its place, so that coming and going, which every first observer does, hashes nothing. A place that is left stays empty until three in four are:
/// the last entry, put there at once, would be one more to touch for each that goes (W12 in <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal sealed class WatchedEntries
{
    private const int FewPlaces = 16;
    private readonly object _gate = new();
    private readonly List<QueryEntry?> _places = [];
    private int _count;

    public void Set(QueryEntry entry, bool holds)
    {
        ref var place = ref entry.PlaceInWatched;
        if (holds == Volatile.Read(ref place) > 0) return; // Only the entry's own lock, which the caller holds, lets that change.
        lock (_gate)
        {
            if (holds)
            {
                _places.Add(entry);
                place = _places.Count;
                _count++;
            }
            else
            {
                _places[place - 1] = null;
                place = 0;
                _count--;
                Tidy_NeedsLock();
            }
        }
    }

    public List<QueryEntry> Snapshot()
    {
        lock (_gate)
        {
            var entries = new List<QueryEntry>(_count);
            foreach (var entry in _places)
                if (entry is not null)
                    entries.Add(entry);
            return entries;
        }
    }

    private void Tidy_NeedsLock()
    {
        if (_count == 0)
            _places.Clear();
        if (_count * 4 >= _places.Count || _places.Count < FewPlaces) return;
        _places.RemoveAll(static entry => entry is null);
        for (var i = 0; i < _places.Count; i++)
            _places[i]!.PlaceInWatched = i + 1;
    }
}
