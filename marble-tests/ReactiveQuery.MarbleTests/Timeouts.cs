namespace ReactiveQuery.MarbleTests;

/// <summary><c>Timeout</c>: how long one attempt may take to its first value.</summary>
public class Timeouts : Promise
{
    [Fact]
    public void An_attempt_that_takes_too_long_fails_even_if_it_ignores_its_token()
    {
        var fetch    = m.Fetcher("------(a|)").IgnoringCancellation();
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Timeout = Frames(4) });
        var expected = "L---E-----";
        var client   = Client();
        var whole    = m.Record(client.Observe(query, "1"));

        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^---!");
        Assert.IsType<TimeoutException>(whole.Events[^1].Notification.Value.Error);
    }

    [Fact]
    public void Each_attempt_has_the_whole_time()
    {
        var fetch    = m.Fetcher("----------(x|)", "---(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Timeout = Frames(4), Retry = RetryPolicy.Fixed(Frames(2)) });
        var expected = "L---1----a";

        m.Expect(Client().Observe(query, "1").States()).ToBe(expected, new() { ['1'] = "L1" });
        m.Expect(fetch.Calls).ToBe("^---!", "------^--!");
    }

    [Fact]
    public void A_live_query_is_bound_up_to_its_first_value_only()
    {
        var source   = m.Cold("--a-------b");
        var query    = Query.Define("q", (string _) => (IObservable<string>)source).With(o => o with { Timeout = Frames(4) });
        var expected =        "L-a-------b";

        m.Expect(Client().Observe(query, "1").States()).ToBe(expected, new() { ['a'] = "a>", ['b'] = "b>" });
    }

    [Fact]
    public void Waiting_for_the_connection_takes_none_of_the_time()
    {
        using var online = new System.Reactive.Subjects.BehaviorSubject<bool>(false);
        var fetch    = m.Fetcher("---(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Timeout = Frames(4) });
        var expected = "P-----L--a";

        m.At(6, () => online.OnNext(true));
        m.Expect(Client(o => o with { Online = online }).Observe(query, "1").States()).ToBe(expected);
    }
}
