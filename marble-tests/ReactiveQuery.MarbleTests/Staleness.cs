using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary><c>StaleTime</c>: since the data arrived; after it the data may be refetched.</summary>
public class Staleness : Promise
{
    private static QueryDefinition<string, string> Lasting(int frames, MarbleFetcher<string, string> fetch) =>
        Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = Frames(frames) });

    [Fact]
    public void Fresh_data_is_served_and_nothing_is_fetched()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)");
        var query    = Lasting(20, fetch);
        var early    = m.Record(client.Observe(query, "1").States(), "^-----!");
        var late     = m.Record(client.Observe(query, "1").States(), "------^---!");

        Expect("L-a-------", early);
        Expect("------a---", late);
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void Stale_data_is_served_with_a_refetch_behind_it()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)", "--(b|)");
        var query    = Lasting(3, fetch);
        var early    = m.Record(client.Observe(query, "1").States(), "^--!--------");
        var late     = m.Record(client.Observe(query, "1").States(), "------^-----!");

        Expect("L-a---------", early);
        Expect("------r-b--B", late, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^-!", "------^-!");
    }

    [Fact]
    public void The_moment_of_turning_stale_emits_one_state_and_starts_no_fetch()
    {
        var fetch    = m.Fetcher("--(a|)");
        var expected =           "L-a----A----";

        m.Expect(Client().Observe(Lasting(5, fetch), "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void Staleness_is_each_observers_own()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var strict   = m.Record(client.Observe(query, "1", o => o with { StaleTime = Frames(3) }).States());
        var patient  = m.Record(client.Observe(query, "1", o => o with { StaleTime = Frames(8) }).States());
        var careless = m.Record(client.Observe(query, "1", o => o with { StaleTime = TimeSpan.MaxValue }).States());

        Expect("L-a--A------", strict);
        Expect("L-a-------A-", patient);
        Expect("L-a---------", careless);
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void An_observer_with_a_shorter_stale_time_who_comes_late_sees_old_data_turn_stale_in_time()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var patient  = m.Record(client.Observe(query, "1", o => o with { StaleTime = Frames(12) }).States());
        var strict   = m.Record(client.Observe(query, "1", o => o with { StaleTime = Frames(6) }).States(), "-----^");

        Expect("L-a-----------A", patient);
        Expect("-----a--A------", strict);
    }

    [Fact]
    public void A_stale_time_of_zero_makes_data_stale_at_once()
    {
        var fetch    = m.Fetcher("--(a|)");
        var expected =           "L-A---";

        m.Expect(Client().Observe(Lasting(0, fetch), "1").States()).ToBe(expected);
    }

    [Fact]
    public void An_infinite_stale_time_lasts_until_an_invalidation()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = Timeout.InfiniteTimeSpan });
        var expected =           "L-a 300ms r-b";

        m.At(303, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "A*" });
    }

    [Fact]
    public void Written_data_is_fresh_from_then_on()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)");
        var query    = Lasting(5, fetch);
        var expected =           "L-a--b----B-";

        m.At(5, () => client.SetData(query, "1", "b"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void Data_fetched_again_in_the_instant_of_its_invalidation_turns_stale_in_its_time()
    {
        var client   = Client();
        var query    = Query.Define("q", (string _) => Task.FromResult("a")).With(o => o with { StaleTime = Frames(5) });
        var expected = "--[Lara]----A";   // the invalidation comes in the frame of the first answer, and so does the second

        m.At(2, () => client.Invalidate(query, "1"));
        m.Expect(client.Observe(query, "1").States(), "--^").ToBe(expected, new() { ['r'] = "A*" });
    }
}
