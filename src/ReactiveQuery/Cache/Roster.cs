using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>
/// The members of something in the order they joined. Adding and removing cost O(1) amortised; a snapshot costs nothing, because
/// slots are only ever emptied, never reused, in an array somebody may be walking. An only member, which most queries have, needs no array (W2 and W4 in
/// <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
/// <remarks>Not synchronized: its owner holds its own lock around every call, and walks a <see cref="Snapshot"/> outside it.</remarks>
internal struct Roster<T>
    where T : class, IRosterMember
{
    private T? _only;
    private T?[]? _slots;
    private int _used;
    private int _count;

    /// <summary>How many members there are; may be asked without the owner's lock.</summary>
    public readonly int Count => Volatile.Read(in _count);

    /// <summary>The only member, if no other has been beside it.</summary>
    public readonly T? Only => _slots is null ? _only : null;

    /// <summary>The slots in use, some of them empty; members that join later are not seen through it.</summary>
    public readonly RosterSnapshot<T> Snapshot => new(_only, _slots, _used);

    public void Add(T member)
    {
        if (_used == 0 && _slots is null)
            _only = member;
        else
            Append(member);
        member.Slot = _used++;
        Volatile.Write(ref _count, _count + 1);
    }

    public readonly bool Contains(T member) =>
        _slots is null ? ReferenceEquals(_only, member) : member.Slot < _used && ReferenceEquals(_slots[member.Slot], member);

    /// <summary>Removes a member; false when it is not (or no longer) here.</summary>
    public bool Remove(T member)
    {
        if (!Contains(member))
            return false;
        if (_count == 1)
        {
            if (_slots is not null)
                _slots[member.Slot] = null;
            Clear();
            return true;
        }

        _slots![member.Slot] = null;
        Volatile.Write(ref _count, _count - 1);
        return true;
    }

    public void Clear()
    {
        _only = null;
        _slots = null;
        _used = 0;
        Volatile.Write(ref _count, 0);
    }

    private void Append(T member)
    {
        if (_slots is null || _used == _slots.Length)
            MakeRoom();
        _slots[_used] = member;
    }

    [MemberNotNull(nameof(_slots))]
    private void MakeRoom()
    {
        if (_slots is not null && _used == _count)
        {
            Array.Resize(ref _slots, _count * 2); // Everybody keeps their slot (W7 in benchmarks/WORKLOADS.md).
            return;
        }

        var slots = new T?[_count * 2];
        var used = 0;
        foreach (var member in Snapshot)
        {
            if (member is null) continue;
            member.Slot = used;
            slots[used++] = member;
        }

        _only = null;
        _slots = slots;
        _used = used;
    }
}

/// <summary>The slots of a <see cref="Roster{T}"/> that were in use at a moment; a member that has left since may be missing.</summary>
internal readonly ref struct RosterSnapshot<T>(T? only, T?[]? slots, int used)
    where T : class
{
    private readonly T? _only = only;
    private readonly T?[]? _slots = slots;
    private readonly int _used = used;

    public int Length => _used;

    /// <summary>What stands behind it: the only member, or the array.</summary>
    public object? Slots => _slots ?? (object?)_only;

    /// <summary>The only one, if no other had been beside it.</summary>
    public T? Only => _slots is null ? _only : null;

    /// <summary>What stands in one slot, now.</summary>
    public T? this[int slot] => _slots is null ? _only : _slots[slot];

    /// <summary>For a loop in which each reading of it would count.</summary>
    public void Deconstruct(out T? only, out T?[]? slots, out int used) => (only, slots, used) = (_only, _slots, _used);

    public Enumerator GetEnumerator() => new(this);

    public ref struct Enumerator(RosterSnapshot<T> members)
    {
        private readonly RosterSnapshot<T> _members = members;
        private int _next;

        public readonly T? Current => _members[_next - 1];

        public bool MoveNext() => _next++ < _members.Length;
    }
}

/// <summary>Remembers where in its roster it stands; written by the roster alone.</summary>
internal interface IRosterMember
{
    int Slot { get; set; }
}
