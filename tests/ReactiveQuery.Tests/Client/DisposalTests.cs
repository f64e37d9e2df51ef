using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Client;

public class DisposalTests : ClientTest
{
    [Fact]
    public async Task Disposing_the_client_completes_every_stream_once_and_cancels_fetches_and_callers()
    {
        var client = NewClient();
        CancellationToken token = default;
        var query = Query.Define("n", (int _, CancellationToken ct) => { token = ct; return new TaskCompletionSource<string>().Task; });
        var completions = 0;
        client.Observe(query, 1).Subscribe(_ => { }, () => completions++);
        client.Observe(query, 1, o => o with { PlaceholderData = () => "p" }).Subscribe(_ => { }, () => completions++);
        var call = client.FetchAsync(query, 1);
        var settled = client.PrefetchAsync(query, 1);

        client.Dispose();
        client.Dispose();

        Assert.Equal(2, completions);
        Assert.True(token.IsCancellationRequested);
        Assert.True(call.IsCanceled);
        await settled;
        Assert.Equal((0, 0), (client.Cache.Count, Scheduler.PendingWorkItems));
    }

    [Fact]
    public void Later_calls_throw_and_later_subscriptions_complete_at_once()
    {
        var client = NewClient();
        var query = Counting();
        var states = client.Observe(query, 1);
        client.Dispose();

        foreach (var call in new Action[]
        {
            () => { _ = client.FetchAsync(query, 1); },
            () => { _ = client.EnsureAsync(query, 1); },
            () => { _ = client.PrefetchAsync(query, 1); },
            () => client.TryGetData(query, 1, out _),
            () => client.GetState(query, 1),
            () => client.SetData(query, 1, "a"),
            () => client.UpdateData(query, 1, data => data),
            () => client.Invalidate(query, 1),
            () => client.InvalidateAll(),
            () => { _ = client.InvalidateAllAsync(); },
            () => client.Refetch(query, 1),
            () => client.Refetch(query),
            () => { _ = client.RefetchAsync(query, 1); },
            () => client.Cancel(query, 1),
            () => client.Remove(query, 1),
            () => client.Reset(query, 1),
            () => client.Clear(),
            () => client.SetDefaults(QueryKey.Of("n"), new()),
        })
        {
            Assert.Throws<ObjectDisposedException>(call);
        }

        List<string> ends = [];
        states.Subscribe(_ => ends.Add("state"), () => ends.Add("observed before"));
        client.Observe(query, 1).Subscribe(_ => ends.Add("state"), () => ends.Add("observed after"));
        Observable.Never<int>().ObserveQuery(client, query).Subscribe(_ => ends.Add("state"), () => ends.Add("driven"));
        client.IsFetching().Subscribe(_ => ends.Add("count"), () => ends.Add("count ended"));
        client.Cache.Events.Subscribe(_ => ends.Add("event"), () => ends.Add("events ended"));
        Assert.Equal(["observed before", "observed after", "driven", "count ended", "events ended"], ends);
    }

    [Fact]
    public void Disposing_the_client_leaves_its_surroundings()
    {
        var focus = new Subject<bool>();
        var online = new Subject<bool>();
        var resumed = new Subject<TimeSpan>();
        var client = NewClient(o => o with { Focus = focus, Online = online, Resumed = resumed });
        Assert.False(focus.HasObservers || online.HasObservers || resumed.HasObservers); // nothing is subscribed before the first query
        client.Observe(Counting(), 1).Subscribe();
        Assert.True(focus.HasObservers && online.HasObservers && resumed.HasObservers);
        client.Dispose();
        Assert.False(focus.HasObservers || online.HasObservers || resumed.HasObservers);
    }

    [Fact]
    public void A_fetch_that_ends_after_the_client_changes_nothing()
    {
        var client = NewClient();
        var answer = new TaskCompletionSource<string>();
        List<string> seen = [];
        client.Observe(Query.Define("n", (int _) => answer.Task), 1).Subscribe(state => seen.Add(state.ToString()), () => seen.Add("end"));
        client.Dispose();
        answer.SetResult("late");
        Assert.Equal(["Loading+Fetching", "end"], seen);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void Two_clients_share_nothing()
    {
        using var one = NewClient();
        using var other = NewClient();
        one.SetData(Counting(), 1, "a");
        one.SetDefaults(QueryKey.Of("n"), new() { Enabled = false });
        other.Observe(Counting(), 1).Subscribe();
        one.Clear();
        Assert.Equal("v1", other.GetState(Counting(), 1).Data);
    }

    [Fact]
    public void Disposing_the_client_inside_an_observer_is_safe()
    {
        var client = NewClient();
        List<string> seen = [];
        client.Observe(Counting(), 1).Subscribe(state => { seen.Add(state.ToString()); client.Dispose(); }, () => seen.Add("end"));
        Assert.Equal(["Loading+Fetching", "end"], seen);
    }
}
