using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Hazards;

public class ReentrancyHazards : ClientTest
{
    [Fact]
    public void An_observer_that_writes_inside_its_call_does_not_let_a_later_observer_see_the_versions_out_of_order()
    {
        using var client = NewClient();
        var query = Query.Define("n", (int _) => new TaskCompletionSource<string>().Task);
        List<string?> a = [];
        List<string?> b = [];
        client.Observe(query, 1).Subscribe(state =>
        {
            a.Add(state.Data);
            if (state.Data == "1") client.SetData(query, 1, "2");
        });
        client.Observe(query, 1).Subscribe(state => b.Add(state.Data));
        client.SetData(query, 1, "1");
        Assert.Equal([null, "1", "2"], a);
        Assert.Equal(a, b);
    }

    [Fact]
    public void An_observer_that_refetches_removes_and_subscribes_inside_its_call_sees_every_version_in_order()
    {
        using var client = NewClient();
        var query = Counting();
        List<string> seen = [];
        List<string> inner = [];
        client.Observe(query, 1).Subscribe(state =>
        {
            seen.Add(state.ToString());
            if (state.Data == "v1" && !state.IsFetching) client.Refetch(query, 1);
            if (state.Data == "v2") client.Remove(query, 1);
            if (state.Data == "v3" && inner.Count == 0) client.Observe(query, 1).Subscribe(s => inner.Add(s.ToString()));
        });
        Assert.Equal(
            ["Loading+Fetching", "Success+Idle(v1)", "Success+Fetching(v1)", "Success+Idle(v2)", "Idle+Idle", "Loading+Fetching", "Success+Idle(v3)"],
            seen);
        Assert.Equal(["Success+Idle(v3)"], inner);
    }

    [Fact]
    public void An_observer_that_disposes_its_own_subscription_in_the_first_call_hears_nothing_more()
    {
        using var client = NewClient();
        var calls = 0;
        var subscription = new SingleAssignmentDisposable();
        subscription.Disposable = client.Observe(Counting(), 1).Subscribe(_ => { calls++; subscription.Dispose(); });
        client.SetData(Counting(), 1, "b");
        Assert.Equal(1, client.Cache.Count);
        Assert.Equal(0, client.Cache.Find()[0].ObserverCount);
        Assert.InRange(calls, 1, 2); // the second is committed before Subscribe has returned what is to be disposed

        var taken = 0;
        client.Observe(Counting("m"), 1).Take(1).Subscribe(_ => taken++);
        Assert.Equal(1, taken);
        Assert.All(client.Cache.Find(), entry => Assert.Equal(0, entry.ObserverCount));
    }

    [Fact]
    public void Nothing_is_delivered_once_dispose_has_returned()
    {
        using var client = NewClient();
        var query = Counting();
        List<string> seen = [];
        IDisposable? second = null;
        client.Observe(query, 1).Subscribe(_ => second?.Dispose());
        second = client.Observe(query, 1).Subscribe(state => seen.Add(state.ToString()));
        seen.Clear();
        client.SetData(query, 1, "b");
        Assert.Empty(seen);
    }

    [Fact]
    public void An_observer_that_throws_harms_nobody_else_and_is_reported()
    {
        using var client = NewClient();
        List<string> healthy = [];
        client.Observe(Counting(), 1).Subscribe(_ => throw Boom);
        client.Observe(Counting(), 1).Subscribe(state => healthy.Add(state.ToString()));
        client.SetData(Counting(), 1, "b");
        Assert.Equal(["Success+Idle(v1)", "Success+Idle(b)"], healthy);
        Assert.All(Unobserved, error => Assert.Equal((Boom, UnobservedErrorOrigin.Observer), (error.Exception, error.Origin)));
        Assert.Equal(3, Unobserved.Count);
    }

    [Fact]
    public void The_observer_of_a_driven_query_that_throws_is_reported_too()
    {
        using var client = NewClient();
        List<string> healthy = [];
        Observable.Return(1).ObserveQuery(client, Counting()).Subscribe(_ => throw Boom);
        Observable.Return(1).ObserveQuery(client, Counting()).Subscribe(state => healthy.Add(state.ToString()));
        Assert.Equal(["Success+Idle(v1)"], healthy);
        Assert.Contains(Unobserved, error => (error.Exception, error.Origin) == (Boom, UnobservedErrorOrigin.Observer));
    }

    [Fact]
    public void A_selector_that_throws_is_that_observers_error_state_and_the_next_good_value_arrives()
    {
        using var client = NewClient();
        var query = Counting();
        List<string> seen = [];
        List<string> others = [];
        client.Observe(query, 1).SelectData(data => data == "v1" ? throw Boom : data.Length).Subscribe(state => seen.Add(state.ToString()));
        client.Observe(query, 1).Subscribe(state => others.Add(state.ToString()));
        client.SetData(query, 1, "abc");
        Assert.Equal(["Loading+Fetching", "Error+Idle(error: boom)", "Success+Idle(3)"], seen);
        Assert.Equal(["Success+Idle(v1)", "Success+Idle(abc)"], others);
    }

    [Fact]
    public void The_first_state_is_synchronous_also_inside_work_of_the_current_thread_scheduler()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "a");
        List<string> seen = [];
        CurrentThreadScheduler.Instance.Schedule(() =>
        {
            client.Observe(Counting(), 1).Subscribe(state => seen.Add(state.ToString()));
            seen.Add("subscribed");
        });
        Assert.Equal(["Success+Idle(a)", "subscribed"], seen);
    }

    [Fact]
    public void The_fetcher_is_called_after_the_first_state_and_on_the_fetch_scheduler_if_there_is_one()
    {
        using var client = NewClient();
        List<string> order = [];
        var query = Query.Define("n", (int _) => { order.Add("fetch"); return Task.FromResult(1); });
        client.Observe(query, 1).Subscribe(state => order.Add(state.ToString()));
        Assert.Equal(["Loading+Fetching", "fetch", "Success+Idle(1)"], order);

        order.Clear();
        client.Observe(query, 2, o => o with { FetchScheduler = Scheduler }).Subscribe(state => order.Add(state.ToString()));
        order.Add("subscribed");
        Scheduler.AdvanceBy(TimeSpan.Zero);
        Assert.Equal(["Loading+Fetching", "subscribed", "fetch", "Success+Idle(1)"], order);
    }

    [Fact]
    public void Every_user_function_may_call_the_client_again()
    {
        using var client = NewClient();
        var other = Counting("other");
        void Reenter() { client.SetData(other, 1, "x"); client.Invalidate(other, 1); client.Observe(other, 1).Subscribe().Dispose(); }
        var query = Query.Define("n", (int _, CancellationToken ct) => { ct.Register(Reenter); Reenter(); return Task.FromResult("a"); })
            .WithKey(id => { Reenter(); return QueryKey.Of("n", id); })
            .With(o => o with
            {
                InitialData = null,
                PlaceholderData = () => { Reenter(); return "p"; },
                ShareData = (_, fetched) => { Reenter(); return fetched; },
                OnSuccess = (_, _) => Reenter(),
                RefetchIntervalFrom = _ => { Reenter(); return null; },
            });
        client.Observe(query, 1).Subscribe(_ => Reenter());
        client.Refetch(query, 1);
        client.Invalidate(new QueryFilter { Predicate = _ => { Reenter(); return true; } });
        Assert.Equal("Success+Idle(a)", client.GetState(query, 1).ToString());
        Assert.Empty(Unobserved);
    }
}
