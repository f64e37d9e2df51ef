using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>
/// The pending patches of a query, oldest first. What is shown is always the fold of what the server last said and these. Immutable and pure: each change
/// gives a new stack, or the same one when it changes nothing.
/// </summary>
/// <remarks>
/// The first patch, mostly the only one, is a stack by itself (W9 in <c>benchmarks/WORKLOADS.md</c>). A stack that grew shares the array of the one it grew from: a slot is
/// filled once, by whoever comes first, and never again, so that a patch on top of ten thousand costs no more than one on top of none. Finding a patch costs the logarithm
/// of their number, as long as they came in the order of their ids; taking one away costs a copy.
/// </remarks>
internal struct OptimisticLayers<T> : IEquatable<OptimisticLayers<T>>
{
    private object? _patches; // Null, the only patch, or several.

    private OptimisticLayers(object? patches) => _patches = patches;

    public static OptimisticLayers<T> None => default;

    public readonly bool IsEmpty => _patches is null;

    /// <summary>Whether some patch awaits its confirmation.</summary>
    public readonly bool IsOptimistic => Pending > 0;

    public readonly int Count => _patches is null ? 0 : Only is null ? Many.Count : 1;

    private readonly int Pending => _patches is null ? 0 : Only is not { } only ? Many.Pending : only.IsSettled ? 0 : 1;

    // Told apart by a class that is not generic: what the runtime shares for all types of data would look up the generic one each time (W9 in benchmarks/WORKLOADS.md).
    private readonly OptimisticHandle<T>? Only => _patches is OptimisticHandle ? Unsafe.As<OptimisticHandle<T>>(_patches) : null;

    /// <summary>Only if there are some and not <see cref="Only"/> one.</summary>
    private readonly Several Many => Unsafe.As<Several>(_patches!);

    public readonly OptimisticHandle<T> this[int index] => Only ?? Many.Slots[index]!;

    public static bool operator ==(OptimisticLayers<T> left, OptimisticLayers<T> right) => left.Equals(right);

    public static bool operator !=(OptimisticLayers<T> left, OptimisticLayers<T> right) => !left.Equals(right);

    /// <summary>The stack in a field that another thread may be writing.</summary>
    public static OptimisticLayers<T> Read(ref OptimisticLayers<T> field) => new(Volatile.Read(ref field._patches));

    /// <summary>Lays a patch on top. Stacks that share an array are pushed upon by one thread at a time.</summary>
    public readonly OptimisticLayers<T> Push(OptimisticHandle<T> patch)
    {
        if (_patches is null) return new(patch);
        var several = _patches as Several;
        var count = Count;
        var slots = several?.Slots;
        if (slots is null || count == slots.Length || slots[count] is not null)
            slots = CopyTo(new OptimisticHandle<T>?[count * 2]);
        slots[count] = patch;
        var isSorted = several is not { IsSorted: false } && slots[count - 1]!.Id < patch.Id;
        return new(new Several(slots, count + 1, patch.IsSettled ? Pending : Pending + 1, isSorted));
    }

    /// <summary>Whether the patch is there and still awaits its confirmation: only then can it be committed or rolled back.</summary>
    public readonly bool IsPending(long id) =>
        Only is { } only ? only.Id == id && !only.IsSettled : IndexOf(id) is >= 0 and var index && !this[index].IsSettled;

    public readonly OptimisticLayers<T> Without(long id)
    {
        if (Only is { } only) return only.Id == id ? None : this;
        return IndexOf(id) < 0 ? this : Where(static (patch, id) => patch.Id != id, id);
    }

    public readonly OptimisticLayers<T> WithoutPending() => Pending == 0 ? this : Where(static (patch, _) => patch.IsSettled, 0);

    public readonly OptimisticLayers<T> WithoutPending(long id) => IsPending(id) ? Without(id) : this;

    /// <summary>The patch keeps its place until a value comes from a fetch that began after this.</summary>
    public readonly OptimisticLayers<T> Settle(long id, int fetchesBegun)
    {
        if (!IsPending(id)) return this;
        if (Only is { } only) return new(only.Settled(fetchesBegun));
        var several = Many;
        var index = IndexOf(id);
        var slots = CopyTo(new OptimisticHandle<T>?[several.Count]);
        slots[index] = slots[index]!.Settled(fetchesBegun);
        return new(new Several(slots, several.Count, several.Pending - 1, several.IsSorted) { Identity = several.Identity });
    }

    /// <summary>A value came from fetch number <paramref name="fetch"/>: it knows what was confirmed before it began.</summary>
    public readonly OptimisticLayers<T> Confirm(int fetch) =>
        Pending == Count ? this : Where(static (patch, fetch) => patch.SettledAfter is not { } after || after >= fetch, fetch);

    /// <summary>Whether this is <paramref name="other"/>, settled or not, with perhaps more patches on top.</summary>
    public readonly bool Extends(OptimisticLayers<T> other)
    {
        if (Equals(other)) return true;
        if (_patches is Several several && other._patches is Several others)
        {
            if (ReferenceEquals(several.Slots, others.Slots)) return several.Count >= others.Count;
            if (ReferenceEquals(several.Identity, others.Identity)) return several.Count == others.Count;
        }

        if (Count < other.Count) return false;
        for (var i = 0; i < other.Count; i++)
            if (this[i].Id != other[i].Id)
                return false;
        return true;
    }

    /// <summary>Whether both are one stack.</summary>
    public readonly bool Equals(OptimisticLayers<T> other) => ReferenceEquals(_patches, other._patches);

    public override readonly bool Equals(object? obj) => obj is OptimisticLayers<T> other && Equals(other);

    public override readonly int GetHashCode() => RuntimeHelpers.GetHashCode(_patches);

    private readonly int IndexOf(long id)
    {
        if (_patches is null) return -1;
        return Only is not { } only ? Many.IndexOf(id) : only.Id == id ? 0 : -1;
    }

    private readonly OptimisticHandle<T>?[] CopyTo(OptimisticHandle<T>?[] slots)
    {
        if (Only is { } only)
            slots[0] = only;
        else
            Array.Copy(Many.Slots, slots, Many.Count);
        return slots;
    }

    private readonly OptimisticLayers<T> Where(Func<OptimisticHandle<T>, long, bool> isKept, long argument)
    {
        if (IsEmpty) return this;
        if (Only is { } only) return isKept(only, argument) ? this : None;
        var several = Many;
        var slots = new OptimisticHandle<T>?[several.Count];
        var (count, pending) = (0, 0);
        for (var i = 0; i < several.Count; i++)
        {
            var patch = several.Slots[i]!;
            if (!isKept(patch, argument)) continue;
            slots[count++] = patch;
            pending += patch.IsSettled ? 0 : 1;
        }

        return count == several.Count ? this : count <= 1 ? new(slots[0]) : new(new Several(slots, count, pending, several.IsSorted));
    }

    /// <summary>Two patches or more.</summary>
    private sealed class Several(OptimisticHandle<T>?[] slots, int count, int pending, bool isSorted)
    {
        public OptimisticHandle<T>?[] Slots => slots;

        public int Count => count;

        public int Pending => pending;

        public bool IsSorted => isSorted;

        /// <summary>With the count it tells which patches these are: a stack that differs only in what is settled keeps it.</summary>
        public object Identity { get; init; } = slots;

        public int IndexOf(long id)
        {
            if (!isSorted) return Array.FindIndex(slots, 0, count, patch => patch!.Id == id);
            var (from, to) = (0, count - 1);
            while (from <= to)
            {
                var middle = (from + to) >>> 1;
                var found = slots[middle]!.Id;
                if (found == id) return middle;
                if (found < id)
                    from = middle + 1;
                else
                    to = middle - 1;
            }

            return -1;
        }
    }
}
