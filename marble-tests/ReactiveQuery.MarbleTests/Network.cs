using System.Reactive.Subjects;

namespace ReactiveQuery.MarbleTests;

/// <summary>Network modes: which attempts wait for the connection.</summary>
public class Network : Promise
{
    private readonly BehaviorSubject<bool> _online = new(false);

    private QueryClient Offline() => Client(o => o with { Online = _online });

    private void OnlineAt(long frame) => m.At(frame, () => _online.OnNext(true));

    private void OfflineAt(long frame) => m.At(frame, () => _online.OnNext(false));

    [Fact]
    public void A_first_load_waits_for_the_connection()
    {
        var fetch    = m.Fetcher("--(a|)");
        var expected = "P---L-a";

        OnlineAt(4);
        m.Expect(Offline().Observe(Query.Define("q", fetch.AsTask), "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("----^-!");
    }

    [Fact]
    public void Offline_with_a_refetch_due_shows_the_data_and_that_it_waits()
    {
        var client   = Offline();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "P-La-p--rb";

        OnlineAt(2);
        OfflineAt(4);
        m.At(5, () => client.Invalidate(query, "1"));
        OnlineAt(8);
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['p'] = "AP", ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("--^!", "--------^!");
    }

    [Fact]
    public void An_attempt_starts_when_the_backoff_is_over_and_the_connection_is_back_once()
    {
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Retry = RetryPolicy.Fixed(Frames(3)) });
        _online.OnNext(true);

        OfflineAt(2);
        OnlineAt(7);
        m.Expect(Offline().Observe(query, "1").States()).ToBe("L1--p--1a", new() { ['1'] = "L1", ['p'] = "P1" });
        m.Expect(fetch.Calls).ToBe("^!", "-------^!");
    }

    [Fact]
    public void A_connection_that_comes_back_during_the_backoff_does_not_shorten_it()
    {
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { Retry = RetryPolicy.Fixed(Frames(5)) });
        _online.OnNext(true);

        OfflineAt(2);
        OnlineAt(4);
        m.Expect(Offline().Observe(query, "1").States()).ToBe("L1-----a", new() { ['1'] = "L1" });
        m.Expect(fetch.Calls).ToBe("^!", "------^!");
    }

    [Fact]
    public void Offline_first_makes_the_first_attempt_in_any_case_and_retries_online()
    {
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask)
            .With(o => o with { NetworkMode = NetworkMode.OfflineFirst, Retry = RetryPolicy.Fixed(Frames(2)) });

        OnlineAt(6);
        m.Expect(Offline().Observe(query, "1").States()).ToBe("L1-p--1a", new() { ['1'] = "L1", ['p'] = "P1" });
        m.Expect(fetch.Calls).ToBe("^!", "------^!");
    }

    [Fact]
    public void Always_does_not_look_at_the_connection()
    {
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var query    = Query.Define("q", fetch.AsTask)
            .With(o => o with { NetworkMode = NetworkMode.Always, Retry = RetryPolicy.Fixed(Frames(2)) });

        m.Expect(Offline().Observe(query, "1").States()).ToBe("L1--a", new() { ['1'] = "L1" });
    }

    [Fact]
    public void A_paused_fetch_that_is_cancelled_is_idle_and_does_not_resume()
    {
        var client   = Offline();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { RefetchOnReconnect = RefetchPolicy.Never });

        m.At(2, () => client.Cancel(query, "1"));
        OnlineAt(4);
        m.Expect(client.Observe(query, "1").States()).ToBe("P-.---");
        m.Expect(fetch.Calls).ToBe();
    }

    [Fact]
    public void A_paused_fetch_goes_when_its_last_observer_leaves()
    {
        var client   = Offline();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", (string id) => fetch.FetchAsync(id));

        OnlineAt(4);
        m.Expect(client.Observe(query, "1").States(), "^-!").ToBe("P-----");
        m.Expect(fetch.Calls).ToBe();
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void A_connection_that_comes_back_makes_one_fetch_of_a_paused_one_and_its_own_trigger()
    {
        var fetch    = m.Fetcher("(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = TimeSpan.Zero });

        OnlineAt(3);
        m.Expect(Offline().Observe(query, "1").States()).ToBe("P--[LA]");
        m.Expect(fetch.Calls).ToBe("---(^!)");
    }

    [Fact]
    public void Online_is_assumed_until_the_surroundings_say_otherwise()
    {
        var online   = new Subject<bool>();
        var fetch    = m.Fetcher("-(a|)");

        m.Expect(Client(o => o with { Online = online }).Observe(Query.Define("q", fetch.AsTask), "1").States()).ToBe("La");
    }
}
