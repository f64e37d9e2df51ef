namespace ReactiveQuery.MarbleTests;

/// <summary>An invalidation is a fence: what was fetched before it is never taken for fresh.</summary>
public class Fence : Promise
{
    [Fact]
    public void An_invalidation_refetches_what_is_watched()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-a--r-b";

        m.At(5, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^-!", "-----^-!");
    }

    [Fact]
    public void What_nobody_watches_is_marked_stale_and_fetched_when_somebody_comes()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var early    = m.Record(client.Observe(query, "1").States(), "^--!");
        var late     = m.Record(client.Observe(query, "1").States(), "-------^");

        m.At(5, () => client.Invalidate(query, "1"));
        Expect("L-a-------", early);
        Expect("-------r-b", late, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^-!", "-------^-!");
    }

    [Fact]
    public void What_is_disabled_is_marked_stale_and_not_fetched()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Enabled = false });
        var expected = ".-a--A";

        m.At(2, () => client.SetData(query, "1", "a"));
        m.At(5, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe();
    }

    [Fact]
    public void A_refetch_behind_data_is_restarted()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "----(b|)", "--(c|)").IgnoringCancellation();
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-r-s-c--";   // b came at 7, late

        m.At(3, () => client.Refetch(query, "1"));
        m.At(5, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "a*", ['s'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^!", "---^-!", "-----^-!");
    }

    [Fact]
    public void A_first_load_is_shown_but_not_taken_for_fresh_and_followed_by_another_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L---r-b---";   // r: a, stale, refetching

        m.At(2, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^---!", "----^-!");
    }

    [Fact]
    public void Two_invalidations_during_a_first_load_are_followed_by_one_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L---r-b---";

        m.At(1, () => client.Invalidate(query, "1"));
        m.At(2, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^---!", "----^-!");
    }

    [Fact]
    public void A_first_load_without_passengers_is_not_followed_by_another_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { WhenUnobserved = WhenUnobserved.Complete });
        var early    = m.Record(client.Observe(query, "1").States(), "^-!");
        var late     = m.Record(client.Observe(query, "1").States(), "-------^");

        m.At(3, () => client.Invalidate(query, "1"));
        Expect("L---------", early);
        Expect("-------r-b", late, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^---!", "-------^-!");
    }

    [Fact]
    public void A_caller_from_before_the_fence_is_answered_by_the_first_load_and_one_from_after_it_by_the_next_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var before   = m.Record(Awaiting(() => client.FetchAsync(query, "1")));
        var after    = m.Record(Awaiting(() => client.FetchAsync(query, "1")), "---^");

        m.At(2, () => client.Invalidate(query, "1"));
        Expect("----(a|)", before);
        Expect("------(b|)", after);
        m.Expect(fetch.Calls).ToBe("^---!", "----^-!");
    }

    [Fact]
    public void A_caller_from_after_the_fence_is_not_told_the_failure_of_a_fetch_from_before()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----#", "--(b|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask);
        var before   = m.Record(Awaiting(() => client.FetchAsync(query, "1")));
        var after    = m.Record(Awaiting(() => client.FetchAsync(query, "1")), "---^");

        m.At(2, () => client.Invalidate(query, "1"));
        Expect("----#", before, error: Failure);
        Expect("------(b|)", after);
    }

    [Fact]
    public void A_superseded_caller_follows_the_new_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-----(b|)", "--(c|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = TimeSpan.Zero });
        var states   = m.Record(client.Observe(query, "1").States());
        var caller   = m.Record(Awaiting(() => client.FetchAsync(query, "1")), "---^");

        m.At(5, () => client.Refetch(query, "1"));
        Expect("-------(c|)", caller);
        Expect("LA-r---C", states, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^!", "---^-!", "-----^-!");
    }

    [Fact]
    public void A_plain_write_during_a_fetch_is_shown_and_the_fetch_still_lands()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-r-a---";

        m.At(2, () => client.SetData(query, "1", "b"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "b*" });
        m.Expect(fetch.Calls).ToBe("^---!");
    }

    [Fact]
    public void A_cancel_reverts_to_what_was_written_during_the_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-r-b---";

        m.At(2, () => client.SetData(query, "1", "b"));
        m.At(4, () => client.Cancel(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "b*" });
        m.Expect(fetch.Calls).ToBe("^---!");
    }

    [Fact]
    public void An_invalidation_covers_what_is_below_its_key_and_nothing_else()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(a|)", "-(a|)", "-(b|)");
        var posts    = Query.Define("posts", fetch.AsTask).WithKey(id => QueryKey.Of("users", id, "posts"));
        var names    = Query.Define("names", fetch.AsTask);
        var of42     = m.Record(client.Observe(posts, "42").States());
        var of43     = m.Record(client.Observe(posts, "43").States());
        var other    = m.Record(client.Observe(names, "42").States());

        m.At(4, () => client.Invalidate(QueryKey.Of("users", "42")));
        Expect("La--rb", of42, new() { ['r'] = "A*" });
        Expect("La----", of43);
        Expect("La----", other);
    }
}
