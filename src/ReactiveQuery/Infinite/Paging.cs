namespace ReactiveQuery;

/// <summary>The rules of one infinite query, pure but for the user's cursor functions: which page next, where it goes, how many are kept.</summary>
/// <param name="FirstCursor">The cursor of the first page; null is a cursor here.</param>
/// <param name="Next">From the last page and all pages, the cursor of the page behind it.</param>
/// <param name="Previous">From the first page and all pages, the cursor of the page before it; null: the list does not grow to the front.</param>
/// <param name="MaxPages">How many pages are kept.</param>
internal sealed record Paging<TCursor, TPage>(
    TCursor FirstCursor,
    Func<TPage, InfiniteData<TCursor, TPage>, PageCursor<TCursor>?> Next,
    Func<TPage, InfiniteData<TCursor, TPage>, PageCursor<TCursor>?>? Previous,
    int MaxPages)
{
    /// <summary>The cursor of the page to fetch in a direction; null when there is none. What a cursor function throws is thrown.</summary>
    public PageCursor<TCursor>? CursorOf(PageDirection direction, InfiniteData<TCursor, TPage> data)
    {
        if (data.Count == 0)
            return direction == PageDirection.Previous ? null : new PageCursor<TCursor>(FirstCursor);
        var cursor = direction == PageDirection.Previous
            ? Previous?.Invoke(data.PageAt(0), data)
            : Next(data.PageAt(data.Count - 1), data);
        return cursor is { Value: not null } ? cursor : null;
    }

    /// <summary>The list with a page more in a direction; where that makes too many, those at the other end go.</summary>
    public InfiniteData<TCursor, TPage> Add(PageDirection direction, InfiniteData<TCursor, TPage> data, TCursor cursor, TPage page) =>
        direction == PageDirection.Previous
            ? data.Prepend(cursor, page).First(MaxPages)
            : data.Append(cursor, page).Last(MaxPages);

    /// <summary>
    /// As <see cref="Add"/>, onto a list that may have been written since the page was asked for: if the end of the list is another than <paramref name="edge"/>
    /// and the list holds a page of that cursor, the page takes the place of that one and none is doubled.
    /// </summary>
    public InfiniteData<TCursor, TPage> Land(
        PageDirection direction, InfiniteData<TCursor, TPage> data, TCursor cursor, TPage page, PageCursor<TCursor>? edge)
    {
        if (Edge(direction, data) == edge) return Add(direction, data, cursor, page);
        for (var i = 0; i < data.Count; i++)
            if (EqualityComparer<TCursor>.Default.Equals(data.CursorAt(i), cursor))
                return data.WithPage(i, page);
        return Add(direction, data, cursor, page);
    }

    /// <summary>The cursor of the page at the end in a direction; null without pages.</summary>
    public static PageCursor<TCursor>? Edge(PageDirection direction, InfiniteData<TCursor, TPage> data) =>
        data.Count == 0 ? null : new PageCursor<TCursor>(direction == PageDirection.Previous ? data.CursorAt(0) : data.CursorAt(data.Count - 1));
}
