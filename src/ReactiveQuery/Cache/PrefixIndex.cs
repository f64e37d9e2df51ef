namespace ReactiveQuery;

/// <summary>Finds the entries below a key prefix at the cost of those found: a tree with one level per key segment.</summary>
/// <remarks>Not synchronized: the cache holds its lock around every call.</remarks>
internal sealed class PrefixIndex
{
    private readonly Node _root = new(null, null);

    public void Add(QueryKey key, QueryEntry entry)
    {
        var node = _root;
        foreach (var segment in key.Segments)
            node = node.ChildOrNew(segment);
        node.Entry = entry;
    }

    public void Remove(QueryKey key)
    {
        if (Find(key) is not { } node) return;
        node.Entry = null;
        while (node is { Parent: { } parent, Entry: null, HasChildren: false })
        {
            parent.Drop(node);
            node = parent;
        }
    }

    /// <summary>Adds to <paramref name="found"/> every entry whose key begins with <paramref name="prefix"/>.</summary>
    public void Collect(QueryKey prefix, List<QueryEntry> found)
    {
        if (Find(prefix) is not { } start) return;
        var open = new Stack<Node>([start]);
        while (open.TryPop(out var node))
        {
            if (node.Entry is { } entry)
                found.Add(entry);
            node.PushChildren(open);
        }
    }

    private Node? Find(QueryKey key)
    {
        var node = _root;
        foreach (var segment in key.Segments)
        {
            if (node.Child(segment) is not { } child) return null;
            node = child;
        }

        return node;
    }

    private sealed class Node(Node? parent, object? segment)
    {
        private static readonly object NullSegment = new();
        private Dictionary<object, Node>? _children;

        public Node? Parent { get; } = parent;

        public QueryEntry? Entry { get; set; }

        public bool HasChildren => _children is { Count: > 0 };

        public Node? Child(object? segment) => _children?.GetValueOrDefault(segment ?? NullSegment);

        public Node ChildOrNew(object? segment)
        {
            _children ??= new(SegmentComparer.Instance);
            if (!_children.TryGetValue(segment ?? NullSegment, out var child))
                _children.Add(segment ?? NullSegment, child = new Node(this, segment));
            return child;
        }

        public void Drop(Node child) => _children?.Remove(child.Segment ?? NullSegment);

        public void PushChildren(Stack<Node> open)
        {
            if (_children is null) return;
            foreach (var child in _children.Values)
                open.Push(child);
        }

        private object? Segment { get; } = segment;
    }

    private sealed class SegmentComparer : IEqualityComparer<object>
    {
        public static readonly SegmentComparer Instance = new();

        public new bool Equals(object? x, object? y) => QueryKey.SegmentEquals(x, y);

        public int GetHashCode(object obj) => obj.GetHashCode();
    }
}
