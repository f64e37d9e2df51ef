namespace ReactiveQuery;

/// <summary>
/// An immutable stretch of items that shares its array with the stretches it was made from. Adding at either end costs O(1) amortised: the first to add
/// claims the free slot beside its stretch, whoever comes later to the same slot gets an array of their own.
/// </summary>
/// <remarks>Safe from any thread: a slot is written once, by the thread that claimed it, before anybody can know a stretch that contains it.</remarks>
internal readonly struct SharedRun<T>
{
    private const int LeastRoom = 4;

    private readonly Slots? _slots;
    private readonly int _start;

    private SharedRun(Slots slots, int start, int count)
    {
        _slots = slots;
        _start = start;
        Count = count;
    }

    public int Count { get; }

    public T this[int index] => (uint)index < (uint)Count
        ? _slots!.Items[_start + index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{nameof(index)} must be from 0 to {Count - 1}.");

    public static SharedRun<T> Of(T[] items) => new(new Slots(items, 0, items.Length), 0, items.Length);

    public SharedRun<T> Append(T item)
    {
        if (_slots is null || !_slots.TryClaimBehind(_start + Count)) return WithRoom(isBehind: true).Append(item);
        _slots.Items[_start + Count] = item;
        return new(_slots, _start, Count + 1);
    }

    public SharedRun<T> Prepend(T item)
    {
        if (_slots is null || !_slots.TryClaimBefore(_start)) return WithRoom(isBehind: false).Prepend(item);
        _slots.Items[_start - 1] = item;
        return new(_slots, _start - 1, Count + 1);
    }

    /// <summary>The last <paramref name="count"/> items. Those dropped are kept alive until the array is copied, which is after as many more as are kept.</summary>
    public SharedRun<T> Last(int count) => count >= Count ? this : new(_slots!, _start + Count - count, count);

    /// <summary>The first <paramref name="count"/> items; see <see cref="Last"/>.</summary>
    public SharedRun<T> First(int count) => count >= Count ? this : new(_slots!, _start, count);

    /// <summary>Whether both are stretches of one array that begin at one place, so that all they have in common are the same items.</summary>
    public bool BeginsLike(SharedRun<T> other) => _slots is not null && ReferenceEquals(_slots, other._slots) && _start == other._start;

    public T[] ToArray() => _slots is null ? [] : _slots.Items.AsSpan(_start, Count).ToArray();

    /// <summary>
    /// The same items in an array of their own, with as much room at the end that grows as there are items, and with the room that is left at the other: most lists grow at one
    /// end alone (W10 in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    private SharedRun<T> WithRoom(bool isBehind)
    {
        var room = Math.Max(LeastRoom, Count);
        var left = _slots is null ? 0 : Math.Min(room, isBehind ? _start : _slots.Items.Length - _start - Count);
        var (front, back) = isBehind ? (left, room) : (room, left);
        var items = new T[front + Count + back];
        if (_slots is not null)
            Array.Copy(_slots.Items, _start, items, front, Count);
        return new(new Slots(items, front, front + Count), front, Count);
    }

    /// <summary>An array, and how far it is taken.</summary>
    private sealed class Slots(T[] items, int front, int back)
    {
        private int _front = front;
        private int _back = back;

        public T[] Items { get; } = items;

        public bool TryClaimBehind(int back) => back < Items.Length && Interlocked.CompareExchange(ref _back, back + 1, back) == back;

        public bool TryClaimBefore(int front) => front > 0 && Interlocked.CompareExchange(ref _front, front - 1, front) == front;
    }
}
