namespace ReactiveQuery;

/// <summary>How two lists overlap: so many equal items at the front, so many at the back.</summary>
internal readonly record struct ItemMatch(int Prefix, int Suffix)
{
    public static ItemMatch Of<TItem>(ReadOnlySpan<TItem> previous, ReadOnlySpan<TItem> next, IEqualityComparer<TItem>? comparer)
    {
        var common = Math.Min(previous.Length, next.Length);
        var prefix = 0;
        while (prefix < common && Same(previous[prefix], next[prefix], comparer))
        {
            prefix++;
        }

        var suffix = 0;
        while (suffix < common - prefix && Same(previous[^(suffix + 1)], next[^(suffix + 1)], comparer))
        {
            suffix++;
        }

        return new ItemMatch(prefix, suffix);
    }

    /// <summary>Whether the lists are equal in order and number.</summary>
    public bool IsWhole(int previousLength, int nextLength) => previousLength == nextLength && Prefix == nextLength;

    /// <summary>Writes the new list with the old items where they are equal, and returns how many those are.</summary>
    public int Merge<TItem>(ReadOnlySpan<TItem> previous, ReadOnlySpan<TItem> next, Span<TItem> merged, IEqualityComparer<TItem>? comparer)
    {
        previous[..Prefix].CopyTo(merged);
        previous[^Suffix..].CopyTo(merged[^Suffix..]);
        var kept = Prefix + Suffix;
        for (var i = Prefix; i < next.Length - Suffix; i++)
        {
            if (i < previous.Length && Same(previous[i], next[i], comparer))
            {
                merged[i] = previous[i];
                kept++;
            }
            else
            {
                merged[i] = next[i];
            }
        }

        return kept;
    }

    // No comparer means the default one of a value type, which the compiler inlines.
    public static bool Same<TItem>(TItem previous, TItem next, IEqualityComparer<TItem>? comparer)
    {
        if (typeof(TItem).IsValueType)
        {
            return comparer is null ? EqualityComparer<TItem>.Default.Equals(previous, next) : comparer.Equals(previous, next);
        }

        return ReferenceEquals(previous, next) || comparer!.Equals(previous, next);
    }

    public static IEqualityComparer<TItem>? DefaultComparer<TItem>() => typeof(TItem).IsValueType ? null : EqualityComparer<TItem>.Default;
}
