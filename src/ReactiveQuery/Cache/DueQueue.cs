using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>Entries by when they are due, the earliest first.</summary>
/// <remarks>
/// Entries that wait for the same span come in the order in which they are due: they stand in a line, in and out of which costs O(1). An application has few different spans;
/// what fits at the end of no line stands in a heap (W12 in <c>benchmarks/WORKLOADS.md</c>). Not synchronized: <see cref="Deadlines"/> holds its lock around every call.
/// </remarks>
internal sealed class DueQueue
{
    private const int FirstPieceLength = 16;
    private const int LongestPieceLength = 512;

    private readonly Line[] _lines = [new(), new(), new(), new()];
    private readonly PriorityQueue<Deadline, TimeSpan> _heap = new();

    public int Count { get; private set; }

    public void Enqueue(Deadline entry, TimeSpan due)
    {
        Count++;
        if (LineFor(due) is { } line)
            line.Enqueue(entry, due);
        else
            _heap.Enqueue(entry, due);
    }

    /// <summary>When the first one is due; false when there is none.</summary>
    public bool TryPeek(out TimeSpan due)
    {
        First(out due);
        return Count > 0;
    }

    /// <summary>Takes out the first one if it is due by now.</summary>
    public bool TryTake(TimeSpan now, [NotNullWhen(true)] out Deadline? entry, out TimeSpan due)
    {
        var line = First(out due);
        entry = null;
        if (Count == 0 || due > now) return false;
        Count--;
        entry = line is null ? _heap.Dequeue() : line.Dequeue();
        return true;
    }

    public void RemoveAll(Func<Deadline, TimeSpan, bool> isGone)
    {
        List<(Deadline Entry, TimeSpan Due)> kept = [];
        while (TryTake(TimeSpan.MaxValue, out var entry, out var due))
            if (!isGone(entry, due))
                kept.Add((entry, due));
        foreach (var (entry, due) in kept)
            Enqueue(entry, due);
    }

    public void Clear()
    {
        foreach (var line in _lines)
            line.Clear();
        _heap.Clear();
        Count = 0;
    }

    /// <summary>The line whose last entry is the nearest before it, else an empty one; null when there is neither.</summary>
    private Line? LineFor(TimeSpan due)
    {
        Line? nearest = null, empty = null;
        foreach (var line in _lines)
        {
            if (line.IsEmpty)
                empty = line;
            else if (line.Last <= due && (nearest is null || line.Last > nearest.Last))
                nearest = line;
        }

        return nearest ?? empty;
    }

    /// <summary>The line in which the first one stands, or null for the heap.</summary>
    private Line? First(out TimeSpan due)
    {
        Line? first = null;
        if (!_heap.TryPeek(out _, out due))
            due = TimeSpan.MaxValue;
        foreach (var line in _lines)
            if (!line.IsEmpty && line.FirstDue <= due)
                (first, due) = (line, line.FirstDue);
        return first;
    }

    private sealed class Line
    {
        private Piece _first = new(FirstPieceLength);
        private Piece _last;
        private Piece? _spare;

        public Line() => _last = _first;

        public bool IsEmpty => _first == _last && _first.IsEmpty;

        public TimeSpan FirstDue => _first.FirstDue;

        public TimeSpan Last { get; private set; }

        public void Enqueue(Deadline entry, TimeSpan due)
        {
            Last = due;
            if (_last.TryEnqueue(entry, due)) return;
            var next = _spare ?? new(Math.Min(2 * _last.Length, LongestPieceLength));
            _spare = null;
            _last = _last.Next = next;
            _last.TryEnqueue(entry, due);
        }

        public Deadline Dequeue()
        {
            var entry = _first.Dequeue();
            if (_first.IsEmpty && _first.Next is { } next)
            {
                _first.Next = null;
                (_spare, _first) = (_first, next);
            }

            return entry;
        }

        public void Clear()
        {
            (_first, _spare) = (_last, null);
            _last.Clear();
        }
    }

    /// <summary>A part of a line. One array for all of it would stand among the large objects and be copied whenever it has become too small (W4, W12).</summary>
    private sealed class Piece(int length)
    {
        private readonly (Deadline Entry, TimeSpan Due)[] _places = new (Deadline, TimeSpan)[length];
        private int _taken;
        private int _used;

        public Piece? Next { get; set; }

        public int Length => _places.Length;

        public bool IsEmpty => _taken == _used;

        public TimeSpan FirstDue => _places[_taken].Due;

        public bool TryEnqueue(Deadline entry, TimeSpan due)
        {
            if (_used == _places.Length) return false;
            _places[_used++] = (entry, due);
            return true;
        }

        public Deadline Dequeue()
        {
            ref var place = ref _places[_taken++];
            var entry = place.Entry;
            place = default;
            if (IsEmpty)
                _taken = _used = 0;
            return entry;
        }

        public void Clear()
        {
            Array.Clear(_places);
            _taken = _used = 0;
        }
    }
}
