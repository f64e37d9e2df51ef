using System.Collections;

namespace ReactiveQuery;

/// <summary>The items of many pages as one list, found by the place where each page ends.</summary>
internal sealed class FlatList<TPage, TItem>(IReadOnlyList<TPage> pages, Func<TPage, IReadOnlyList<TItem>> items) : IReadOnlyList<TItem>
{
    /// <summary>For each page the number of items up to its end; made when first asked for. Two threads may make it at once: they make the same.</summary>
    private int[]? _ends;

    public int Count => Ends is [.., var last] ? last : 0;

    public TItem this[int index]
    {
        get
        {
            if (index < 0 || index >= Count)
                throw new ArgumentOutOfRangeException(nameof(index), index, $"{nameof(index)} must be from 0 to {Count - 1}.");
            var page = PageOf(index);
            return ItemsOf(pages[page])[page == 0 ? index : index - Ends[page - 1]];
        }
    }

    private int[] Ends => Volatile.Read(ref _ends) ?? MakeEnds();

    public IEnumerator<TItem> GetEnumerator()
    {
        foreach (var page in pages)
            foreach (var item in ItemsOf(page))
                yield return item;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int[] MakeEnds()
    {
        var ends = new int[pages.Count];
        var end = 0;
        for (var i = 0; i < ends.Length; i++)
            ends[i] = end += ItemsOf(pages[i]).Count;
        Volatile.Write(ref _ends, ends);
        return ends;
    }

    /// <summary>The first page that ends behind the item; empty pages before it end no further than it begins.</summary>
    private int PageOf(int index)
    {
        var (low, high) = (0, Ends.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Ends[middle] > index)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private IReadOnlyList<TItem> ItemsOf(TPage page) =>
        items(page) ?? throw new InvalidOperationException("The function that gives the items of a page returned null.");
}
