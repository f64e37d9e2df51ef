using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>Several queries shown as one.</summary>
public class SuspenseBoundary : Promise
{
    private static readonly SuspenseOptions AtOnce = new() { Delay = TimeSpan.Zero, Minimum = TimeSpan.Zero };

    private SuspenseOptions Calm => new() { Scheduler = m.Scheduler, Delay = Frames(3), Minimum = Frames(4) };

    [Fact]
    public void It_loads_until_all_are_ready()
    {
        var user     = m.Fetcher(" --(a|)");
        var posts    = m.Fetcher(" -----(b|)");
        var expected =           "L----x---";    // x: both

        var client = Client();
        m.Expect(Shown(Suspense.Of(Ask(client, "user", user), Ask(client, "posts", posts), AtOnce))).ToBe(expected, new() { ['x'] = "(a, b)" });
    }

    [Fact]
    public void It_fails_with_the_first_that_fails()
    {
        var user     = m.Fetcher(" --(a|)");
        var posts    = m.Fetcher(" ---#", "--(b|)");
        var expected =           "L--E--";

        var client = Client();
        m.Expect(Shown(Suspense.Of(Ask(client, "user", user), Ask(client, "posts", posts), AtOnce))).ToBe(expected);
    }

    [Fact]
    public void Three_queries_that_answer_fast_show_no_spinner_and_slow_ones_show_it_long_enough()
    {
        var fast     = m.Fetcher(" --(a|)");
        var slow     = m.Fetcher(" ----(b|)");
        var client   = Client();
        var one      =           "--x------";
        var three    =           "---L---y-";   // b is there in frame 4; the spinner stays from 3 to 7

        var quick = m.Record(Shown(Suspense.Of(Ask(client, "1", fast), Ask(client, "2", fast), Calm)));
        var calm  = m.Record(Shown(Suspense.Of(Ask(client, "3", fast), Ask(client, "4", fast), Ask(client, "5", slow), Calm)));
        Expect(one, quick, new() { ['x'] = "(a, a)" });
        Expect(three, calm, new() { ['y'] = "(a, a, b)" });
    }

    [Fact]
    public void Any_number_is_one_list_in_order()
    {
        var client   = Client();
        var queries  = new[] { " ---(a|)", " -(b|)", " --(c|)" }.Select((script, i) => Ask(client, $"{i}", m.Fetcher(script))).ToList();
        var expected =           "L--x---";

        m.Expect(Suspense.Of(queries, AtOnce).Select(state => state.HasData ? string.Concat(state.Data!) : "L")).ToBe(expected, new() { ['x'] = "abc" });
        Assert.Empty(Suspense.Of(Array.Empty<IObservable<QueryState<string>>>(), AtOnce).FirstAsync().Wait().Data!);
    }

    [Fact]
    public void The_last_ready_value_stays_while_another_key_loads_and_while_it_is_refetched()
    {
        var fetch    = m.Fetcher().For("1", "--(a|)").For("2", "--(b|)", "--(c|)");
        var keys     = m.Hot(            "1----2-------");
        var expected =                   "L-a--p-b--x-c";   // p: a as a stand-in; x: b, refetching

        var client   = Client();
        var users    = Query.Define("users", fetch.AsTask);
        m.At(10, () => client.Refetch(users, "2"));
        m.Expect(Shown(Suspense.Of(keys.ObserveQuery(client, users), AtOnce))).ToBe(expected, new() { ['p'] = "?a*", ['x'] = "b*" });
    }

    [Fact]
    public void Unless_it_is_not_to_stay_then_every_fetch_shows_loading()
    {
        var fetch    = m.Fetcher("--(a|)", "--(b|)");
        var expected =           "L-a--L-b";
        var client   = Client();
        var users    = Query.Define("users", fetch.AsTask);

        m.At(5, () => client.Refetch(users, "1"));
        m.Expect(Shown(Suspense.Of(client.Observe(users, "1"), AtOnce with { KeepReady = false }))).ToBe(expected);
    }

    [Fact]
    public void A_source_that_fails_is_an_error_state()
    {
        using var broken = new Subject<QueryState<string>>();
        var shown = m.Record(Shown(Suspense.Of(broken, Observable.Return(QueryState.Success("a")).Concat(Observable.Never<QueryState<string>>()), AtOnce)));
        m.At(2, () => broken.OnError(Failure));
        Expect("--E", shown);
    }

    private static IObservable<QueryState<string>> Ask(QueryClient client, string name, MarbleFetcher<string, string> fetcher) =>
        client.Observe(Query.Define(name, fetcher.AsTask), name);

    private static IObservable<string> Shown<T>(IObservable<QueryState<T>> states) => states.Select(state => state.Status switch
    {
        QueryStatus.Success => (state.IsPlaceholder ? "?" : "") + state.Data + (state.IsFetching ? "*" : ""),
        QueryStatus.Error => "E",
        QueryStatus.Loading => "L",
        _ => ".",
    });
}
