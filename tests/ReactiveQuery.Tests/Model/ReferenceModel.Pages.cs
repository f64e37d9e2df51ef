namespace ReactiveQuery.Tests.Model;

/// <content>Infinite queries: one page at an end, or all pages anew. A page is never superseded; what is asked for meanwhile waits for its end.</content>
internal sealed partial class ReferenceModel
{
    private readonly Dictionary<TestKey, ServerList> _lists = TestKey.All.ToDictionary(k => k, _ => new ServerList(0, 2));

    public ServerList List(TestKey key) => _lists[key];

    public void Resize(TestKey key, ServerList list) => _lists[key] = list;

    public void FetchPage(TestKey key, PageDirection direction, int? waiterId)
    {
        LetQueriesGo();
        var entry = Open(key, brings: true);
        if (waiterId is not null || entry.Observers.Count == 0)
        {
            var waiter = new ModelWaiter(waiterId ?? 0, entry.HasData ? 0 : entry.Epoch, wantsData: false) { Direction = entry.HasData ? direction : PageDirection.None };
            entry.Waiters.Add(waiter);
            entry.UnheldSince = null; // A passenger, even if there turns out to be no such page.
            if (waiterId is { } id) _waiters.Add(id, waiter);
        }

        if (entry.HasData) Want(entry, direction);
        else Trigger(entry);
        Tidy(entry);
    }

    private void Want(ModelEntry entry, PageDirection direction)
    {
        if (entry.Fetch?.Direction == direction) return;
        if (!entry.Wanted.Contains(direction)) entry.Wanted.Add(direction);
        TakeUpWanted(entry);
    }

    private void TakeUpWanted(ModelEntry entry)
    {
        while (entry is { Fetch: null, HasPassengers: true, Wanted: [var direction, ..] })
        {
            entry.Wanted.RemoveAt(0);
            if (direction == PageDirection.None) Start(entry);
            else if (!TryStartPage(entry, direction)) Answer(entry, direction);
        }
    }

    private bool TryStartPage(ModelEntry entry, PageDirection direction)
    {
        var pages = PageText.Pages(entry.Data);
        if ((direction == PageDirection.Next ? PageText.Next(pages[^1]) : PageText.Previous(pages[0])) is not { } cursor) return false;
        Begin(entry, new ModelFetch(entry.Epoch, ++entry.FetchesBegun, direction) { Cursor = cursor, Edge = EdgeOf(direction, pages) });
        return true;
    }

    private static void Answer(ModelEntry entry, PageDirection direction)
    {
        foreach (var waiter in entry.Waiters.FindAll(w => w.Direction == direction))
        {
            waiter.Succeed(entry.Shown!);
            entry.Waiters.Remove(waiter);
        }
    }

    /// <summary>The page joins what is there now. Where its end has changed meanwhile, it may be there already: then it is the newer.</summary>
    private void PageLanded(ModelEntry entry, ModelFetch fetch, string page)
    {
        var pages = PageText.Pages(entry.Data);
        var there = EdgeOf(fetch.Direction, pages) == fetch.Edge ? -1 : pages.FindIndex(p => PageText.Cursor(p) == fetch.Cursor);
        if (there >= 0)
        {
            pages[there] = page;
        }
        else if (fetch.Direction == PageDirection.Next)
        {
            pages.Add(page);
            if (pages.Count > entry.Key.MaxPages) pages.RemoveAt(0);
        }
        else
        {
            pages.Insert(0, page);
            if (pages.Count > entry.Key.MaxPages) pages.RemoveAt(pages.Count - 1);
        }

        // One page more makes the others no younger.
        (entry.Settled, entry.Data, entry.Error, entry.Failures) = (QueryStatus.Success, PageText.List(pages), null, 0);
        Landed(entry, fetch);
    }

    /// <summary>A walk begins where the list begins, and goes as far as the list goes.</summary>
    private static void Walk(ModelEntry entry, ModelFetch fetch)
    {
        var pages = PageText.Pages(entry.Data);
        fetch.Cursor = pages.Count > 0 ? PageText.Cursor(pages[0]) : PageText.FirstCursor;
        fetch.PagesLeft = Math.Clamp(pages.Count, 1, entry.Key.MaxPages);
    }

    /// <summary>A page of a walk has come; false when it was the last, because there were no more or are no more.</summary>
    private bool GoesOn(ModelEntry entry, ModelFetch fetch, string page)
    {
        fetch.Walked.Add(page);
        if (--fetch.PagesLeft == 0 || PageText.Next(page) is not { } next) return false;
        (fetch.Cursor, fetch.Failures, fetch.FailureReason) = (next, 0, null);
        Attempt(entry, fetch, isFirst: true);
        return true;
    }

    private static int EdgeOf(PageDirection direction, List<string> pages) => PageText.Cursor(direction == PageDirection.Next ? pages[^1] : pages[0]);
}
