using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.InteropServices;

namespace ReactiveQuery;

internal sealed class ArraySharer<TItem>(IEqualityComparer<TItem>? comparer) : ContainerSharer
{
    public ArraySharer()
        : this(ItemMatch.DefaultComparer<TItem>())
    {
    }

    // Exactly this type: an array of a derived item type could not take the other items.
    public override bool Accepts(object previous) => previous.GetType() == typeof(TItem[]);

    public override object Share(object previous, object next) => Share((TItem[])previous, (TItem[])next, comparer);

    internal static TItem[] Share(TItem[] previous, TItem[] next, IEqualityComparer<TItem>? comparer)
    {
        var match = ItemMatch.Of<TItem>(previous, next, comparer);
        if (match.IsWhole(previous.Length, next.Length))
        {
            return previous;
        }

        var merged = new TItem[next.Length];
        return match.Merge(previous, next, merged, comparer) == 0 ? next : merged;
    }
}

internal sealed class ListSharer<TItem>(IEqualityComparer<TItem>? comparer) : ContainerSharer
{
    public ListSharer()
        : this(ItemMatch.DefaultComparer<TItem>())
    {
    }

    public override bool Accepts(object previous) => previous.GetType() == typeof(List<TItem>);

    public override object Share(object previous, object next)
    {
        ReadOnlySpan<TItem> before = CollectionsMarshal.AsSpan((List<TItem>)previous), after = CollectionsMarshal.AsSpan((List<TItem>)next);
        var match = ItemMatch.Of(before, after, comparer);
        if (match.IsWhole(before.Length, after.Length))
        {
            return previous;
        }

        var merged = new List<TItem>(after.Length);
        CollectionsMarshal.SetCount(merged, after.Length);
        return match.Merge(before, after, CollectionsMarshal.AsSpan(merged), comparer) == 0 ? next : merged;
    }
}

internal sealed class ImmutableArraySharer<TItem>(IEqualityComparer<TItem>? comparer) : ContainerSharer
{
    public ImmutableArraySharer()
        : this(ItemMatch.DefaultComparer<TItem>())
    {
    }

    public override bool Accepts(object previous) => previous is ImmutableArray<TItem>;

    public override object Share(object previous, object next)
    {
        var before = ImmutableCollectionsMarshal.AsArray((ImmutableArray<TItem>)previous);
        var after = ImmutableCollectionsMarshal.AsArray((ImmutableArray<TItem>)next);
        if (before is null || after is null)
        {
            return next;
        }

        var merged = ArraySharer<TItem>.Share(before, after, comparer);
        return ReferenceEquals(merged, before) ? previous
            : ReferenceEquals(merged, after) ? next
            : ImmutableCollectionsMarshal.AsImmutableArray(merged);
    }
}

/// <summary>Lists that cannot be read as a span: copied first, made anew from the merged items.</summary>
internal abstract class CopiedListSharer<TItem>(IEqualityComparer<TItem>? comparer) : ContainerSharer
{
    public sealed override object Share(object previous, object next)
    {
        TItem[] before = [.. (IReadOnlyList<TItem>)previous], after = [.. (IReadOnlyList<TItem>)next];
        var merged = ArraySharer<TItem>.Share(before, after, comparer);
        return ReferenceEquals(merged, before) ? previous
            : ReferenceEquals(merged, after) ? next
            : Create(merged, next);
    }

    protected abstract object Create(TItem[] merged, object next);
}

internal sealed class ImmutableListSharer<TItem>(IEqualityComparer<TItem>? comparer) : CopiedListSharer<TItem>(comparer)
{
    public ImmutableListSharer()
        : this(ItemMatch.DefaultComparer<TItem>())
    {
    }

    public override bool Accepts(object previous) => previous is ImmutableList<TItem>;

    protected override object Create(TItem[] merged, object next) => ImmutableList.Create(merged);
}

internal sealed class ReadOnlyListSharer<TItem>(IEqualityComparer<TItem>? comparer) : CopiedListSharer<TItem>(comparer)
{
    public ReadOnlyListSharer()
        : this(ItemMatch.DefaultComparer<TItem>())
    {
    }

    // The read-only collection that this made of a collection expression meets the next expression.
    public override bool Accepts(object previous) => previous is IReadOnlyList<TItem> && IsReadOnlyList(previous.GetType());

    protected override object Create(TItem[] merged, object next) => new ReadOnlyCollection<TItem>(merged);
}

/// <summary>A list of a type that cannot be made here: kept as a whole or not at all.</summary>
internal sealed class WholeListSharer<TItem>(IEqualityComparer<TItem>? comparer) : CopiedListSharer<TItem>(comparer)
{
    public override bool Accepts(object previous) => previous is IReadOnlyList<TItem>;

    protected override object Create(TItem[] merged, object next) => next;
}
