using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>
/// <c>StaleTime</c> since the data arrived: it may be refetched. <c>CacheTtl</c> since the data arrived: nobody new is served it.
/// <c>GcTime</c> since the last passenger left: the entry goes.
/// </summary>
public class ThreeClocks : Promise
{
    private static QueryDefinition<string, string> Clocked(MarbleFetcher<string, string> fetch, int stale, int ttl, int gc) =>
        Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = Frames(stale), CacheTtl = Frames(ttl), GcTime = Frames(gc) });

    [Fact]
    public void Between_stale_and_expired_data_is_served_with_a_refetch_behind_it()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Clocked(fetch, stale: 3, ttl: 8, gc: 100);
        m.Record(client.Observe(query, "1"), "^-!");

        m.Expect(client.Observe(query, "1").States(), "------^-!").ToBe("------rb", new() { ['r'] = "A*" });
    }

    [Fact]
    public void Expired_data_is_as_if_absent_to_whoever_comes()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Clocked(fetch, stale: 3, ttl: 8, gc: 100);
        m.Record(client.Observe(query, "1"), "^-!");

        m.Expect(client.Observe(query, "1").States(), "---------^-!").ToBe("---------Lb");
    }

    [Fact]
    public void Expired_data_is_as_if_absent_to_whoever_reads_or_updates_it()
    {
        var client   = Client();
        var query    = Clocked(m.Fetcher("-(a|)"), stale: 3, ttl: 8, gc: 100);
        var reads    = new List<string>();
        m.Record(client.Observe(query, "1"), "^-!");

        m.At(8, () => reads.Add(client.TryGetData(query, "1", out var data) ? data : "none"));
        m.At(9, () => reads.Add(client.TryGetData(query, "1", out var data) ? data : "none"));
        m.At(9, () => reads.Add(client.GetState(query, "1").Text()));
        m.At(9, () => reads.Add(client.UpdateData(query, "1", data => data + "!") ? "updated" : "not updated"));
        m.Run();
        Assert.Equal(["a", "none", ".", "not updated"], reads);
    }

    [Fact]
    public void Watched_data_never_disappears()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Clocked(fetch, stale: 3, ttl: 3, gc: 3);
        var watcher  = m.Record(client.Observe(query, "1", o => o with { BackgroundRefetch = false }).States());
        var late     = m.Record(client.Observe(query, "1").States(), "------------^-!");

        Expect("La--A-------rb--B", watcher, new() { ['r'] = "A*" });
        Expect("------------rb", late, new() { ['r'] = "A*" });
    }

    [Fact]
    public void The_entry_goes_when_its_time_since_the_last_passenger_is_over()
    {
        var client   = Client();
        var query    = Clocked(m.Fetcher("-(a|)"), stale: 50, ttl: 50, gc: 5);
        var counts   = new List<int>();
        m.Record(client.Observe(query, "1"), "^---!");

        m.At(8, () => counts.Add(client.Cache.Count));
        m.At(10, () => counts.Add(client.Cache.Count));
        m.Run();
        Assert.Equal([1, 0], counts);
    }

    [Fact]
    public void Whoever_comes_in_time_stops_that_clock()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Clocked(fetch, stale: 50, ttl: 50, gc: 5);
        m.Record(client.Observe(query, "1"), "^---!");
        m.Record(client.Observe(query, "1"), "-------^--!");

        m.Expect(client.Observe(query, "1").States(), "-------------^-!").ToBe("-------------a");
        m.Expect(fetch.Calls).ToBe("^!");
    }

    [Fact]
    public void The_longest_stay_ever_asked_for_holds()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Clocked(fetch, stale: 50, ttl: 50, gc: 4);
        m.Record(client.Observe(query, "1", o => o with { GcTime = Frames(20) }), "^-!");
        m.Record(client.Observe(query, "1"), "---^!");

        m.Expect(client.Observe(query, "1").States(), "----------------^-!").ToBe("----------------a");
        m.Expect(fetch.Calls).ToBe("^!");
    }

    [Fact]
    public void With_a_stay_of_zero_the_entry_goes_at_once()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Clocked(fetch, stale: 50, ttl: 50, gc: 0);
        m.Record(client.Observe(query, "1"), "^-!");

        m.AdvanceTo(2);
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void Without_the_cache_nothing_outlives_the_last_passenger()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { CacheEnabled = false });
        var first    = m.Record(client.Observe(query, "1").States(), "^-----!");
        var together = m.Record(client.Observe(query, "1").States(), "---^--!");
        var later    = m.Record(client.Observe(query, "1").States(), "--------^");

        Expect("La-------", first);
        Expect("---a-----", together);
        Expect("--------Lb", later);
    }

    [Fact]
    public void Nothing_is_scheduled_any_more_when_nothing_is_due()
    {
        var client   = Client();
        var query    = Clocked(m.Fetcher("-(a|)"), stale: 3, ttl: 8, gc: 100);
        m.Record(client.Observe(query, "1"), "^-!");

        m.Run();
        Assert.Equal(102, m.Frame);
        Assert.Empty(m.Leftovers.Timers);
        Assert.Equal(0, client.Cache.Count);
    }
}
