using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Hazards;

/// <summary>The dispatch option at every level, and every way to a query that obeys it.</summary>
public class DispatchHazards : ClientTest
{
    private readonly CountingScheduler _ui = new();
    private bool _isThere = true;

    private UiBoundary Boundary => UiBoundary.From(_ui, () => _isThere);

    public static TheoryData<string, DispatchMode> Levels
    {
        get
        {
            var all = new TheoryData<string, DispatchMode>();
            foreach (var level in new[] { "client", "prefix", "definition", "observer", "driven", "store" })
            {
                all.Add(level, DispatchMode.EveryState);
                all.Add(level, DispatchMode.LatestState);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_subscriber_already_there_has_the_cached_state_when_Subscribe_returns_whatever_level_asked_for_the_dispatch(string level, DispatchMode mode)
    {
        var (client, states) = Observe(level, mode);
        List<string> seen = [];
        using var subscription = states.Subscribe(state => seen.Add(state.ToString()));
        Assert.Equal(["Success+Idle(warm)"], seen);
        Assert.Equal(0, _ui.Pending);

        client.SetData(Counting(), 1, "b");
        client.SetData(Counting(), 1, "c");
        Assert.Equal((1, 1), (seen.Count, _ui.Pending));
        _ui.RunAll();
        Assert.Equal(mode == DispatchMode.LatestState ? ["Success+Idle(warm)", "Success+Idle(c)"] : ["Success+Idle(warm)", "Success+Idle(b)", "Success+Idle(c)"], seen);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_subscriber_elsewhere_is_called_there(string level, DispatchMode mode)
    {
        _isThere = false;
        var (_, states) = Observe(level, mode);
        List<string> seen = [];
        using var subscription = states.Subscribe(state => seen.Add(state.ToString()));
        Assert.Equal((0, 1), (seen.Count, _ui.Pending));
        _ui.RunAll();
        Assert.Equal(["Success+Idle(warm)"], seen);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_dispatcher_that_was_shut_down_lets_no_exception_out_and_harms_nobody_else(string level, DispatchMode mode)
    {
        var (client, states) = Observe(level, mode);
        List<string> seen = [];
        List<string> healthy = [];
        using var subscription = states.Subscribe(state => seen.Add(state.ToString()));
        client.Observe(Counting(), 1, o => o with { DispatchOn = ImmediateScheduler.Instance }).Subscribe(state => healthy.Add(state.ToString()));
        _ui.IsDead = true;
        client.SetData(Counting(), 1, "b");
        client.Invalidate(Counting(), 1);
        Assert.Equal(["Success+Idle(warm)"], seen);
        Assert.Equal("Success+Idle(v1)", healthy[^1]);
        Assert.Equal(1, Assert.Single(client.Cache.Find()).ObserverCount); // It left.
        var error = Assert.Single(Unobserved);
        Assert.IsType<ObjectDisposedException>(error.Exception);
        Assert.Equal((UnobservedErrorOrigin.Scheduler, "n"), (error.Origin, $"{error.Key![0]}"));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void An_observer_that_throws_at_its_own_place_does_not_take_the_dispatcher_down_and_is_reported(string level, DispatchMode mode)
    {
        if (level == "store") return; // It shares one subscription, and lets go of a subscriber who throws.
        _isThere = false;
        var (client, states) = Observe(level, mode);
        var calls = 0;
        using var subscription = states.Subscribe(_ => { calls++; throw Boom; });
        _ui.RunAll();
        client.SetData(Counting(), 1, "b");
        _ui.RunAll();
        Assert.Equal(2, calls);
        Assert.Equal([(Boom, UnobservedErrorOrigin.Observer), (Boom, UnobservedErrorOrigin.Observer)], Unobserved.Select(e => (e.Exception, e.Origin)));
    }

    [Fact]
    public void A_plain_scheduler_posts_the_first_state_too()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "warm");
        List<string> seen = [];
        using var subscription = client.Observe(Counting(), 1, o => o with { DispatchOn = _ui }).Subscribe(state => seen.Add(state.ToString()));
        Assert.Empty(seen);
        _ui.RunAll();
        Assert.Equal(["Success+Idle(warm)"], seen);
    }

    [Fact]
    public void A_client_that_is_disposed_completes_its_dispatched_streams_after_what_was_posted()
    {
        var (client, states) = Observe("observer", DispatchMode.EveryState);
        var heard = new Recorder<QueryState<string>>();
        using var subscription = states.Subscribe(heard);
        client.SetData(Counting(), 1, "b");
        client.Dispose();
        Assert.False(heard.Completed);
        _ui.RunAll();
        Assert.Equal(["warm", "b"], heard.Values.Select(state => state.Data));
        Assert.True(heard.Completed);
    }

    private (QueryClient Client, IObservable<QueryState<string>> States) Observe(string level, DispatchMode mode)
    {
        QueryOptions Dispatching(QueryOptions options) => options with { DispatchOn = Boundary, DispatchMode = mode };
        QueryOptions<string> Own(QueryOptions<string> options) => options with { DispatchOn = Boundary, DispatchMode = mode };
        var client = NewClient(o => level == "client" ? o with { Defaults = Dispatching(o.Defaults) } : o);
        if (level == "prefix") client.SetDefaults(QueryKey.Of("n"), Dispatching(new()));
        var query = level == "definition" ? Counting().With(Own) : Counting();
        client.SetData(query, 1, "warm");
        return (client, level switch
        {
            "observer" => client.Observe(query, 1, Own),
            "driven" => new BehaviorSubject<int>(1).ObserveQuery(client, query, Own),
            "store" => client.CreateStore(query, 1, Own),
            _ => client.Observe(query, 1),
        });
    }
}
