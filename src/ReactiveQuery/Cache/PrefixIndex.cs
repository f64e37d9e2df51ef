using System.Runtime.InteropServices;

namespace ReactiveQuery;

/// <summary>Finds the entries below a key prefix at the cost of those found: a tree with one level per key segment.</summary>
/// <remarks>
/// Not synchronized: the cache holds its lock around every call. An entry with nothing below it, which most are, stands in its parent itself, without a node of its own.
/// </remarks>
internal sealed class PrefixIndex
{
    private static readonly object NullSegment = new();
    private readonly Node _root = new(null, NullSegment);

    public void Add(QueryKey key, QueryEntry entry)
    {
        if (key.Count == 0)
        {
            _root.Entry = entry;
            return;
        }

        var node = _root;
        foreach (var segment in key.Segments[..^1])
            node = node.Below(segment ?? NullSegment);
        node.Put(key.Segments[^1] ?? NullSegment, entry);
    }

    public void Remove(QueryKey key)
    {
        if (key.Count == 0)
        {
            _root.Entry = null;
            return;
        }

        if (Find(key.Segments[..^1]) is not Node node) return;
        node.TakeOut(key.Segments[^1] ?? NullSegment);
        while (node is { Parent: { } parent, IsEmpty: true })
        {
            parent.Fold(node);
            node = parent;
        }
    }

    /// <summary>Adds to <paramref name="found"/> every entry whose key begins with <paramref name="prefix"/>.</summary>
    public void Collect(QueryKey prefix, List<QueryEntry> found)
    {
        switch (Find(prefix.Segments))
        {
            case QueryEntry entry:
                found.Add(entry);
                break;
            case Node node:
                node.Collect(found);
                break;
        }
    }

    /// <summary>What stands at a key: a node, an entry without anything below it, or null.</summary>
    private object? Find(ReadOnlySpan<object?> segments)
    {
        object? place = _root;
        foreach (var segment in segments)
            place = (place as Node)?.Child(segment ?? NullSegment);
        return place;
    }

    /// <summary>A place in the tree with something below it, or the root.</summary>
    private sealed class Node(Node? parent, object segment)
    {
        private readonly Dictionary<object, object> _children = new(SegmentComparer.Instance);

        public Node? Parent { get; } = parent;

        public object Segment { get; } = segment;

        /// <summary>The entry whose key ends here.</summary>
        public QueryEntry? Entry { get; set; }

        public bool IsEmpty => _children.Count == 0;

        public object? Child(object segment) => _children.GetValueOrDefault(segment);

        /// <summary>The node of a child, made if it is missing.</summary>
        public Node Below(object segment)
        {
            ref var child = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, segment, out _);
            if (child is not Node node)
                child = node = new Node(this, segment) { Entry = child as QueryEntry };
            return node;
        }

        public void Put(object segment, QueryEntry entry)
        {
            ref var child = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, segment, out _);
            if (child is Node node)
                node.Entry = entry;
            else
                child = entry;
        }

        public void TakeOut(object segment)
        {
            if (!_children.Remove(segment, out var child) || child is not Node node) return;
            node.Entry = null;
            _children.Add(segment, node); // It has others below it.
        }

        /// <summary>Below a node there is nothing any more: its entry takes its place, or nothing does.</summary>
        public void Fold(Node node)
        {
            if (node.Entry is { } own)
                _children[node.Segment] = own;
            else
                _children.Remove(node.Segment);
        }

        /// <summary>As deep as a key is long: <see cref="QueryKey.MaxSegments"/> at most.</summary>
        public void Collect(List<QueryEntry> found)
        {
            if (Entry is { } own)
                found.Add(own);
            found.EnsureCapacity(found.Count + _children.Count);
            foreach (var child in _children.Values)
                if (child is QueryEntry entry)
                    found.Add(entry);
                else
                    ((Node)child).Collect(found);
        }
    }

    private sealed class SegmentComparer : IEqualityComparer<object>
    {
        public static readonly SegmentComparer Instance = new();

        public new bool Equals(object? x, object? y) => QueryKey.SegmentEquals(x, y);

        public int GetHashCode(object obj) => obj.GetHashCode();
    }
}
