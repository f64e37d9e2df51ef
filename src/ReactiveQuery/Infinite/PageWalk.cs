namespace ReactiveQuery;

/// <summary>
/// How far a first load or a refetch has come, pure and immutable: as many pages as there were, in order, each with the cursor that the freshly fetched
/// page before it gives.
/// </summary>
internal sealed record PageWalk<TCursor, TPage>
{
    private readonly Paging<TCursor, TPage> _paging;
    private readonly int _left;

    private PageWalk(Paging<TCursor, TPage> paging, InfiniteData<TCursor, TPage> walked, PageCursor<TCursor>? cursor, int left)
    {
        _paging = paging;
        _left = left;
        Walked = walked;
        Cursor = cursor;
    }

    /// <summary>The pages fetched so far.</summary>
    public InfiniteData<TCursor, TPage> Walked { get; }

    /// <summary>The cursor of the page to fetch now; null when the walk has ended.</summary>
    public PageCursor<TCursor>? Cursor { get; }

    public bool IsWhole => Cursor is null;

    /// <summary>A walk over what is there, from its first page on; over one page where there is nothing yet.</summary>
    public static PageWalk<TCursor, TPage> Over(Paging<TCursor, TPage> paging, InfiniteData<TCursor, TPage>? old) =>
        old is { Count: > 0 }
            ? new(paging, InfiniteData<TCursor, TPage>.Empty, new(old.CursorAt(0)), Math.Min(old.Count, paging.MaxPages))
            : new(paging, InfiniteData<TCursor, TPage>.Empty, new(paging.FirstCursor), 1);

    /// <summary>One page further. The list has shrunk where the fresh page says that nothing follows: the walk then ends early.</summary>
    public PageWalk<TCursor, TPage> Step(TPage page)
    {
        var walked = Walked.Append(Cursor!.Value.Value!, page);
        return new(_paging, walked, _left > 1 ? _paging.CursorOf(PageDirection.Next, walked) : null, _left - 1);
    }
}
