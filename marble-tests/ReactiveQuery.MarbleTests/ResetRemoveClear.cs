using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>What takes data away: nothing from before can land.</summary>
public class ResetRemoveClear : Promise
{
    [Fact]
    public void Clear_shows_idle_and_loads_anew_what_is_watched()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La--[.L]-b";

        m.At(4, client.Clear);
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^!", "----^-!");
    }

    [Fact]
    public void Clear_leaves_idle_what_is_disabled()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var disabled = client.Observe(query, "1", o => o with { Enabled = false });
        var expected = ".-a-.";

        m.At(2, () => client.SetData(query, "1", "a"));
        m.At(4, client.Clear);
        m.Expect(disabled.States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe();
    }

    [Fact]
    public void A_fetch_from_before_clear_cannot_land()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----(a|)", "-----(b|)").IgnoringCancellation();
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-[.L]----b";

        m.At(2, client.Clear);
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^-!", "--^----!");
        Assert.Equal(4, fetch.History[0].Ended);
    }

    [Fact]
    public void A_live_query_is_resubscribed_by_clear_and_the_old_source_is_left()
    {
        var client   = Client();
        var sources  = new Queue<ColdMarbles<string>>([m.Cold("-a---x---"), m.Cold("--b---")]);
        var (before, after) = (sources.First(), sources.Last());
        var query    = Query.Define("q", (string _) => (IObservable<string>)sources.Dequeue());
        var expected = "La-[.L]-b---";

        m.At(3, client.Clear);
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['a'] = "a>", ['b'] = "b>" });
        m.Expect(before.Subscriptions).ToBe("^--!");
        m.Expect(after.Subscriptions).ToBe("---^");
    }

    [Fact]
    public void Remove_cancels_the_awaiting_callers()
    {
        var client   = Client();
        var fetch    = m.Fetcher("----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var caller   = m.Record(Awaiting(() => client.FetchAsync(query, "1")));

        m.At(2, () => client.Remove(query, "1"));
        m.Expect(caller).ToBe("--#");
        m.Expect(fetch.Calls).ToBe("^-!");
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void Remove_concerns_its_key_only()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)", "-(c|)");
        var query    = Query.Define("q", fetch.AsTask);
        var removed  = m.Record(client.Observe(query, "1").States());
        var other    = m.Record(client.Observe(query, "2").States());

        m.At(4, () => client.Remove(query, "1"));
        Expect("La--[.L]c", removed);
        Expect("Lb-------", other);
    }

    [Fact]
    public void Remove_takes_an_unwatched_query_out_of_the_cache()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var early    = m.Record(client.Observe(query, "1").States(), "^-!");
        var late     = m.Record(client.Observe(query, "1").States(), "-----^");

        m.At(3, () => client.Remove(query, "1"));
        Expect("La-----", early);
        Expect("-----Lb", late);
    }

    [Fact]
    public void Reset_begins_again_with_the_initial_data()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { InitialData = () => "i", StaleTime = Frames(50) });
        var expected = "i-r" + "a--[.i]---";

        m.At(2, () => client.Refetch(query, "1"));
        m.At(6, () => client.Reset(query, "1"));
        m.Expect(client.Observe(query, "1").States(), "^----------!").ToBe(expected, new() { ['r'] = "i*" });
        m.Expect(fetch.Calls).ToBe("--^!");
    }

    [Fact]
    public void Remove_does_not_bring_back_the_initial_data()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { InitialData = () => "i", StaleTime = Frames(50) });
        var expected = "i---[.L]a---";

        m.At(4, () => client.Remove(query, "1"));
        m.Expect(client.Observe(query, "1").States(), "^----------!").ToBe(expected);
    }

    [Fact]
    public void An_error_goes_with_a_reset()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "LE--[.L]a";

        m.At(4, () => client.Reset(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
    }
}
