using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>A refetch walks all pages anew, in order, and swaps them in at once; it and a page fetch wait for each other.</summary>
public class InfiniteRefetch : InfinitePromise
{
    [Fact]
    public void A_refetch_walks_the_pages_in_order_and_swaps_them_in_at_once()
    {
        var client   = Client();
        var fetch    = Fetcher("--(d|)", "--(e|)", "--(f|)");
        var query    = Define(fetch);
        var expected = "o-r-----2--";

        client.SetData(query, Unit.Default, Pages("abc"));
        m.At(2, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['o'] = "abc", ['r'] = "abc*", ['2'] = "def" });
        m.Expect(fetch.Calls).ToBe("--^-!", "----^-!", "------^-!");
        Assert.Equal([0, 1, 2], Asked(fetch));
    }

    [Fact]
    public void A_refetch_takes_each_cursor_from_the_fresh_page_before()
    {
        var client   = Client();
        var fetch    = m.Fetcher<int, int>("-(7|)", "-(8|)", "-(9|)").WithValues(new() { ['7'] = 7, ['8'] = 8, ['9'] = 9 });
        var query    = Query.DefineInfinite("q", fetch.AsTask, 0, page => page + 1);
        var cursors  = client.ObserveInfinite(query).DistinctData().Select(data => string.Join(' ', data.Cursors));

        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 10).Append(11, 20).Append(21, 30));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.Expect(cursors).ToBe("o---n", new() { ['o'] = "0 11 21", ['n'] = "0 8 9" });
        Assert.Equal([0, 8, 9], fetch.History.Select(call => call.Params));
    }

    [Fact]
    public void A_refetch_ends_where_the_list_has_shrunk()
    {
        var client   = Client();
        var fetch    = Fetcher("-(d|)", "-(z|)");
        var query    = Define(fetch);
        var expected = "o-r-n--";

        client.SetData(query, Unit.Default, Pages("abcd"));
        m.At(2, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['o'] = "abcd", ['r'] = "abcd*", ['n'] = "dz" });
        Assert.Equal([0, 1], Asked(fetch));
    }

    [Fact]
    public void A_retry_goes_on_at_the_failed_page_and_counts_anew_for_each()
    {
        var client   = Client();
        var fetch    = Fetcher("-(d|)", "-#", "-(e|)", "-#", "-(f|)");
        var query    = Define(fetch).With(o => o with { Retry = RetryPolicy.Fixed(Frames(1), maxRetries: 1) });
        var expected = "or-1-r1-n";

        client.SetData(query, Unit.Default, Pages("abc"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['o'] = "abc", ['r'] = "abc*", ['1'] = "abc*1", ['n'] = "def" });
        Assert.Equal([0, 1, 1, 2, 2], Asked(fetch));
    }

    [Fact]
    public void A_failed_refetch_keeps_all_pages()
    {
        var client   = Client();
        var fetch    = Fetcher("-(d|)", "-#");
        var query    = Define(fetch);

        client.SetData(query, Unit.Default, Pages("abc"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("or-E---", new() { ['o'] = "abc", ['r'] = "abc*", ['E'] = "abcE" });
        Assert.Equal([0, 1], Asked(fetch));
    }

    [Fact]
    public void The_timeout_is_for_each_page()
    {
        var client   = Client();
        var fetch    = Fetcher("---(d|)", "---(e|)", "-----(f|)");
        var query    = Define(fetch).With(o => o with { Timeout = Frames(4) });

        client.SetData(query, Unit.Default, Pages("abc"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("or---------E", new() { ['o'] = "abc", ['r'] = "abc*", ['E'] = "abcE" });
        m.Expect(fetch.Calls).ToBe("-^--!", "----^--!", "-------^---!");
    }

    [Fact]
    public void A_page_asked_for_during_a_refetch_waits_for_it_and_is_fetched_from_the_new_end()
    {
        var client   = Client();
        var fetch    = m.Fetcher<int, int>("--(1|)", "--(2|)", "--(3|)").WithValues(new() { ['1'] = 100, ['2'] = 200, ['3'] = 300 });
        var query    = Query.DefineInfinite("q", fetch.AsTask, 0, page => page + 1);
        var states   = client.ObserveInfinite(query)
            .Select(state => (state.IsRefetching ? "r" : "") + (state.IsFetchingNextPage ? "n" : "") + string.Join(' ', state.Data!.Pages));

        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 10).Append(11, 20));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(states).ToBe("or---[wn]-e", new()
        {
            ['o'] = "10 20",
            ['r'] = "r10 20",
            ['w'] = "100 200",
            ['n'] = "n100 200",
            ['e'] = "100 200 300",
        });
        Assert.Equal([0, 101, 201], fetch.History.Select(call => call.Params));
    }

    [Fact]
    public void A_page_asked_for_during_a_refetch_that_finds_the_end_of_the_list_is_not_fetched()
    {
        var client   = Client();
        var fetch    = Fetcher("--(z|)");
        var query    = Define(fetch);
        var settled  = m.Record(Awaiting(async () =>
        {
            await client.FetchNextPageAsync(query, Unit.Default);
            return "n";
        }), "--^");

        client.SetData(query, Unit.Default, Pages("ab"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("or-z--", new() { ['o'] = "ab", ['r'] = "ab*" });
        Expect("---(n|)", settled);
        Assert.Equal([0], Asked(fetch));
    }

    [Fact]
    public void A_page_asked_for_during_a_refetch_that_fails_is_fetched_all_the_same()
    {
        var client   = Client();
        var fetch    = Fetcher("--#", "--(b|)");
        var query    = Define(fetch);

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(
            "or-[Ex]-2", new() { ['o'] = "a", ['r'] = "a*", ['E'] = "aE", ['x'] = "aE+", ['2'] = "ab" });
    }

    [Fact]
    public void A_refetch_asked_for_while_a_page_is_fetched_lets_it_land_and_walks_it_too()
    {
        var client   = Client();
        var fetch    = Fetcher("---(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch);
        var expected = "o-x--r-n";
        var settled  = m.Record(Awaiting(async () =>
        {
            await client.RefetchAsync(query, Unit.Default);
            return "r";
        }), "---^");

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.At(4, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['o'] = "a", ['x'] = "a+", ['r'] = "ab*", ['n'] = "cd" });
        Expect("-------(r|)", settled);
        Assert.Equal([1, 0, 1], Asked(fetch));
    }

    [Fact]
    public void An_invalidation_while_a_page_is_fetched_lets_it_land_and_walks_it_too()
    {
        var client   = Client();
        var fetch    = Fetcher("---(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch);
        var expected = "o-xs-r-n";   // the page lands on stale data and does not make it fresh
        var settled  = m.Record(Awaiting(async () =>
        {
            await client.InvalidateAsync(query, Unit.Default);
            return "i";
        }), "---^");

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(
            expected, new() { ['o'] = "a", ['x'] = "a+", ['s'] = "A+", ['r'] = "AB*", ['n'] = "cd" });
        Expect("-------(i|)", settled);
        Assert.Equal([1, 0, 1], Asked(fetch));
    }

    [Fact]
    public void A_failed_page_does_not_hold_up_the_refetch_behind_it()
    {
        var client   = Client();
        var fetch    = Fetcher("---#", "-(c|)");
        var query    = Define(fetch);

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.At(4, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("o-x--rc", new() { ['o'] = "a", ['x'] = "a+", ['r'] = "aE*" });
    }

    [Fact]
    public void An_interval_that_is_over_while_a_page_is_fetched_walks_after_it()
    {
        var client   = Client();
        var fetch    = Fetcher("---(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch);
        var states   = client.ObserveInfinite(query, o => o with { RefetchInterval = Frames(4) }).Pages();

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(states, "^-------!").ToBe("o-x--r-n", new() { ['o'] = "a", ['x'] = "a+", ['r'] = "ab*", ['n'] = "cd" });
    }

    [Fact]
    public void Whoever_comes_to_stale_data_while_a_page_is_fetched_has_it_walked_after()
    {
        var client   = Client();
        var fetch    = Fetcher("----(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch).With(o => o with { StaleTime = Frames(2), CacheTtl = Frames(100) });
        var late     = m.Record(client.ObserveInfinite(query).Pages(), "---^");

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(1, () => client.FetchNextPage(query, Unit.Default));
        Expect("---x-r-n-N", late, new() { ['x'] = "A+", ['r'] = "AB*", ['n'] = "cd", ['N'] = "CD" });
        Assert.Equal([1, 0, 1], Asked(fetch));
    }

    [Fact]
    public void Whoever_asks_for_fresh_data_while_a_page_is_fetched_is_answered_by_the_walk_after_it()
    {
        var client   = Client();
        var fetch    = Fetcher("---(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch).With(o => o with { StaleTime = TimeSpan.Zero });
        var answer   = m.Record(Awaiting(() => client.FetchAsync(query, Unit.Default)).Select(data => string.Concat(data.Pages)), "--^");

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(1, () => client.FetchNextPage(query, Unit.Default));
        Expect("------(n|)", answer, new() { ['n'] = "cd" });
    }

    [Fact]
    public void A_page_makes_the_list_no_fresher()
    {
        var client   = Client();
        var fetch    = Fetcher("-(b|)");
        var query    = Define(fetch).With(o => o with { StaleTime = Frames(5) });

        client.SetData(query, Unit.Default, Pages("a"));
        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("a--xbB----", new() { ['x'] = "a+", ['b'] = "ab", ['B'] = "AB" });
    }

    [Fact]
    public void A_refetch_during_a_refetch_begins_the_walk_anew_and_drops_late_pages()
    {
        var client   = Client();
        var fetch    = Fetcher("-(c|)", "----(d|)", "-(e|)", "-(f|)").IgnoringCancellation();
        var query    = Define(fetch);

        client.SetData(query, Unit.Default, Pages("ab"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        m.At(3, () => client.Refetch(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("or---n-----", new() { ['o'] = "ab", ['r'] = "ab*", ['n'] = "ef" });
        Assert.Equal([0, 1, 0, 1], Asked(fetch));
    }

    [Fact]
    public void The_last_observer_to_leave_ends_the_walk()
    {
        var client   = Client();
        var fetch    = Fetcher("--(c|)");
        var query    = Define(fetch);
        var states   = m.Record(client.ObserveInfinite(query).Pages(), "-^--!");

        client.SetData(query, Unit.Default, Pages("ab"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        Expect("-[or]-----", states, new() { ['o'] = "ab", ['r'] = "ab*" });
        m.Expect(fetch.Calls).ToBe("-^-!", "---^!");
    }

    [Fact]
    public void A_walk_of_a_fetcher_without_a_token_finishes_into_the_cache()
    {
        var client   = Client();
        var fetch    = Fetcher("--(c|)", "--(d|)");
        var query    = Query.DefineInfinite("q", (int cursor) => fetch.FetchAsync(cursor), firstCursor: 0, nextCursor: page => page == "c" ? 1 : null);
        var early    = m.Record(client.ObserveInfinite(query).Pages(), "-^-!");
        var late     = m.Record(client.ObserveInfinite(query).Pages(), "------^");

        client.SetData(query, Unit.Default, Pages("ab"));
        m.At(1, () => client.Refetch(query, Unit.Default));
        Expect("-[or]----", early, new() { ['o'] = "ab", ['r'] = "ab*" });
        Expect("------n", late, new() { ['n'] = "cd" });
    }

    [Fact]
    public void A_refetch_of_equal_pages_brings_no_new_data()
    {
        var client   = Client();
        var query    = Query.DefineInfinite("q", (int cursor) => Task.FromResult(new[] { cursor }), firstCursor: 0, nextCursor: page => page[0] + 1);
        var data     = client.ObserveInfinite(query).DistinctData().Select(pages => pages.Count);

        m.At(1, () => client.FetchNextPage(query, Unit.Default));
        m.At(3, () => client.Refetch(query, Unit.Default));
        m.Expect(data).ToBe("12--", new() { ['1'] = 1, ['2'] = 2 });
    }

    private static InfiniteData<int, string> Pages(string letters) =>
        letters.Index().Aggregate(InfiniteData<int, string>.Empty, (data, page) => data.Append(page.Index, $"{page.Item}"));
}
