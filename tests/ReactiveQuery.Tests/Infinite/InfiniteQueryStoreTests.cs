using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Infinite;

public class InfiniteQueryStoreTests : ClientTest
{
    private readonly Dictionary<int, TaskCompletionSource<string>> _answers = [];

    [Fact]
    public void Flags_say_what_is_there_and_what_is_on_its_way()
    {
        using var store = NewClient().CreateInfiniteStore(Letters(), "t");
        var (hasNext, hasPrevious) = (Seen(store.HasNextPage), Seen(store.HasPreviousPage));
        var (isNext, isPrevious, loading) = (Seen(store.IsFetchingNextPage), Seen(store.IsFetchingPreviousPage), Seen(store.Loading));
        Answer(0, "a");
        store.FetchNextPage();
        Answer(1, "z");
        store.FetchPreviousPage();
        Answer(-1, "z");
        Assert.Equal([false, true, false], hasNext);
        Assert.Equal([false, true, false], hasPrevious);
        Assert.Equal([false, true, false], isNext);
        Assert.Equal([false, true, false], isPrevious);
        Assert.Equal([true, false, true, false, true, false], loading);
        Assert.Equal("|z|a|z|", store.Current.Data!.ToString());
    }

    [Fact]
    public void Awaited_pages_end_when_they_have_landed_or_failed()
    {
        using var store = NewClient().CreateInfiniteStore(Letters(), "t");
        using var watching = store.Subscribe();
        Answer(0, "a");
        var next = store.FetchNextPageAsync();
        var previous = store.FetchPreviousPageAsync();
        Assert.False(next.IsCompleted);
        Answer(1, "b");
        Assert.True(next.IsCompletedSuccessfully);
        Assert.False(previous.IsCompleted);
        _answers[-1].SetException(Boom);
        Assert.True(previous.IsCompletedSuccessfully);
        Assert.Same(Boom, store.Current.Error);
        Assert.Equal(2, store.Current.Data!.Count);
    }

    [Fact]
    public void A_store_turns_to_other_parameters_and_refetches()
    {
        var client = NewClient();
        var query = Query.DefineInfinite("q", (string topic, int cursor) => Task.FromResult($"{topic}{cursor}"), 0, _ => 1);
        using var store = client.CreateInfiniteStore(query, "x");
        var data = Seen(store.Data.Select(pages => string.Concat(pages.Pages)));
        store.FetchNextPage();
        store.UpdateParams("y");
        store.FetchNextPage();
        store.Refetch();
        Assert.True(store.RefetchAsync().IsCompletedSuccessfully);
        Assert.Equal("y", store.Parameters);
        Assert.Equal(["x0", "x0x1", "y0", "y0y1"], data);
    }

    [Fact]
    public void A_trigger_drives_the_pages_until_the_store_is_disposed()
    {
        using var scrolled = new Subject<Unit>();
        var client = NewClient();
        var store = client.CreateInfiniteStore(Letters(), "t");
        using var watching = store.Subscribe();
        store.FetchNextPageOn(scrolled);
        var ended = store.FetchPreviousPageOn(scrolled);
        Answer(0, "a");
        ended.Dispose();
        scrolled.OnNext(Unit.Default);
        scrolled.OnNext(Unit.Default);
        Assert.Equal([0, 1], _answers.Keys);
        store.Dispose();
        Assert.False(scrolled.HasObservers);
        scrolled.OnNext(Unit.Default);
        Assert.Equal([0, 1], _answers.Keys);
        Assert.Throws<ObjectDisposedException>(store.FetchNextPage);
        Assert.Throws<ArgumentNullException>("trigger", () => store.FetchNextPageOn(null!));
    }

    [Fact]
    public void A_trigger_that_fails_is_reported_and_harms_nobody()
    {
        using var scrolled = new Subject<Unit>();
        using var store = NewClient().CreateInfiniteStore(Letters(), "t");
        using var watching = store.Subscribe();
        store.FetchPreviousPageOn(scrolled);
        scrolled.OnError(Boom);
        Assert.Equal((Boom, UnobservedErrorOrigin.Trigger), (Assert.Single(Unobserved).Exception, Unobserved[0].Origin));
    }

    [Fact]
    public void A_cursor_function_that_throws_counts_as_no_page_and_is_reported()
    {
        var query = Query.DefineInfinite("q", (int cursor) => Task.FromResult(cursor), 0, _ => throw Boom);
        using var store = NewClient().CreateInfiniteStore(query);
        Assert.Equal([false], Seen(store.HasNextPage));
        Assert.All(Unobserved, error => Assert.Same(Boom, error.Exception));
        Assert.NotEmpty(Unobserved);
    }

    [Fact]
    public void An_optimistic_patch_of_items_lies_over_the_pages()
    {
        var query = Query.DefineInfinite("q", (int cursor) => Task.FromResult(new[] { cursor, cursor + 10 }), 0, page => page[0] + 1);
        using var store = NewClient().CreateInfiniteStore(query);
        using var watching = store.Subscribe();
        var patch = store.Mutate(data => data.UpdateItems(page => page, (_, items) => [.. items], item => item >= 10 ? -1 : item));
        store.FetchNextPage();
        Assert.Equal([0, -1, 1, -1], store.Current.Data!.Flatten<int>(page => page));
        patch.Rollback();
        Assert.Equal([0, 10, 1, 11], store.Current.Data!.Flatten<int>(page => page));
        store.Mutate(data => data.Select(_ => []));
        store.RollbackAll();
        Assert.Equal(4, store.Current.Data!.Flatten<int>(page => page).Count);
    }

    /// <summary>Letters at the places of the cursors, answered by the test; nothing follows a z.</summary>
    private InfiniteQueryDefinition<string, int, string> Letters() =>
        Query.DefineInfinite("q", (string _, int cursor, CancellationToken _) => (_answers[cursor] = new()).Task, 0, _ => null).WithCursors(
            (last, all) => last == "z" ? null : all.Cursors[^1] + 1,
            (first, all) => first == "z" ? null : all.Cursors[0] - 1);

    private void Answer(int cursor, string page) => _answers[cursor].SetResult(page);

    private static List<T> Seen<T>(IObservable<T> source)
    {
        List<T> seen = [];
        source.Subscribe(seen.Add);
        return seen;
    }
}
