namespace ReactiveQuery.MarbleTests;

/// <summary>Failed attempts are made again, in virtual time, for all to see.</summary>
public class Retry : Promise
{
    private static readonly RetryPolicy Patient = RetryPolicy.Fixed(Frames(3), maxRetries: 2);

    [Fact]
    public void Every_failure_is_a_state_until_an_attempt_succeeds()
    {
        var fetch    = m.Fetcher("-#", "-#", "-(a|)").WithError(Failure);
        var first    = "^!";
        var second   = "----^!";
        var third    = "--------^!";
        var expected = "L1---2---a";   // 1, 2: attempts failed so far

        m.Expect(Client().Observe(Query.Define("q", fetch.AsTask).With(o => o with { Retry = Patient }), "1").States())
            .ToBe(expected, new() { ['1'] = "L1", ['2'] = "L2" });
        m.Expect(fetch.Calls).ToBe(first, second, third);
    }

    [Fact]
    public void The_delay_grows_from_one_retry_to_the_next_up_to_its_cap()
    {
        var fetch    = m.Fetcher("#").WithError(Failure);
        var policy   = RetryPolicy.Exponential(Frames(1), factor: 2, maxDelay: Frames(3), maxRetries: 4);
        var expected = "[L1]2-3--4--E";   // after 1, 2, 3 and 3 frames

        m.Expect(Client().Observe(Query.Define("q", fetch.AsTask).With(o => o with { Retry = policy }), "1").States())
            .ToBe(expected, new() { ['1'] = "L1", ['2'] = "L2", ['3'] = "L3", ['4'] = "L4" });
        Assert.Equal(5, fetch.CallCount);
    }

    [Fact]
    public void The_default_is_three_retries_after_one_two_and_four_seconds()
    {
        var fetch    = m.Fetcher("#").WithError(Failure);
        var client   = Client(o => o with { Defaults = new() });
        var calls    = new[] { "(^!)", "1s (^!)", "3s (^!)", "7s (^!)" };

        m.Record(client.Observe(Query.Define("q", fetch.AsTask), "1"));
        m.AdvanceTo(60_000);
        m.Expect(fetch.Calls).ToBe(calls);
    }

    [Fact]
    public void It_stops_at_once_on_what_the_predicate_refuses()
    {
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var policy   = Patient with { ShouldRetry = error => error is not InvalidOperationException };
        var expected = "LE----";

        m.Expect(Client().Observe(Query.Define("q", fetch.AsTask).With(o => o with { Retry = policy }), "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^!");
    }

    [Fact]
    public void The_count_starts_anew_with_each_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-#", "-#", "-#", "-#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Retry = RetryPolicy.Fixed(Frames(1), maxRetries: 2) });
        var expected = "L1-2-E---L1-a";

        m.At(9, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['1'] = "L1", ['2'] = "L2" });
    }

    [Fact]
    public void A_fetch_that_waits_for_its_retry_is_cancelled_by_leaving()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-#").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Retry = Patient });
        var expected = "L1-";

        m.Expect(client.Observe(query, "1").States(), "^--!").ToBe(expected, new() { ['1'] = "L1" });
        m.Expect(fetch.Calls).ToBe("^!");
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void A_refetch_that_fails_for_good_keeps_the_data()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-#", "-#", "-(b|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Retry = RetryPolicy.Fixed(Frames(1), maxRetries: 1) });
        var expected = "La--r1-e--fb";

        m.At(4, () => client.Refetch(query, "1"));
        m.At(10, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States())
            .ToBe(expected, new() { ['r'] = "a*", ['1'] = "a*1", ['e'] = "aE", ['f'] = "aE*" });
    }

    [Fact]
    public void A_foreign_cancellation_is_a_failure_and_is_retried()
    {
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(new TaskCanceledException("not ours"));
        var expected = "L1---a";

        m.Expect(Client().Observe(Query.Define("q", fetch.AsTask).With(o => o with { Retry = Patient }), "1").States())
            .ToBe(expected, new() { ['1'] = "L1" });
    }

    [Fact]
    public void An_explicit_refetch_while_a_retry_waits_joins_a_first_load()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Retry = Patient });
        var expected = "L1---a";

        m.At(3, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['1'] = "L1" });
        m.Expect(fetch.Calls).ToBe("^!", "----^!");
    }

    [Fact]
    public void An_explicit_refetch_while_a_retry_waits_behind_data_starts_over()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-#", "-(b|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Retry = Patient });
        var expected = "La-r1-rb----";   // the retry of the superseded fetch would have come at 7

        m.At(3, () => client.Refetch(query, "1"));
        m.At(6, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "a*", ['1'] = "a*1" });
        m.Expect(fetch.Calls).ToBe("^!", "---^!", "------^!");
    }
}
