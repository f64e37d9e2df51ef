using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>Stand-ins while a query loads: placeholders, and the data of the previous key.</summary>
public class Placeholder : Promise
{
    private static readonly Dictionary<char, string> StandIn = new() { ['p'] = "?p*", ['r'] = "?a*", ['w'] = "?aP" };

    [Fact]
    public void A_placeholder_is_shown_as_success_while_the_first_fetch_runs()
    {
        var fetch    = m.Fetcher("--(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { PlaceholderData = () => "p" });

        m.Expect(Client().Observe(query, "1").States()).ToBe("p-a", StandIn);
    }

    [Fact]
    public void A_placeholder_goes_with_an_error()
    {
        var fetch    = m.Fetcher("--#").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { PlaceholderData = () => "p" });

        m.Expect(Client().Observe(query, "1").States()).ToBe("p-E", StandIn);
    }

    [Fact]
    public void A_placeholder_is_its_observers_own_and_never_in_the_cache()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var has      = new List<bool>();
        var shown    = m.Record(client.Observe(query, "1", o => o with { PlaceholderData = () => "p" }).States());
        var plain    = m.Record(client.Observe(query, "1").States());

        m.At(1, () => has.Add(client.TryGetData(query, "1", out _)));
        Expect("p-a", shown, StandIn);
        Expect("L-a", plain);
        Assert.Equal([false], has);
    }

    [Fact]
    public void A_disabled_query_shows_no_placeholder()
    {
        var query    = Query.Define("q", m.Fetcher("-(a|)").AsTask).With(o => o with { PlaceholderData = () => "p", Enabled = false });

        m.Expect(Client().Observe(query, "1").States()).ToBe(".");
    }

    [Fact]
    public void The_previous_data_is_shown_while_the_next_key_loads()
    {
        var ids      = m.Hot("-1---2-----");
        var fetch    = m.Fetcher("--(a|)", "---(b|)");
        var expected =       "-L-a-r--b--";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask), o => o with { KeepPreviousData = true }).States())
            .ToBe(expected, StandIn);
    }

    [Fact]
    public void The_previous_data_goes_with_an_error_of_the_next_key()
    {
        var ids      = m.Hot("-1---2-----");
        var fetch    = m.Fetcher("--(a|)", "---#").WithError(Failure);
        var expected =       "-L-a-r--E--";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask), o => o with { KeepPreviousData = true }).States())
            .ToBe(expected, StandIn);
    }

    [Fact]
    public void The_previous_data_does_not_hide_what_the_cache_has_for_the_next_key()
    {
        var ids      = m.Hot("-1---2---1-");
        var fetch    = m.Fetcher("--(a|)", "---(b|)");
        var expected =       "-L-a-r--ba-";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask), o => o with { KeepPreviousData = true }).States())
            .ToBe(expected, StandIn);
    }

    [Fact]
    public void The_previous_data_comes_before_the_placeholder()
    {
        var ids      = m.Hot("-1---2-----");
        var fetch    = m.Fetcher("--(a|)", "---(b|)");
        var expected =       "-p-a-r--b--";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask), o => o with { KeepPreviousData = true, PlaceholderData = () => "p" }).States())
            .ToBe(expected, StandIn);
    }

    [Fact]
    public void Initial_data_is_real_and_fresh_from_its_own_instant_on()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)");
        var given    = Query.Define("q", fetch.AsTask).With(o => o with { InitialData = () => "i", StaleTime = Frames(5) });
        var old      = given.With(o => o with { InitialDataUpdatedAt = MarbleScheduler.Epoch - Frames(9) });
        var fresh    = m.Record(client.Observe(given, "1").States());
        var stale    = m.Record(client.Observe(old, "2").States());

        Expect("i----I", fresh);
        Expect("ra----A", stale, new() { ['r'] = "I*" });
        Assert.True(client.TryGetData(given, "1", out var data));
        Assert.Equal("i", data);
    }

    [Fact]
    public void Handed_over_data_is_not_fetched_again_while_it_is_fresh()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = Frames(10) });

        client.SetData(query, "1", "h", updatedAt: MarbleScheduler.Epoch - Frames(4));
        client.SetData(query, "2", "k", updatedAt: MarbleScheduler.Epoch - Frames(14));
        var fresh    = m.Record(client.Observe(query, "1").States());
        var stale    = m.Record(client.Observe(query, "2").States());

        Expect("h-----H", fresh);
        Expect("ra---------A", stale, new() { ['r'] = "K*" });
    }
}
