namespace ReactiveQuery;

/// <content>The items of all pages as one list, and changes to pages and items that leave untouched pages as they are.</content>
public sealed partial class InfiniteData<TCursor, TPage>
{
    /// <summary>The items of all pages as one list. Nothing is copied, now or later.</summary>
    /// <typeparam name="TItem">The items.</typeparam>
    /// <param name="items">
    /// The items of a page; must be pure. First called when the list is first counted or indexed (once for each page), then once for each page enumerated
    /// and each item indexed.
    /// </param>
    /// <returns>A view. Counting it first costs O(pages), indexing O(log pages), enumerating O(items).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="items"/> gave null; thrown when the list is read.</exception>
    public IReadOnlyList<TItem> Flatten<TItem>(Func<TPage, IReadOnlyList<TItem>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new FlatList<TPage, TItem>(Pages, items);
    }

    /// <summary>The items of all pages as one sequence, for pages whose items are not a list. Nothing is copied.</summary>
    /// <typeparam name="TItem">The items.</typeparam>
    /// <param name="items">The items of a page; called once for each page of each enumeration.</param>
    /// <returns>A lazy sequence.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public IEnumerable<TItem> Flatten<TItem>(Func<TPage, IEnumerable<TItem>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Pages.SelectMany(items);
    }

    /// <summary>The list with its pages changed: for optimistic patches and for writes.</summary>
    /// <param name="change">Given a page, returns it as it is to be; the same instance leaves it untouched. Called once for each page, in order.</param>
    /// <returns>A new list under the same cursors that keeps untouched pages; this one, if all are untouched.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="change"/> is null.</exception>
    /// <remarks><example><code>client.UpdateData(Posts, "rx", data => data.Select(page => page.Contains(id) ? page.Without(id) : page));</code></example></remarks>
    public InfiniteData<TCursor, TPage> Select(Func<TPage, TPage> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Changed((_, page) => change(page));
    }

    /// <summary>The list with its items changed, wherever they are.</summary>
    /// <typeparam name="TItem">The items.</typeparam>
    /// <param name="items">The items of a page.</param>
    /// <param name="withItems">Makes a page with other items; called only for pages of which an item changed: <c>(page, items) => page with { Items = items }</c>.</param>
    /// <param name="change">Given an item, returns it as it is to be; an equal one leaves it untouched.</param>
    /// <returns>A new list that keeps untouched pages; this one, if no item changed.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public InfiniteData<TCursor, TPage> UpdateItems<TItem>(
        Func<TPage, IReadOnlyList<TItem>> items, Func<TPage, IReadOnlyList<TItem>, TPage> withItems, Func<TItem, TItem> change)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(withItems);
        ArgumentNullException.ThrowIfNull(change);
        return Select(page => ChangedItems(items(page), change) is { } changed ? withItems(page, changed) : page);
    }

    /// <summary>This list with everything kept from an older one that is equal, page by page: what a query does with every value it receives.</summary>
    /// <param name="previous">The older list; null shares nothing.</param>
    /// <param name="share">
    /// Makes, from the old page and the new one in the same place, the page to keep; null: <see cref="StructuralSharing.Share{T}(T, T)"/>. For pages whose lists are
    /// to be opened: <c>(a, b) => b with { Items = StructuralSharing.Share(a.Items, b.Items) }</c>.
    /// </param>
    /// <returns><paramref name="previous"/> if it is equal as a whole.</returns>
    /// <remarks>To share the items of pages, set <c>ShareData = (a, b) => b.SharedWith(a, share)</c> on the definition.</remarks>
    public InfiniteData<TCursor, TPage> SharedWith(InfiniteData<TCursor, TPage>? previous, Func<TPage, TPage, TPage>? share = null)
    {
        if (previous is null) return this;
        if (!_entries.BeginsLike(previous._entries)) return Compared(previous, share);
        return previous.Count == Count ? previous : this; // A page that was added to the same array leaves nothing to compare.
    }

    /// <remarks>Apart, so that its closure is made only where there is something to compare (W10 in <c>benchmarks/WORKLOADS.md</c>).</remarks>
    private InfiniteData<TCursor, TPage> Compared(InfiniteData<TCursor, TPage> previous, Func<TPage, TPage, TPage>? share)
    {
        var shared = Changed((index, page) =>
            index >= previous.Count || IsSame(previous.PageAt(index), page) ? page
            : share is null ? StructuralSharing.Share(previous.PageAt(index), page) : share(previous.PageAt(index), page));
        return shared.Equals(previous) ? previous : shared;
    }

    private InfiniteData<TCursor, TPage> Changed(Func<int, TPage, TPage> change)
    {
        Entry[]? entries = null;
        for (var i = 0; i < Count; i++)
        {
            var (cursor, page) = _entries[i];
            var changed = change(i, page);
            if (!IsSame(page, changed))
                (entries ??= _entries.ToArray())[i] = new(cursor, changed);
        }

        return entries is null ? this : new(SharedRun<Entry>.Of(entries));
    }

    private static TItem[]? ChangedItems<TItem>(IReadOnlyList<TItem> items, Func<TItem, TItem> change)
    {
        TItem[]? changed = null;
        for (var i = 0; i < items.Count; i++)
        {
            var (before, after) = (items[i], change(items[i]));
            if (!EqualityComparer<TItem>.Default.Equals(before, after))
                (changed ??= [.. items])[i] = after;
        }

        return changed;
    }
}
