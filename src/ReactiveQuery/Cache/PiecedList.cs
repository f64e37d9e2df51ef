using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>
/// A list that grows by pieces. One array of as many would stand among the large objects, and each that takes its place when it has become too small brings a full collection
/// nearer: a good third of the time that it takes to make a hundred thousand queries (W4 in <c>benchmarks/WORKLOADS.md</c>). Must not be copied.
/// </summary>
internal struct PiecedList<T>
    where T : class
{
    private const int Bits = 11;
    private const int PieceLength = 1 << Bits;
    private const int FewPlaces = 16;
    private T?[]? _first; // As long as need be; the others are whole from the beginning.
    private T?[]?[]? _others;

    public int Count { get; private set; }

    public readonly T? this[int index] // By value: a reference to a place asks first what the array is of.
    {
        get => PieceOf(index)[index & (PieceLength - 1)];
        set => PieceOf(index)[index & (PieceLength - 1)] = value;
    }

    public void Add(T item)
    {
        if (Count < PieceLength)
            MakeRoomInFirst();
        else if ((Count & (PieceLength - 1)) == 0)
            MakeRoomFor((Count >> Bits) - 1);
        this[Count++] = item;
    }

    /// <summary>Takes out the last one.</summary>
    /// <remarks>A piece that has become empty stays until the one before it is, so that a list that goes up and down there makes none.</remarks>
    public T? Pop()
    {
        var last = this[--Count];
        this[Count] = null;
        if (Count == 0 && _first!.Length > FewPlaces)
            (_first, _others) = (null, null);
        else if ((Count & (PieceLength - 1)) == 0 && Count >> Bits is var emptied && emptied < _others?.Length)
            _others[emptied] = null;
        return last;
    }

    /// <summary>Takes out all of which <paramref name="isGone"/> holds; the rest keep their order.</summary>
    public void RemoveAll(Predicate<T?> isGone)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (this[i] is var item && isGone(item)) continue;
            this[kept++] = item;
        }

        while (Count > kept)
            Pop();
    }

    /// <summary>Adds all to a list; there must be none that was set to null.</summary>
    public readonly void CopyTo(List<T> list)
    {
        list.AddRange<T>(_first.AsSpan(0, Math.Min(Count, PieceLength))!);
        for (var piece = 1; piece << Bits < Count; piece++)
            list.AddRange<T>(_others![piece - 1].AsSpan(0, Math.Min(Count - (piece << Bits), PieceLength))!);
    }

    private readonly T?[] PieceOf(int index) => index < PieceLength ? _first! : _others![(index >> Bits) - 1]!;

    [MemberNotNull(nameof(_first))]
    private void MakeRoomInFirst()
    {
        if (_first is null)
            _first = new T?[4];
        else if (Count == _first.Length)
            Array.Resize(ref _first, 2 * Count);
    }

    private void MakeRoomFor(int piece)
    {
        if (_others is null)
            _others = new T?[4][];
        else if (piece == _others.Length)
            Array.Resize(ref _others, 2 * piece);
        _others[piece] ??= new T?[PieceLength];
    }
}
