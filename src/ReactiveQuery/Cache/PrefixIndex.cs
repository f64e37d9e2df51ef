using System.Runtime.InteropServices;

namespace ReactiveQuery;

/// <summary>Finds the entries below a key prefix at the cost of those found: a tree with one level per key segment.</summary>
/// <remarks>
/// Not synchronized: the cache holds its lock around every call. An entry stands in the node of all segments but its last, in a list in which it knows its place, so that its
/// last segment is not hashed; the entry of a whole key is found by the key, elsewhere (<see cref="EntryTable"/>).
/// </remarks>
internal sealed class PrefixIndex
{
    private readonly PrefixNode _root = new(null, PrefixNode.NullSegment);
    private PrefixNode _last; // Where the last entry was put: most stand beside the one before (W4 and W11a in benchmarks/WORKLOADS.md).
    private PrefixNode? _vacant; // The node that was emptied last, which may be needed again at once: a switch takes the old entry out before the new one comes.

    public PrefixIndex() => _last = _root;

    public void Add(QueryEntry entry)
    {
        var path = entry.Key.Segments is [.. var before, _] ? before : [];
        if (!_last.IsAt(path))
            _last = Reach(path);
        _last.Put(entry);
    }

    public void Remove(QueryEntry entry)
    {
        if (entry.Node is not { } node) return;
        node.TakeOut(entry);
        if (!node.IsEmpty || node == _vacant || node == _root) return;
        if (_vacant is { } vacant)
            Prune(vacant);
        _vacant = node;
    }

    /// <summary>Adds to <paramref name="found"/> every entry whose key is longer than <paramref name="prefix"/> and begins with it; all of them for the empty one.</summary>
    public void CollectBelow(QueryKey prefix, List<QueryEntry> found)
    {
        PrefixNode? node = _root;
        foreach (var segment in prefix.Segments)
            node = node?.Below(segment);
        node?.Collect(found);
    }

    private PrefixNode Reach(ReadOnlySpan<object?> path)
    {
        var node = _root;
        foreach (var segment in path)
            node = node.Reach(segment);
        return node;
    }

    private void Prune(PrefixNode node)
    {
        while (node is { Parent: { } parent, IsEmpty: true })
        {
            if (node == _last)
                _last = _root;
            parent.Drop(node);
            node = parent;
        }
    }
}

/// <summary>A place in the tree of prefixes that entries stand below.</summary>
internal sealed class PrefixNode(PrefixNode? parent, object segment)
{
    internal static readonly object NullSegment = new();

    private Dictionary<object, PrefixNode>? _below;
    private PiecedList<QueryEntry> _entries;

    public PrefixNode? Parent { get; } = parent;

    public bool IsEmpty => _entries.Count == 0 && _below is not { Count: > 0 };

    private object Segment { get; } = segment;

    /// <summary>Whether it is the node of these segments.</summary>
    public bool IsAt(ReadOnlySpan<object?> path)
    {
        var node = this;
        for (var i = path.Length - 1; i >= 0; i--)
        {
            if (node.Parent is not { } parent || !QueryKey.SegmentEquals(node.Segment, path[i] ?? NullSegment)) return false;
            node = parent;
        }

        return node.Parent is null;
    }

    public PrefixNode? Below(object? segment) => _below?.GetValueOrDefault(segment ?? NullSegment);

    /// <summary>The node below, made if it is missing.</summary>
    public PrefixNode Reach(object? segment)
    {
        _below ??= new(SegmentComparer.Instance);
        ref var node = ref CollectionsMarshal.GetValueRefOrAddDefault(_below, segment ?? NullSegment, out _);
        return node ??= new(this, segment ?? NullSegment);
    }

    public void Drop(PrefixNode node) => _below!.Remove(node.Segment);

    public void Put(QueryEntry entry)
    {
        (entry.Node, entry.NodeSlot) = (this, _entries.Count);
        _entries.Add(entry);
    }

    /// <summary>The last one takes its place.</summary>
    public void TakeOut(QueryEntry entry)
    {
        var last = _entries.Pop()!;
        if (last != entry)
        {
            _entries[entry.NodeSlot] = last;
            last.NodeSlot = entry.NodeSlot;
        }

        entry.Node = null;
    }

    /// <summary>As deep as a key is long: <see cref="QueryKey.MaxSegments"/> at most.</summary>
    public void Collect(List<QueryEntry> found)
    {
        _entries.CopyTo(found);
        if (_below is null) return;
        foreach (var node in _below.Values)
            node.Collect(found);
    }

    private sealed class SegmentComparer : IEqualityComparer<object>
    {
        public static readonly SegmentComparer Instance = new();

        public new bool Equals(object? x, object? y) => QueryKey.SegmentEquals(x, y);

        public int GetHashCode(object obj) => obj.GetHashCode();
    }
}
