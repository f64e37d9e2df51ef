using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>An observable such as "scrolled to the end" drives the pages, and parameters may change meanwhile.</summary>
public class InfiniteTriggers : InfinitePromise
{
    [Fact]
    public void A_trigger_fetches_the_next_page_and_joins_while_it_is_on_its_way()
    {
        var client   = Client();
        var scrolled = m.Hot("---sss---s");
        var fetch    = Fetcher("-(a|)", "----(b|)", "-(c|)");
        var query    = Define(fetch);
        var states   = client.ObserveInfinite(query, o => o with { FetchNextPageOn = scrolled.Select(_ => Unit.Default) });

        m.Expect(states.Pages()).ToBe("La-x---2-y3", new() { ['x'] = "a+", ['2'] = "ab", ['y'] = "ab+", ['3'] = "abc" });
        m.Expect(scrolled.Subscriptions).ToBe("^");
    }

    [Fact]
    public void A_trigger_fetches_the_previous_page()
    {
        var client   = Client();
        var scrolled = m.Hot("---s");
        var fetch    = Fetcher("-(a|)", "-(b|)");
        var query    = Define(fetch);
        var states   = client.ObserveInfinite(query, o => o with { FetchPreviousPageOn = scrolled.Select(_ => Unit.Default) });

        m.Expect(states.Pages()).ToBe("La-x2", new() { ['x'] = "+a", ['2'] = "ba" });
    }

    [Fact]
    public void A_trigger_of_a_disabled_observer_fetches_nothing()
    {
        var client   = Client();
        var scrolled = m.Hot("---s");
        var fetch    = Fetcher("-(a|)");
        var query    = Define(fetch);
        var states   = client.ObserveInfinite(query, o => o with { Enabled = false, FetchNextPageOn = scrolled.Select(_ => Unit.Default) });

        m.Expect(states.Pages()).ToBe(".-----");
        m.Expect(fetch.Calls).ToBe();
    }

    [Fact]
    public void A_trigger_ends_with_the_subscription_and_its_error_harms_nobody()
    {
        var errors   = new List<UnobservedError>();
        var client   = Client(o => o with { OnUnobservedError = errors.Add });
        var left     = m.Hot("---s---s");
        var failing  = m.Hot("--#", Failure);
        var fetch    = Fetcher("-(a|)", "-(b|)");
        var query    = Define(fetch);
        var early    = m.Record(client.ObserveInfinite(query, o => o with { FetchNextPageOn = left.Select(_ => Unit.Default) }).Pages(), "^----!");
        var other    = m.Record(client.ObserveInfinite(query, o => o with { FetchNextPageOn = failing.Select(_ => Unit.Default) }).Pages());

        Expect("La-x2", early, new() { ['x'] = "a+", ['2'] = "ab" });
        Expect("La-x2---", other, new() { ['x'] = "a+", ['2'] = "ab" });
        m.Expect(left.Subscriptions).ToBe("^----!");
        Assert.Same(Failure, Assert.Single(errors).Exception);
        Assert.Equal([0, 1], Asked(fetch));
    }

    [Fact]
    public void A_new_parameter_abandons_the_page_on_its_way_and_the_trigger_follows()
    {
        var client   = Client();
        var topics   = m.Hot("1---2-----");
        var scrolled = m.Hot("--s-----s-");
        var fetch    = m.Fetcher<(string, int), string>()
            .For(("1", 0),    "-(a|)")
            .For(("1", 1),    "  ------(b|)")
            .For(("2", 0),    "    --(c|)")
            .For(("2", 1),    "        -(d|)");
        var query    = Query.DefineInfinite(
            "q", (string topic, int cursor, CancellationToken token) => fetch.FetchAsync((topic, cursor), token), firstCursor: 0, nextCursor: _ => 1);
        var states   = topics.ObserveInfinite(client, query, o => o with { FetchNextPageOn = scrolled.Select(_ => Unit.Default) });

        m.Expect(states.Pages()).ToBe("Lax-L-c-y4", new() { ['x'] = "a+", ['y'] = "c+", ['4'] = "cd" });
        m.Expect(fetch.Calls).ToBe("^!", "--^-!", "----^-!", "--------^!");
    }

    [Fact]
    public void Without_parameters_a_trigger_does_nothing()
    {
        var client   = Client();
        var topics   = m.Hot<int?>("1-n----", new() { ['1'] = 1, ['n'] = null });
        var scrolled = m.Hot("----s--");
        var fetch    = Fetcher("-(a|)");
        var query    = Query.DefineInfinite(
            "q", (int _, int cursor, CancellationToken token) => fetch.FetchAsync(cursor, token), firstCursor: 0, nextCursor: _ => 1);
        var states   = topics.ObserveInfinite(client, query, o => o with { FetchNextPageOn = scrolled.Select(_ => Unit.Default) });

        m.Expect(states.Pages()).ToBe("La.----");
        m.Expect(fetch.Calls).ToBe("^!");
    }
}
