namespace ReactiveQuery;

/// <summary>Entries of which something holds at present. They say so under their own lock, in the order in which it came about; this one's is taken last.</summary>
internal sealed class EntrySet
{
    private readonly object _gate = new();
    private readonly HashSet<QueryEntry> _entries = [];

    public void Set(QueryEntry entry, bool holds)
    {
        lock (_gate)
        {
            if (holds)
                _entries.Add(entry);
            else
                _entries.Remove(entry);
        }
    }

    public List<QueryEntry> Snapshot()
    {
        lock (_gate)
            return [.. _entries];
    }
}
