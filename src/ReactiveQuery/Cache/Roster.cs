namespace ReactiveQuery;

/// <summary>
/// The members of something in the order they joined. Adding and removing cost O(1) amortised; a snapshot costs nothing, because
/// slots are only ever emptied, never reused, in an array somebody may be walking.
/// </summary>
/// <remarks>Not synchronized: its owner holds its own lock around every call, and walks a <see cref="Snapshot"/> outside it.</remarks>
internal struct Roster<T>
    where T : class, IRosterMember
{
    private T?[]? _slots;
    private int _used;

    /// <summary>How many members there are.</summary>
    public int Count { get; private set; }

    /// <summary>The array behind <see cref="Snapshot"/>.</summary>
    public readonly T?[]? Slots => _slots;

    /// <summary>The slots in use, some of them empty; members that join later are not seen through it.</summary>
    public readonly ReadOnlyMemory<T?> Snapshot => _slots.AsMemory(0, _used);

    public void Add(T member)
    {
        if (_slots is null || _used == _slots.Length)
            MakeRoom();
        member.Slot = _used;
        _slots![_used++] = member;
        Count++;
    }

    public readonly bool Contains(T member) =>
        _slots is not null && member.Slot < _used && ReferenceEquals(_slots[member.Slot], member);

    /// <summary>Removes a member; false when it is not (or no longer) here.</summary>
    public bool Remove(T member)
    {
        if (!Contains(member))
            return false;
        _slots![member.Slot] = null;
        if (--Count == 0)
            Clear();
        return true;
    }

    public void Clear()
    {
        _slots = null;
        _used = 0;
        Count = 0;
    }

    private void MakeRoom()
    {
        var slots = new T?[Math.Max(1, Count * 2)];
        var used = 0;
        foreach (var member in Snapshot.Span)
        {
            if (member is null) continue;
            member.Slot = used;
            slots[used++] = member;
        }

        _slots = slots;
        _used = used;
    }
}

/// <summary>Remembers where in its roster it stands; written by the roster alone.</summary>
internal interface IRosterMember
{
    int Slot { get; set; }
}
