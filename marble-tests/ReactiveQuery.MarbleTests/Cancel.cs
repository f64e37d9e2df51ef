namespace ReactiveQuery.MarbleTests;

/// <summary><c>Cancel</c> ends a fetch silently.</summary>
public class Cancel : Promise
{
    [Fact]
    public void A_cancelled_first_load_is_idle_again()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)").IgnoringCancellation();
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-.----";

        m.At(2, () => client.Cancel(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void A_cancelled_refetch_leaves_the_data_as_it_was()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-----(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La--r-a----";

        m.At(4, () => client.Refetch(query, "1"));
        m.At(6, () => client.Cancel(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "a*" });
        m.Expect(fetch.Calls).ToBe("^!", "----^-!");
    }

    [Fact]
    public void A_cancelled_retry_by_hand_shows_the_error_again()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-#", "-----(b|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "LE--L-E----";

        m.At(4, () => client.Refetch(query, "1"));
        m.At(6, () => client.Cancel(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
    }

    [Fact]
    public void Data_that_was_invalidated_stays_so_through_a_cancel()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-----(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La--r-A----";

        m.At(4, () => client.Invalidate(query, "1"));
        m.At(6, () => client.Cancel(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "A*" });
    }

    [Fact]
    public void The_query_is_as_usable_as_ever()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-.-L-b";

        m.At(2, () => client.Cancel(query, "1"));
        m.At(4, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^-!", "----^-!");
    }

    [Fact]
    public void Awaiting_callers_get_the_data_there_is()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-----(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = TimeSpan.Zero });
        var states   = m.Record(client.Observe(query, "1").States());
        var caller   = m.Record(Awaiting(() => client.FetchAsync(query, "1")), "---^");

        m.At(5, () => client.Cancel(query, "1"));
        Expect("-----(a|)", caller);
        Expect("LA-r-A", states, new() { ['r'] = "A*" });
    }

    [Fact]
    public void Awaiting_callers_without_data_are_cancelled()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var caller   = m.Record(Awaiting(() => client.FetchAsync(query, "1")));

        m.At(2, () => client.Cancel(query, "1"));
        m.Expect(caller).ToBe("--#");
        Assert.IsAssignableFrom<OperationCanceledException>(caller.Events[0].Notification.Exception);
    }

    [Fact]
    public void A_live_query_that_is_cancelled_keeps_its_last_value()
    {
        var client   = Client();
        var source   = m.Cold("-a--b--c--");
        var query    = Query.Define("q", (string _) => (IObservable<string>)source);
        var expected =        "La--b-c---";

        m.At(6, () => client.Cancel(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['a'] = "a>", ['b'] = "b>", ['c'] = "b" });
        m.Expect(source.Subscriptions).ToBe("^-----!");
    }
}
