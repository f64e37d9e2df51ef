using System.Collections;

namespace ReactiveQuery;

// For native AOT, where no sharer can be made for an item type that is known at run time only.

/// <summary>Shares the items of an array of references; keeps other lists as a whole or not at all.</summary>
internal sealed class UntypedListSharer(Type type) : ContainerSharer
{
    public override bool Accepts(object previous) => previous.GetType() == type;

    public override object Share(object previous, object next)
    {
        if (previous is object?[] before && next is object?[] after)
        {
            return ShareArray(before, after);
        }

        var readable = !IsUninitialized(previous) && !IsUninitialized(next);
        return (readable ? ItemsEqual((IList)previous, (IList)next) : previous.Equals(next)) ? previous : next;
    }

    private static object?[] ShareArray(object?[] previous, object?[] next)
    {
        var match = ItemMatch.Of<object?>(previous, next, EqualityComparer<object?>.Default);
        if (match.IsWhole(previous.Length, next.Length))
        {
            return previous;
        }

        // A span of object cannot be written into an array of a derived type; its clone can take what came from such an array.
        var items = new object?[next.Length];
        if (match.Merge(previous, next, items, EqualityComparer<object?>.Default) == 0)
        {
            return next;
        }

        var merged = (object?[])next.Clone();
        Array.Copy(items, merged, items.Length);
        return merged;
    }

    // A default ImmutableArray refuses to be read; only its hash tells it apart here.
    private static bool IsUninitialized(object list) => list is ValueType && list.GetHashCode() == 0;

    private static bool ItemsEqual(IList previous, IList next)
    {
        if (previous.Count != next.Count)
        {
            return false;
        }

        for (var i = 0; i < next.Count; i++)
        {
            if (!Equals(previous[i], next[i]))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Keeps a dictionary as a whole or not at all.</summary>
internal sealed class UntypedDictionarySharer(Type type) : ContainerSharer
{
    public override bool Accepts(object previous) => previous.GetType() == type;

    public override object Share(object previous, object next) => ValuesEqual((IDictionary)previous, (IDictionary)next) ? previous : next;

    private static bool ValuesEqual(IDictionary previous, IDictionary next)
    {
        if (previous.Count != next.Count)
        {
            return false;
        }

        foreach (DictionaryEntry entry in next)
        {
            if (!previous.Contains(entry.Key) || !Equals(previous[entry.Key], entry.Value))
            {
                return false;
            }
        }

        return true;
    }
}
