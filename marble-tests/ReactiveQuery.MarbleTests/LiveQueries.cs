using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>Queries over observables and sequences of many values.</summary>
public class LiveQueries : Promise
{
    private static readonly Dictionary<char, string> Streaming = new() { ['a'] = "a>", ['b'] = "b>", ['c'] = "c>", ['d'] = "d>" };

    private static QueryDefinition<string, string> Live(params ColdMarbles<string>[] sources)
    {
        var left = new Queue<ColdMarbles<string>>(sources);
        return Query.Define("q", (string _) => (IObservable<string>)left.Dequeue());
    }

    [Fact]
    public void Each_value_is_a_state_and_completion_is_idle()
    {
        var source   = m.Cold("-a-b--|");
        var expected =        "La-b--c";

        m.Expect(Client().Observe(Live(source), "1").States()).ToBe(expected, new(Streaming) { ['c'] = "b" });
        m.Expect(source.Subscriptions).ToBe("^-----!");
    }

    [Fact]
    public void A_sequence_is_a_live_query_too()
    {
        var fetch    = m.Fetcher("-a-b--|");
        var expected =           "La-b--c";

        m.Expect(Client().Observe(Query.Define("q", fetch.AsSequence), "1").States()).ToBe(expected, new(Streaming) { ['c'] = "b" });
        m.Expect(fetch.Calls).ToBe("^-----!");
    }

    [Fact]
    public void It_is_not_stale_while_it_streams_and_turns_stale_when_it_has_ended()
    {
        var source   = m.Cold("-a-----b-|");
        var expected =        "La-----b-c---C";   // c: b at rest; b came at 7

        m.Expect(Client().Observe(Live(source).With(o => o with { StaleTime = Frames(6) }), "1").States())
            .ToBe(expected, new(Streaming) { ['c'] = "b", ['C'] = "B" });
    }

    [Fact]
    public void An_awaiting_caller_gets_the_first_value()
    {
        var client   = Client();
        var source   = m.Cold("--a-b-c");
        var query    = Live(source);

        m.Expect(Awaiting(() => client.FetchAsync(query, "1"))).ToBe("--(a|)");
        m.Expect(source.Subscriptions).ToBe("^-!");
    }

    [Fact]
    public void An_invalidation_resubscribes()
    {
        var client   = Client();
        var first    = m.Cold("-a---b---");
        var second   = m.Cold(    "--c---");
        var query    = Live(first, second);
        var expected =        "La--r-c---";

        m.At(4, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new(Streaming) { ['r'] = "A*" });
        m.Expect(first.Subscriptions).ToBe("^---!");
        m.Expect(second.Subscriptions).ToBe("----^");
    }

    [Fact]
    public void A_write_does_not_mute_it()
    {
        var client   = Client();
        var source   = m.Cold("-a----b-");
        var query    = Live(source);
        var expected =        "La--d-b-";

        m.At(4, () => client.SetData(query, "1", "d"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, Streaming);
        m.Expect(source.Subscriptions).ToBe("^");
    }

    [Fact]
    public void Interval_and_focus_do_nothing()
    {
        var focus    = new BehaviorSubject<bool>(true);
        var client   = Client(o => o with { Focus = focus });
        var source   = m.Cold("-a-------b-");
        var query    = Live(source).With(o => o with { RefetchInterval = Frames(2), RefetchOnFocus = RefetchPolicy.Always });
        var expected =        "La-------b-";

        m.At(4, () => focus.OnNext(false));
        m.At(5, () => focus.OnNext(true));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, Streaming);
        m.Expect(source.Subscriptions).ToBe("^");
    }

    [Fact]
    public void A_reconnect_resubscribes_it_if_it_failed()
    {
        var online   = new BehaviorSubject<bool>(true);
        var client   = Client(o => o with { Online = online });
        var first    = m.Cold("-a-#", error: Failure);
        var second   = m.Cold(      "-b-");
        var expected =        "La-e--rb-";

        m.At(5, () => online.OnNext(false));
        m.At(6, () => online.OnNext(true));
        m.Expect(client.Observe(Live(first, second), "1").States()).ToBe(expected, new(Streaming) { ['e'] = "aE", ['r'] = "aE*" });
    }

    [Fact]
    public void A_reconnect_leaves_alone_one_that_streams()
    {
        var online   = new BehaviorSubject<bool>(true);
        var client   = Client(o => o with { Online = online });
        var source   = m.Cold("-a------b-");
        var expected =        "La------b-";

        m.At(5, () => online.OnNext(false));
        m.At(6, () => online.OnNext(true));
        m.Expect(client.Observe(Live(source), "1").States()).ToBe(expected, Streaming);
        m.Expect(source.Subscriptions).ToBe("^");
    }

    [Fact]
    public void The_retry_count_starts_anew_with_each_value()
    {
        var query    = Live(m.Cold("-#", Failure), m.Cold("-a-#", Failure), m.Cold("-#", Failure), m.Cold("-b-"))
            .With(o => o with { Retry = RetryPolicy.Fixed(Frames(1), maxRetries: 2) });
        var expected = "L1-a-r-s-b";   // r, s: a with one and with two failures since

        m.Expect(Client().Observe(query, "1").States())
            .ToBe(expected, new(Streaming) { ['1'] = "L1", ['r'] = "a*1", ['s'] = "a*2" });
    }

    [Fact]
    public void One_without_a_value_fails_and_is_not_retried()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--|");
        var query    = Query.Define("q", fetch.AsObservable).With(o => o with { Retry = RetryPolicy.Fixed(Frames(1)) });
        var states   = m.Record(client.Observe(query, "1"));

        m.Expect(client.Observe(query, "1").States()).ToBe("L-E----");
        m.Expect(fetch.Calls).ToBe("^-!");
        Assert.IsType<EmptyFetchException>(states.Events[^1].Notification.Value.Error);
    }

    [Fact]
    public void An_empty_refetch_keeps_the_old_data()
    {
        var client   = Client();
        var query    = Live(m.Cold("-(a|)"), m.Cold("-|"));
        var expected = "L[ab]--re";   // b: the value at rest, for the source completed

        m.At(4, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['a'] = "a>", ['b'] = "a", ['r'] = "a*", ['e'] = "aE" });
    }

    [Fact]
    public void It_is_unsubscribed_when_its_last_observer_leaves()
    {
        var client   = Client();
        var source   = m.Cold("-a---b--");
        var query    = Live(source);
        var early    = m.Record(client.Observe(query, "1").States(), "^--!");
        var late     = m.Record(client.Observe(query, "1", o => o with { Enabled = false }).States(), "-----^");

        Expect("La------", early, Streaming);
        Expect("-----a--", late);
        m.Expect(source.Subscriptions).ToBe("^--!");
    }

    [Fact]
    public void Whoever_comes_later_sees_the_latest_value_and_subscribes_nothing()
    {
        var client   = Client();
        var source   = m.Cold("-a---b--");
        var query    = Live(source);
        m.Record(client.Observe(query, "1"));
        var late     = m.Record(client.Observe(query, "1").States(), "---^");

        Expect("---a-b--", late, Streaming);
        m.Expect(source.Subscriptions).ToBe("^");
    }
}
