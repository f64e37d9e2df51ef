namespace ReactiveQuery;

/// <summary>One pending patch: a function over the data, and whether the server has confirmed it.</summary>
/// <param name="Id">Unique in its client; later patches have higher ones.</param>
/// <param name="Update">What it makes of the data, unless <see cref="Apply"/> says it otherwise. User code, pure.</param>
/// <param name="AppliedAt">When it was laid on.</param>
/// <param name="SettledAfter">Null while unsettled; else the number of the last fetch begun before it was committed.</param>
internal record OptimisticLayer<T>(long Id, Func<T, T>? Update, DateTimeOffset AppliedAt, int? SettledAfter = null)
{
    public long Id { get; private set; } = Id;

    public DateTimeOffset AppliedAt { get; private set; } = AppliedAt;

    public bool IsSettled => SettledAfter is not null;

    /// <summary>Gives it its number and its instant, as it is laid on; before anybody sees it.</summary>
    public OptimisticLayer<T> Laid(long id, DateTimeOffset at)
    {
        (Id, AppliedAt) = (id, at);
        return this;
    }

    public virtual T Apply(T data) => Update!(data);
}

/// <summary>The patch of a mutation's call, made of the function that all calls share and the arguments of the one.</summary>
internal sealed record OptimisticLayer<T, TArgs>(Func<T, TArgs, T> UpdateWith, TArgs Args) : OptimisticLayer<T>(0, null, default)
{
    public override T Apply(T data) => UpdateWith(data, Args);
}

/// <summary>
/// The pending patches of a query, oldest first. What is shown is always the fold of what the server last said and these. Immutable and pure: each change
/// gives a new stack, or the same one when it changes nothing.
/// </summary>
/// <remarks>
/// A stack that grew shares the array of the one it grew from: a slot is filled once, by whoever comes first, and never again, so that a patch on top of ten thousand
/// costs no more than one on top of none. Finding a patch costs the logarithm of their number, as long as they came in the order of their ids; taking one away costs a copy.
/// The first patch, mostly the only one, needs no array (W9 in <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal sealed class OptimisticLayers<T>
{
    public static readonly OptimisticLayers<T> None = new([], 0, 0, isSorted: true);

    private readonly OptimisticLayer<T>?[]? _slots; // Null where the patch is the only one.
    private readonly OptimisticLayer<T>? _only;
    private readonly object _patches; // With the count it tells which patches these are: a stack that differs only in what is settled keeps it.
    private readonly int _count;
    private readonly int _pending;
    private readonly bool _isSorted;

    private OptimisticLayers(OptimisticLayer<T>?[] slots, int count, int pending, bool isSorted, object? patches = null)
    {
        _patches = patches ?? slots;
        _isSorted = isSorted;
        _slots = slots;
        _count = count;
        _pending = pending;
    }

    private OptimisticLayers(OptimisticLayer<T> only, object patches)
    {
        _only = only;
        _patches = patches;
        _isSorted = true;
        _count = 1;
        _pending = only.IsSettled ? 0 : 1;
    }

    public bool IsEmpty => _count == 0;

    /// <summary>Whether some patch awaits its confirmation.</summary>
    public bool IsOptimistic => _pending > 0;

    public int Count => _count;

    public ReadOnlySpan<OptimisticLayer<T>> All =>
        (_slots is null ? new ReadOnlySpan<OptimisticLayer<T>?>(in _only) : new ReadOnlySpan<OptimisticLayer<T>?>(_slots, 0, _count))!;

    /// <summary>Lays a patch on top. Stacks that share an array are pushed upon by one thread at a time.</summary>
    public OptimisticLayers<T> Push(OptimisticLayer<T> layer)
    {
        if (_count == 0) return new(layer, layer);
        var slots = _slots;
        if (slots is null || _count == slots.Length || slots[_count] is not null)
        {
            slots = new OptimisticLayer<T>?[_count * 2];
            All.CopyTo(slots!);
        }

        slots[_count] = layer;
        return new(slots, _count + 1, layer.IsSettled ? _pending : _pending + 1, _isSorted && (_count == 0 || slots[_count - 1]!.Id < layer.Id));
    }

    /// <summary>Whether the patch is there and still awaits its confirmation: only then can it be committed or rolled back.</summary>
    public bool IsPending(long id) => IndexOf(id) is >= 0 and var index && !All[index].IsSettled;

    public OptimisticLayers<T> Without(long id)
    {
        var index = IndexOf(id);
        if (index < 0) return this;
        if (_count == 1) return None;
        var slots = new OptimisticLayer<T>?[_count - 1];
        All[..index].CopyTo(slots!);
        All[(index + 1)..].CopyTo(slots.AsSpan(index)!);
        return new(slots, slots.Length, All[index].IsSettled ? _pending : _pending - 1, _isSorted);
    }

    public OptimisticLayers<T> WithoutPending() => _pending == 0 ? this : Where(static (layer, _) => layer.IsSettled, 0);

    public OptimisticLayers<T> WithoutPending(long id) => IsPending(id) ? Without(id) : this;

    /// <summary>The patch keeps its place until a value comes from a fetch that began after this.</summary>
    public OptimisticLayers<T> Settle(long id, int fetchesBegun)
    {
        if (!IsPending(id)) return this;
        if (_only is not null) return new(_only with { SettledAfter = fetchesBegun }, _patches);
        var index = IndexOf(id);
        OptimisticLayer<T>?[] slots = [.. All];
        slots[index] = slots[index]! with { SettledAfter = fetchesBegun };
        return new(slots, slots.Length, _pending - 1, _isSorted, _patches);
    }

    /// <summary>A value came from fetch number <paramref name="fetch"/>: it knows what was confirmed before it began.</summary>
    public OptimisticLayers<T> Confirm(int fetch) =>
        _pending == _count ? this : Where(static (layer, fetch) => layer.SettledAfter is not { } after || after >= fetch, fetch);

    /// <summary>Whether this is <paramref name="other"/>, settled or not, with perhaps more patches on top.</summary>
    public bool Extends(OptimisticLayers<T> other)
    {
        if (_slots is not null && ReferenceEquals(_slots, other._slots)) return _count >= other._count;
        if (ReferenceEquals(_patches, other._patches)) return _count == other._count;
        if (_count <= other._count) return false;
        for (var i = 0; i < other._count; i++)
            if (!ReferenceEquals(All[i], other.All[i]))
                return false;
        return true;
    }

    private int IndexOf(long id)
    {
        if (!_isSorted) return IndexAmongUnsorted(id);
        var all = All;
        var (from, to) = (0, all.Length - 1);
        while (from <= to)
        {
            var middle = (from + to) >>> 1;
            var found = all[middle].Id;
            if (found == id) return middle;
            if (found < id)
                from = middle + 1;
            else
                to = middle - 1;
        }

        return -1;
    }

    private int IndexAmongUnsorted(long id)
    {
        var all = All;
        for (var i = 0; i < all.Length; i++)
            if (all[i].Id == id)
                return i;
        return -1;
    }

    private OptimisticLayers<T> Where(Func<OptimisticLayer<T>, int, bool> isKept, int argument)
    {
        var slots = new OptimisticLayer<T>?[_count];
        var (count, pending) = (0, 0);
        foreach (var layer in All)
        {
            if (!isKept(layer, argument)) continue;
            slots[count++] = layer;
            pending += layer.IsSettled ? 0 : 1;
        }

        return count == _count ? this : count == 0 ? None : new(slots, count, pending, _isSorted);
    }
}
