using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.MarbleTests;

/// <summary>An infinite query grows page by page, at either end; no page is lost or doubled.</summary>
public class InfinitePages : InfinitePromise
{
    [Fact]
    public void The_first_load_brings_one_page_and_each_next_one_more()
    {
        var client   = Client();
        var fetch    = Fetcher("--(a|)", "--(b|)", "--(z|)");
        var query    = Define(fetch);
        var expected = "L-1-x-2-y-3";

        m.At(4, () => client.FetchNextPage(query, Unit.Default));
        m.At(8, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['1'] = "a", ['x'] = "a+", ['2'] = "ab", ['y'] = "ab+", ['3'] = "abz" });
        m.Expect(fetch.Calls).ToBe("^-!", "----^-!", "--------^-!");
        Assert.Equal([0, 1, 2], Asked(fetch));
    }

    [Fact]
    public void A_load_more_that_fires_ten_times_fetches_one_page()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "----(b|)");
        var query    = Define(fetch);
        var expected = "L1-x---2--";

        for (var n = 0; n < 10; n++)
            m.At(3 + (n / 3), () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['1'] = "a", ['x'] = "a+", ['2'] = "ab" });
        m.Expect(fetch.Calls).ToBe("^!", "---^---!");
    }

    [Fact]
    public void All_observers_share_the_pages_whoever_fetched_them()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "--(b|)");
        var query    = Define(fetch);
        var first    = m.Record(client.ObserveInfinite(query).Pages());
        var second   = m.Record(client.Observe(query).Pages(), "----^");

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        Expect("L1-x-2", first, new() { ['1'] = "a", ['x'] = "a+", ['2'] = "ab" });
        Expect("----x2", second, new() { ['x'] = "a+", ['2'] = "ab" });
    }

    [Fact]
    public void Without_a_next_page_nothing_happens()
    {
        var client   = Client();
        var fetch    = Fetcher("-(z|)");
        var query    = Define(fetch);
        var settled  = m.Record(Awaiting(async () =>
        {
            await client.FetchNextPageAsync(query, Unit.Default);
            await client.FetchPreviousPageAsync(query, Unit.Default);
            return "n";
        }), "---^");

        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("L1----", new() { ['1'] = "z" });
        Expect("---(n|)", settled);
        m.Expect(fetch.Calls).ToBe("^!");
    }

    [Fact]
    public void Before_the_first_load_a_page_is_that_load()
    {
        var client   = Client();
        var fetch    = Fetcher("---(a|)");
        var query    = Define(fetch);

        m.At(1, () => client.FetchNextPage(query, Unit.Default));
        m.At(2, () => client.FetchPreviousPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("L--1----", new() { ['1'] = "a" });
        m.Expect(fetch.Calls).ToBe("^--!");
    }

    [Fact]
    public void What_nobody_watches_is_kept_alive_until_its_page_has_landed()
    {
        var client   = Client();
        var fetch    = Fetcher("--(a|)", "--(b|)");
        var query    = Define(fetch);
        var late     = m.Record(client.ObserveInfinite(query).Pages(), "-------^");

        m.At(0, () => client.FetchNextPage(query, Unit.Default));
        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        Expect("-------2", late, new() { ['2'] = "ab" });
        m.Expect(fetch.Calls).ToBe("^-!", "---^-!");
    }

    [Fact]
    public void Next_and_previous_asked_for_together_run_one_after_the_other()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "--(b|)", "--(y|)");
        var query    = Define(fetch);
        var expected = "L1-x-[2p]-3";   // 2: the next page is shown before the previous is fetched

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.At(3, () => client.FetchPreviousPage(query, Unit.Default));
        m.At(4, () => client.FetchPreviousPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(
            expected, new() { ['1'] = "a", ['x'] = "a+", ['2'] = "ab", ['p'] = "+ab", ['3'] = "yab" });
        m.Expect(fetch.Calls).ToBe("^!", "---^-!", "-----^-!");
        Assert.Equal([0, 1, -1], Asked(fetch));
    }

    [Fact]
    public void A_bound_drops_pages_at_the_other_end()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "-(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch).WithMaxPages(2);
        var data     = client.ObserveInfinite(query).DistinctData().Select(pages => string.Concat(pages.Pages));

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.At(6, () => client.FetchNextPage(query, Unit.Default));
        m.At(9, () => client.FetchPreviousPage(query, Unit.Default));
        m.Expect(data).ToBe("-1--2--3--4", new() { ['1'] = "a", ['2'] = "ab", ['3'] = "bc", ['4'] = "db" });
        Assert.Equal([0, 1, 2, 0], Asked(fetch));
    }

    [Fact]
    public void A_failed_page_keeps_all_pages_and_is_retried_by_calling_again()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "--#", "--(b|)");
        var query    = Define(fetch);
        var expected = "L1-x-E-y-2";

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.At(7, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(
            expected, new() { ['1'] = "a", ['x'] = "a+", ['E'] = "aE", ['y'] = "aE+", ['2'] = "ab" });
        Assert.Equal([0, 1, 1], Asked(fetch));
    }

    [Fact]
    public void A_page_is_retried_as_the_policy_says()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "-#", "-#", "-(b|)");
        var query    = Define(fetch).With(o => o with { Retry = RetryPolicy.Fixed(Frames(1)) });
        var expected = "La-xf-g-b";

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(
            expected, new() { ['x'] = "a+", ['f'] = "a+1", ['g'] = "a+2", ['b'] = "ab" });
    }

    [Fact]
    public void A_cursor_function_that_throws_is_a_failed_page()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)");
        var query    = Define(fetch).WithCursors((_, _) => throw Failure);

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("L1-[xE]", new() { ['1'] = "a", ['x'] = "a+", ['E'] = "aE" });
    }

    [Fact]
    public void Data_written_while_a_page_is_fetched_is_shown_and_the_page_joins_it()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "----(b|)");
        var query    = Define(fetch);
        var expected = "L1-x-y-2";

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.At(5, () => client.UpdateData(query, Unit.Default, data => data.Select(page => page + "!")));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['1'] = "a", ['x'] = "a+", ['y'] = "a!+", ['2'] = "a!b" });
    }

    [Fact]
    public void A_cancel_returns_to_the_pages_there_were_and_forgets_what_waited()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "----(b|)", "-(b|)").IgnoringCancellation();
        var query    = Define(fetch);
        var expected = "L1-x-1---x2";
        var settled  = m.Record(Awaiting(async () =>
        {
            await client.FetchPreviousPageAsync(query, Unit.Default);
            return "p";
        }), "----^");

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.At(5, () => client.Cancel(query, Unit.Default));
        m.At(9, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe(expected, new() { ['1'] = "a", ['x'] = "a+", ['2'] = "ab" });
        Expect("-----(p|)", settled);
        Assert.Equal([0, 1, 1], Asked(fetch));
    }

    [Fact]
    public void A_reset_drops_the_pages_and_the_page_on_its_way()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "----(b|)", "-(c|)").IgnoringCancellation();
        var query    = Define(fetch);

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.At(3, () => client.FetchPreviousPage(query, Unit.Default));
        m.At(5, () => client.Reset(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("La-x-[.L]c--", new() { ['x'] = "a+" });
        Assert.Equal([0, 1, 0], Asked(fetch));
    }

    [Fact]
    public void The_last_observer_to_leave_takes_the_page_on_its_way_and_what_waits_with_it()
    {
        var client   = Client();
        var fetch    = Fetcher("-(a|)", "------(b|)");
        var query    = Define(fetch);
        var early    = m.Record(client.ObserveInfinite(query).Pages(), "^----!");
        var late     = m.Record(client.ObserveInfinite(query).Pages(), "-------^");

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.At(4, () => client.FetchPreviousPage(query, Unit.Default));
        Expect("La-x----", early, new() { ['x'] = "a+" });
        Expect("-------a", late);
        m.Expect(fetch.Calls).ToBe("^!", "---^-!");
    }

    [Fact]
    public void An_observable_is_a_page_with_its_first_value()
    {
        var client   = Client();
        var fetch    = Fetcher("-a-x-y", "--b-x");
        var query    = Query.DefineInfinite("q", (int cursor) => fetch.AsObservable(cursor), firstCursor: 0, nextCursor: page => page == "b" ? null : 1);

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("L1-x-2---", new() { ['1'] = "a", ['x'] = "a+", ['2'] = "ab" });
        m.Expect(fetch.Calls).ToBe("^!", "---^-!");
    }

    [Fact]
    public void A_sequence_is_a_page_with_its_first_value()
    {
        var client   = Client();
        var fetch    = Fetcher("-a-x-y", "--b-x");
        var query    = Query.DefineInfinite(
            "q", (int cursor, CancellationToken token) => fetch.AsSequence(cursor, token), firstCursor: 0, nextCursor: page => page == "b" ? null : 1);

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(client.ObserveInfinite(query).Pages()).ToBe("L1-x-2---", new() { ['1'] = "a", ['x'] = "a+", ['2'] = "ab" });
        Assert.Equal(2, fetch.CallCount);
    }

    [Fact]
    public void An_empty_observable_is_a_failed_page()
    {
        var client   = Client();
        var fetch    = Fetcher("-a", "-|");
        var query    = Query.DefineInfinite("q", (int cursor) => fetch.AsObservable(cursor), firstCursor: 0, nextCursor: _ => 1);
        var errors   = client.ObserveInfinite(query).Select(state => state.Error?.GetType().Name ?? "-").DistinctUntilChanged();

        m.At(3, () => client.FetchNextPage(query, Unit.Default));
        m.Expect(errors).ToBe("n---e", new() { ['n'] = "-", ['e'] = nameof(EmptyFetchException) });
    }

    [Fact]
    public void A_page_waits_for_the_connection()
    {
        using var online = new BehaviorSubject<bool>(true);
        var client   = Client(o => o with { Online = online });
        var fetch    = Fetcher("-(a|)", "-(b|)");
        var query    = Define(fetch);
        var expected = "L1--p--x2";

        m.At(3, () => online.OnNext(false));
        m.At(4, () => client.FetchNextPage(query, Unit.Default));
        m.At(7, () => online.OnNext(true));
        m.Expect(client.ObserveInfinite(query, o => o with { RefetchOnReconnect = RefetchPolicy.Never }).Pages())
            .ToBe(expected, new() { ['1'] = "a", ['p'] = "aP", ['x'] = "a+", ['2'] = "ab" });
    }
}
