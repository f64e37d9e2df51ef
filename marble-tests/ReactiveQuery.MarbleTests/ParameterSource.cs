namespace ReactiveQuery.MarbleTests;

/// <summary>What the stream of the parameters does beside giving parameters.</summary>
public class ParameterSource : Promise
{
    [Fact]
    public void A_parameter_source_that_completes_leaves_the_last_key_alive()
    {
        var ids      = m.Hot("-1|--------");
        var fetch    = m.Fetcher("---(a|)", "-(b|)");
        var client   = Client();
        var query    = Query.Define("q", fetch.AsTask);
        var expected =       "-L--a--rb--";   // r: a, refetching

        m.At(7, () => client.Refetch(query, "1"));
        m.Expect(ids.ObserveQuery(client, query).States()).ToBe(expected, new() { ['r'] = "a*" });
    }

    [Fact]
    public void A_parameter_source_that_fails_gives_an_error_state_and_the_stream_does_not_end()
    {
        var ids      = m.Hot("-1--#------", Failure);
        var fetch    = m.Fetcher("-----(a|)");
        var calls    =       "-^--!";          // nobody waits for it any more
        var expected =       "-L--E------";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(calls);
    }

    [Fact]
    public void A_key_function_that_throws_gives_an_error_state_and_the_next_parameter_works()
    {
        var ids      = m.Hot("-1---x---2---");
        var fetch    = m.Fetcher("--(a|)", "--(b|)");
        var expected =       "-L-a-E---L-b-";
        var query    = Query.Define("q", fetch.AsTask).WithKey(id => id == "x" ? throw Failure : QueryKey.Of("q", id));

        m.Expect(ids.ObserveQuery(Client(), query).States()).ToBe(expected);
    }

    [Fact]
    public void The_parameter_that_worked_last_works_again_after_one_whose_key_could_not_be_made()
    {
        var ids      = m.Hot("-1---x---1---");
        var fetch    = m.Fetcher("--(a|)");
        var expected =       "-L-a-E---a---";
        var query    = Query.Define("q", fetch.AsTask).WithKey(id => id == "x" ? throw Failure : QueryKey.Of("q", id));

        m.Expect(ids.ObserveQuery(Client(), query).States()).ToBe(expected);
    }

    [Fact]
    public void The_parameters_are_subscribed_once_and_left_with_the_subscription()
    {
        var ids      = m.Hot("-1---2-----");
        var fetch    = m.Fetcher("-(a|)", "--------(b|)");
        var mounted  =       "^------!---";
        var second   =       "-----^-!---";
        var expected =       "-La--L-----";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States(), mounted).ToBe(expected);
        m.Expect(ids.Subscriptions).ToBe(mounted);
        m.Expect(fetch.Calls).ToBe("-^!", second);
    }

    [Fact]
    public void The_stream_ends_with_the_client_also_while_there_is_no_parameter_yet()
    {
        var ids      = m.Hot("----------1-");
        var client   = Client();
        var expected =       "-----|";

        m.At(5, client.Dispose);
        m.Expect(ids.ObserveQuery(client, Query.Define("q", m.Fetcher("-(a|)").AsTask)).States()).ToBe(expected);
        m.Expect(ids.Subscriptions).ToBe("^----!");
    }

    [Fact]
    public void The_stream_ends_with_the_client_whatever_the_parameters_do()
    {
        var ids      = m.Hot("-1--------2-");
        var client   = Client();
        var expected =       "-La--|";

        m.At(5, client.Dispose);
        m.Expect(ids.ObserveQuery(client, Query.Define("q", m.Fetcher("-(a|)").AsTask)).States()).ToBe(expected);
        m.Expect(ids.Subscriptions).ToBe("^----!");
    }

    [Fact]
    public void A_disabled_stream_ends_with_the_client()
    {
        var ids      = m.Hot<string?>("-n------", new() { ['n'] = null });
        var client   = Client();
        var expected =                "-.---|";

        m.At(5, client.Dispose);
        m.Expect(ids.ObserveQuery(client, Query.Define("q", m.Fetcher("-(a|)").AsTask)).States()).ToBe(expected);
    }
}
