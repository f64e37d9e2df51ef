namespace ReactiveQuery.MarbleTests;

/// <summary>The passengers of a fetch are its observers and its awaiting callers. It lives as long as one is aboard.</summary>
public class Passengers : Promise
{
    [Fact]
    public void All_who_ask_during_one_flight_share_one_call()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var first    = m.Record(client.Observe(query, "1").States());
        var second   = m.Record(client.Observe(query, "1").States(), "--^");
        var awaiting = m.Record(Awaiting(() => client.FetchAsync(query, "1")), "---^");

        Expect("L----a", first);
        Expect("--L--a", second);
        Expect("-----(a|)", awaiting);
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void Two_observers_who_mount_in_one_frame_make_one_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var first    = m.Record(client.Observe(query, "1").States(), "-^");
        var second   = m.Record(client.Observe(query, "1").States(), "-^");

        Expect("-[La]", first);
        Expect("-[La]", second);
        m.Expect(fetch.Calls).ToBe("-(^!)");
    }

    [Fact]
    public void The_fetch_goes_on_until_the_last_observer_leaves()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--------(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var first    = m.Record(client.Observe(query, "1").States(), "^--!");
        var second   = m.Record(client.Observe(query, "1").States(), "-^---!");

        Expect("L", first);
        Expect("-L", second);
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void A_callers_token_ends_that_callers_wait_only()
    {
        var client    = Client();
        var fetch     = m.Fetcher("-----(a|)");
        var query     = Query.Define("q", fetch.AsTask);
        using var cts = new CancellationTokenSource();
        var impatient = m.Record(Awaiting(() => client.FetchAsync(query, "1", cts.Token)));
        var patient   = m.Record(Awaiting(() => client.FetchAsync(query, "1")));

        m.At(2, cts.Cancel);
        Expect("--#", impatient);
        Expect("-----(a|)", patient);
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void A_fetch_whose_only_caller_gives_up_is_cancelled()
    {
        var client    = Client();
        var fetch     = m.Fetcher("-----(a|)");
        var query     = Query.Define("q", fetch.AsTask);
        using var cts = new CancellationTokenSource();
        var impatient = m.Record(Awaiting(() => client.FetchAsync(query, "1", cts.Token)));

        m.At(2, cts.Cancel);
        m.Expect(impatient).ToBe("--#");
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void An_awaited_refetch_whose_caller_gives_up_goes_on_for_its_observer()
    {
        var client    = Client();
        var fetch     = m.Fetcher("-(a|)", "---(b|)");
        var query     = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = Frames(2) });
        using var cts = new CancellationTokenSource();
        var states    = m.Record(client.Observe(query, "1").States());

        m.At(5, () => client.FetchAsync(query, "1", cts.Token));
        m.At(6, cts.Cancel);
        m.Expect(states).ToBe("La-A-r--b-B", new() { ['r'] = "A*" });
    }

    [Fact]
    public void A_prefetch_keeps_its_fetch_alive_until_it_ends()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var visitor  = m.Record(client.Observe(query, "1").States(), "-^-!");
        var late     = m.Record(client.Observe(query, "1").States(), "--------^");

        m.At(0, () => client.PrefetchAsync(query, "1"));
        Expect("-L------", visitor);
        Expect("--------a", late);
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void A_refetch_behind_data_that_nobody_waits_for_any_more_returns_the_query_to_what_it_was()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-----(b|)").IgnoringCancellation();
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = Frames(2) });
        var states   = m.Record(client.Observe(query, "1").States(), "^-!");
        var second   = m.Record(client.Observe(query, "1").States(), "----^-!");
        var watcher  = m.Record(client.Observe(query, "1", o => o with { Enabled = false }).States(), "-------^");

        Expect("La------", states);
        Expect("----r---", second, new() { ['r'] = "A*" });
        Expect("-------A", watcher);   // at once, although the work goes on to 9
        Assert.Equal(9, fetch.History[1].Ended);
    }

    [Fact]
    public void A_fetcher_without_a_token_finishes_into_the_cache()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", (string id) => fetch.FetchAsync(id));
        var early    = m.Record(client.Observe(query, "1").States(), "^-!");
        var late     = m.Record(client.Observe(query, "1").States(), "-------^");

        Expect("L-------", early);
        Expect("-------a", late);
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void Finishing_into_the_cache_makes_no_further_retries()
    {
        var client   = Client();
        var fetch    = m.Fetcher("---#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", (string id) => fetch.FetchAsync(id)).With(o => o with { Retry = RetryPolicy.Fixed(Frames(1)) });
        var early    = m.Record(client.Observe(query, "1").States(), "^-!");
        var late     = m.Record(client.Observe(query, "1").States(), "------^");

        Expect("L", early);
        Expect("------La", late);   // an error without data counts as stale
        m.Expect(fetch.Calls).ToBe("^--!", "------^!");
    }

    [Fact]
    public void Finishing_into_the_cache_ends_at_once_between_two_attempts()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-#").WithError(Failure);
        var query    = Query.Define("q", (string id) => fetch.FetchAsync(id)).With(o => o with { Retry = RetryPolicy.Fixed(Frames(5)) });
        var early    = m.Record(client.Observe(query, "1").States(), "^--!");
        var late     = m.Record(client.Observe(query, "1", o => o with { Enabled = false }).States(), "----^");

        Expect("L1", early, new() { ['1'] = "L1" });
        Expect("----E", late);
        m.Expect(fetch.Calls).ToBe("^!");
    }

    [Fact]
    public void Whoever_comes_back_in_time_joins_the_fetch_that_finishes_into_the_cache()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { WhenUnobserved = WhenUnobserved.Complete });
        var early    = m.Record(client.Observe(query, "1").States(), "^-!");
        var again    = m.Record(client.Observe(query, "1").States(), "---^");

        Expect("L-----", early);
        Expect("---L-a", again);
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void A_cancel_delay_bridges_a_quick_unmount_and_remount()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { CancelDelay = Frames(3) });
        var early    = m.Record(client.Observe(query, "1").States(), "^-!");
        var again    = m.Record(client.Observe(query, "1").States(), "---^");

        Expect("L-----", early);
        Expect("---L-a", again);
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void After_the_cancel_delay_the_fetch_is_cancelled()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--------(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { CancelDelay = Frames(3) });
        var early    = m.Record(client.Observe(query, "1").States(), "^-!");

        m.Expect(early).ToBe("L-----");
        m.Expect(fetch.Calls).ToBe("^----!");
    }

    [Fact]
    public void A_disabled_observer_sees_what_others_fetch_and_keeps_it_alive()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var disabled = m.Record(client.Observe(query, "1", o => o with { Enabled = false }).States());
        var enabled  = m.Record(client.Observe(query, "1").States(), "--^-!");

        Expect(".-L----a", disabled);
        Expect("--L-----", enabled);
        m.Expect(fetch.Calls).ToBe("--^----!");
    }
}
