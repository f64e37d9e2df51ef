namespace ReactiveQuery;

/// <summary>The entries that have an observer. They say so under their own lock, in the order in which it came about; this one's is taken last.</summary>
/// <remarks>An entry knows its place, so that coming and going, which every first observer does, hashes nothing.</remarks>
internal sealed class WatchedEntries
{
    private readonly object _gate = new();
    private readonly List<QueryEntry> _entries = [];

    public void Set(QueryEntry entry, bool holds)
    {
        ref var place = ref entry.PlaceInWatched;
        lock (_gate)
        {
            if (holds == place > 0) return;
            if (holds)
            {
                _entries.Add(entry);
                place = _entries.Count;
            }
            else
            {
                var last = _entries[^1];
                _entries[place - 1] = last;
                last.PlaceInWatched = place;
                place = 0; // After the line above: the entry may be the last one itself.
                _entries.RemoveAt(_entries.Count - 1);
            }
        }
    }

    public List<QueryEntry> Snapshot()
    {
        lock (_gate)
            return [.. _entries];
    }
}
