using System.Reactive;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>What makes a query fetch by itself: mount, focus, reconnect, interval, the user's own trigger.</summary>
public class Triggers : Promise
{
    private readonly BehaviorSubject<bool> _focus = new(true);
    private readonly BehaviorSubject<bool> _online = new(true);
    private readonly Subject<TimeSpan> _resumed = new();

    private QueryClient Surrounded() => Client(o => o with { Focus = _focus, Online = _online, Resumed = _resumed });

    private void Blink(BehaviorSubject<bool> surroundings)
    {
        surroundings.OnNext(false);
        surroundings.OnNext(true);
    }

    private static QueryDefinition<string, string> Lasting(int frames, MarbleFetcher<string, string> fetch) =>
        Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = Frames(frames) });

    [Fact]
    public void Regained_focus_refetches_what_is_stale_and_nothing_else()
    {
        var client   = Surrounded();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var expected =           "La---A--rb";

        m.At(3, () => Blink(_focus));
        m.At(8, () => Blink(_focus));
        m.Expect(client.Observe(Lasting(4, fetch), "1").States(), "^---------!").ToBe(expected, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^!", "--------^!");
    }

    [Fact]
    public void A_regained_connection_refetches_what_is_stale_and_nothing_else()
    {
        var client   = Surrounded();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var expected =           "La---A--rb";

        m.At(3, () => Blink(_online));
        m.At(8, () => Blink(_online));
        m.Expect(client.Observe(Lasting(4, fetch), "1").States(), "^---------!").ToBe(expected, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^!", "--------^!");
    }

    [Fact]
    public void A_wake_up_adds_the_time_slept_to_every_age_and_refetches_what_is_stale()
    {
        var client   = Surrounded();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = TimeSpan.FromHours(1) });
        var expected = "La----[Ar]b";   // stale by the sleep, and refetched

        m.At(3, () => _resumed.OnNext(TimeSpan.FromMinutes(10)));
        m.At(6, () => _resumed.OnNext(TimeSpan.FromHours(8)));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^!", "------^!");
    }

    [Fact]
    public void Always_refetches_fresh_data_and_Never_not_even_stale_data()
    {
        var client   = Surrounded();
        var eager    = m.Fetcher("-(a|)", "-(b|)");
        var lazy     = m.Fetcher("-(a|)");
        var always   = Query.Define("always", eager.AsTask).With(o => o with { RefetchOnFocus = RefetchPolicy.Always });
        var never    = Query.Define("never", lazy.AsTask).With(o => o with { RefetchOnFocus = RefetchPolicy.Never, StaleTime = TimeSpan.Zero });
        var eagerly  = m.Record(client.Observe(always, "1").States());
        var lazily   = m.Record(client.Observe(never, "1").States());

        m.At(4, () => Blink(_focus));
        Expect("La--rb", eagerly, new() { ['r'] = "a*" });
        Expect("LA----", lazily);
    }

    [Fact]
    public void On_mount_Always_refetches_fresh_data_and_Never_loads_only_what_is_not_there()
    {
        var client   = Client();
        var eager    = m.Fetcher("-(a|)", "-(b|)");
        var lazy     = m.Fetcher("-(a|)");
        var always   = Query.Define("always", eager.AsTask).With(o => o with { RefetchOnMount = RefetchPolicy.Always });
        var never    = Query.Define("never", lazy.AsTask).With(o => o with { RefetchOnMount = RefetchPolicy.Never, StaleTime = TimeSpan.Zero });
        m.Record(client.Observe(always, "1"), "^-!");
        m.Record(client.Observe(never, "1"), "^-!");
        var eagerly  = m.Record(client.Observe(always, "1").States(), "----^");
        var lazily   = m.Record(client.Observe(never, "1").States(), "----^");

        Expect("----rb", eagerly, new() { ['r'] = "a*" });
        Expect("----A-", lazily);
        m.Expect(lazy.Calls).ToBe("^!");
    }

    [Fact]
    public void An_error_without_data_counts_as_stale()
    {
        var client   = Surrounded();
        var fetch    = m.Fetcher("-#", "-(a|)").WithError(Failure);
        var expected = "LE--La";

        m.At(4, () => Blink(_focus));
        m.Expect(client.Observe(Lasting(50, fetch), "1").States(), "^-----!").ToBe(expected);
    }

    [Fact]
    public void An_interval_fetches_again_and_again_whatever_the_age_of_the_data()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)", "-(c|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { RefetchInterval = Frames(4) });
        var expected = "La---rb---sc";   // four frames after the end of the fetch before

        m.Expect(client.Observe(query, "1").States(), "^-----------!").ToBe(expected, new() { ['r'] = "a*", ['s'] = "b*" });
        m.Expect(fetch.Calls).ToBe("^!", "-----^!", "----------^!");
    }

    [Fact]
    public void An_interval_rests_without_focus_unless_told_otherwise()
    {
        var client   = Surrounded();
        var visible  = m.Fetcher("(a|)");
        var always   = m.Fetcher("(a|)");
        var resting  = Query.Define("resting", visible.AsTask).With(o => o with { RefetchInterval = Frames(3), RefetchOnFocus = RefetchPolicy.Never });
        var working  = Query.Define("working", always.AsTask).With(o => o with { RefetchInterval = Frames(3), RefetchIntervalInBackground = true });
        m.Record(client.Observe(resting, "1"), "^----------!");
        m.Record(client.Observe(working, "1"), "^----------!");

        m.At(1, () => _focus.OnNext(false));
        m.At(7, () => _focus.OnNext(true));
        m.AdvanceTo(20);
        m.Expect(visible.Calls).ToBe("(^!)", "---------(^!)");
        m.Expect(always.Calls).ToBe("(^!)", "---(^!)", "------(^!)", "---------(^!)");
    }

    [Fact]
    public void An_interval_may_depend_on_the_state()
    {
        var client   = Client();
        var fetch    = m.Fetcher("-(a|)", "-(b|)", "-(c|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with
        {
            RefetchIntervalFrom = state => state.Data switch { "a" => Frames(2), "b" => Frames(5), _ => null },
        });
        var expected = "La-rb----sc----";

        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "a*", ['s'] = "b*" });
    }

    [Fact]
    public void Focus_connection_and_interval_that_come_together_make_one_fetch()
    {
        var client   = Surrounded();
        var fetch    = m.Fetcher("-(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = TimeSpan.Zero, RefetchInterval = Frames(5) });

        m.At(6, () => Blink(_focus));
        m.At(6, () => Blink(_online));
        m.Expect(client.Observe(query, "1").States(), "^--------!").ToBe("LA----r-B", new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^!", "------^-!");
    }

    [Fact]
    public void A_trigger_of_ones_own_fetches_always_and_joins_what_runs()
    {
        var client   = Client();
        var pulled   = m.Hot<Unit>("---p-p---p-");
        var fetch    = m.Fetcher("-(a|)", "---(b|)", "-(c|)");
        var expected =           "La-r--b--sc";

        m.Expect(client.Observe(Query.Define("q", fetch.AsTask), "1", o => o with { RefetchOn = pulled }).States(), "^----------!")
            .ToBe(expected, new() { ['r'] = "a*", ['s'] = "b*" });
        m.Expect(fetch.Calls).ToBe("^!", "---^--!", "---------^!");
        m.Expect(pulled.Subscriptions).ToBe("^----------!");
    }

    [Fact]
    public void Enabling_fetches_and_disabling_only_stops_what_comes_by_itself()
    {
        var client   = Surrounded();
        var enabled  = m.Hot("--t---f-------", symbol => symbol == 't');
        var fetch    = m.Fetcher("--(a|)", "-(b|)");
        var query    = Lasting(3, fetch).With(o => o with { EnabledWhen = enabled });
        var expected = ".-L-a--A--rb";

        m.At(9, () => Blink(_focus));
        m.At(10, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States(), "^-----------!").ToBe(expected, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("--^-!", "----------^!");
        m.Expect(enabled.Subscriptions).ToBe("^-----------!");
    }

    [Fact]
    public void Without_background_refetch_stale_data_is_served_and_only_explicit_calls_fetch()
    {
        var client   = Surrounded();
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = TimeSpan.Zero, BackgroundRefetch = false });
        m.Record(client.Observe(query, "1"), "^-!");
        var states   = m.Record(client.Observe(query, "1").States(), "---^");

        m.At(4, () => Blink(_focus));
        m.At(5, () => Blink(_online));
        m.At(6, () => client.Refetch(query, "1"));
        Expect("---A--rB", states, new() { ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("^!", "------^!");
    }

    [Fact]
    public void Nothing_is_fetched_after_the_last_observer_left()
    {
        var client   = Surrounded();
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { StaleTime = TimeSpan.Zero, RefetchInterval = Frames(3) });
        m.Record(client.Observe(query, "1"), "^--!");

        m.At(6, () => Blink(_focus));
        m.AdvanceTo(100);
        m.Expect(fetch.Calls).ToBe("^!");
    }

    [Fact]
    public void An_explicit_refetch_joins_a_first_load_and_restarts_a_running_refetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("--(a|)", "---(b|)", "--(c|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-a-r---c";

        m.At(1, () => client.Refetch(query, "1"));
        m.At(4, () => client.Refetch(query, "1"));
        m.At(6, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['r'] = "a*" });
        m.Expect(fetch.Calls).ToBe("^-!", "----^-!", "------^-!");
    }

    [Fact]
    public void Without_deduplication_an_explicit_fetch_restarts_a_first_load_too()
    {
        var client   = Client();
        var fetch    = m.Fetcher("---(a|)", "---(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { DedupeRequests = false });
        var expected = "L----b";

        m.At(2, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe("^-!", "--^--!");
    }
}
