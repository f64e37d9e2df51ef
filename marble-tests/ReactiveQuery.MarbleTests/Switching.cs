using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>A new parameter leaves the old key.</summary>
public class Switching : Promise
{
    [Fact]
    public void A_new_parameter_abandons_the_fetch_of_the_old_one()
    {
        var ids      = m.Hot("-1--2---------");
        var first    =       "-^--!---------";   // would answer at 6
        var second   =       "----^--!------";
        var fetch    = m.Fetcher("-----(a|)", "---(b|)");
        var expected =       "-L-----b------";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(first, second);
    }

    [Fact]
    public void The_result_of_the_old_parameter_never_appears_whatever_its_fetcher_does()
    {
        var ids      = m.Hot("-1--2---------");
        var fetch    = m.Fetcher("-----(a|)", "---(b|)").IgnoringCancellation();
        var expected =       "-L-----b------";   // a came at 6

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        Assert.Equal(6, fetch.History[0].Ended);
    }

    [Fact]
    public void The_error_of_the_old_parameter_never_appears()
    {
        var ids      = m.Hot("-1--2---------");
        var fetch    = m.Fetcher("-----#", "---(b|)").IgnoringCancellation();
        var expected =       "-L-----b------";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
    }

    [Fact]
    public void Nothing_flashes_between_two_keys()
    {
        var ids      = m.Hot("-1---2---1---");
        var fetch    = m.Fetcher<string, string>().For("1", "--(a|)").For("2", "--(b|)");
        var expected =       "-L-a-L-b-a---";   // no idle, no error, no emptied state; 1 is served from the cache
        var first    =       "-^-!";
        var second   =       "-----^-!";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(first, second);
    }

    [Fact]
    public void An_equal_parameter_changes_nothing()
    {
        var ids      = m.Hot("-1-1---1-");
        var fetch    = m.Fetcher("----(a|)");
        var calls    =       "-^---!";
        var expected =       "-L---a---";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(calls);
    }

    [Fact]
    public void A_null_parameter_disables()
    {
        var ids      = m.Hot<string?>("-n-1---n----1-", new() { ['n'] = null });
        var fetch    = m.Fetcher("--(a|)");
        var calls    =                "---^-!";
        var expected =                "-.-L-a-.----a-";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(calls);
    }

    [Fact]
    public void A_null_of_a_value_type_disables_too()
    {
        var ids      = m.Hot<int?>("-7---n--", new() { ['7'] = 7, ['n'] = null });
        var fetch    = m.Fetcher<int, string>("--(a|)");
        var expected =             "-L-a-.--";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        Assert.Equal(7, Assert.Single(fetch.History).Params);
    }

    [Fact]
    public void A_search_box_asks_when_the_typing_stops()
    {
        var typing   = m.Hot("-1-2-3-------4----");
        var fetch    = m.Fetcher("---(a|)", "-(b|)");
        var first    =       "---------^--!";       // four quiet frames after 3
        var second   =       "-----------------^!";
        var expected =       "---------L--a----Lb";

        m.Expect(typing.Throttle(Frames(4), m.Scheduler).ObserveQuery(Client(), Query.Define("q", fetch.AsTask)).States()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(first, second);
        Assert.Equal(["3", "4"], fetch.History.Select(call => call.Params));
    }

    [Fact]
    public void A_query_that_depends_on_another_waits_for_its_data()
    {
        var user     = m.Fetcher("--(1|)");
        var team     = m.Fetcher("---(t|)");
        var calls    = "--^--!";
        var expected = ".-L--t";
        var client   = Client();

        var teams = client.Observe(Query.Define("user", user.AsTask), "me").Select(state => state.Data)
            .ObserveQuery(client, Query.Define("team", team.AsTask));

        m.Expect(teams.States()).ToBe(expected);
        m.Expect(team.Calls).ToBe(calls);
        Assert.Equal("1", team.History[0].Params);
    }

    [Fact]
    public void Two_queries_of_one_parameter_never_show_the_data_of_two_parameters_together()
    {
        var ids      = m.Hot("-1------2------");
        var client   = Client();
        var names    = m.Fetcher<string, string>().For("1", "-(a|)").For("2", "---(b|)");
        var posts    = m.Fetcher<string, string>().For("1", "---(x|)").For("2", "-(y|)");
        var expected =       "-L--f---L--s---";

        m.Expect(ids.ObserveQueries(client, Query.Define("name", names.AsTask), Query.Define("posts", posts.AsTask)).States())
            .ToBe(expected, new() { ['f'] = "(a, x)", ['s'] = "(b, y)" });
    }

    [Fact]
    public void The_observer_leaves_the_old_key_before_it_asks_for_the_new_one()
    {
        var ids      = m.Hot("-1---2---");
        var sources  = new Dictionary<string, ColdMarbles<string>> { ["1"] = m.Cold("-a-------"), ["2"] = m.Cold("-b-------") };
        var first    =       "-^---!---";
        var second   =       "-----^---";
        var expected =       "-La--Lb--";

        m.Expect(ids.ObserveQuery(Client(), Query.Define("q", (string id) => (IObservable<string>)sources[id])).States())
            .ToBe(expected, new() { ['a'] = "a>", ['b'] = "b>" });
        m.Expect(sources["1"].Subscriptions).ToBe(first);
        m.Expect(sources["2"].Subscriptions).ToBe(second);
    }
}
