using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Client;

/// <summary>A stream of parameters that goes back to those it came from.</summary>
public class RecentlyAskedTests : ClientTest
{
    [Fact]
    public void Any_number_of_parameters_in_any_order_show_their_own_data()
    {
        var client = NewClient();
        var query = Query.Define("n", (int id, CancellationToken _) => Task.FromResult($"#{id}"));
        using var ids = new Subject<int>();
        QueryState<string>? last = null;
        using var _ = ids.ObserveQuery(client, query).Subscribe(state => last = state);
        var random = new Random(1);
        for (var i = 0; i < 1_000; i++)
        {
            var id = random.Next(-100, 100);
            ids.OnNext(id);
            Assert.Equal($"#{id}", last!.Data);
        }
    }

    [Fact]
    public void Parameters_asked_for_before_take_the_defaults_that_hold_when_they_come_again()
    {
        var client = NewClient();
        using var ids = new Subject<int>();
        List<string> seen = [];
        using var _ = ids.ObserveQuery(client, Counting()).Subscribe(state => seen.Add(state.ToString()));
        ids.OnNext(1);
        ids.OnNext(2);
        seen.Clear();
        client.SetDefaults(QueryKey.Of("n"), new() { RefetchOnMount = RefetchPolicy.Always });
        ids.OnNext(1);
        client.SetDefaults(QueryKey.Of("n"), new() { RefetchOnMount = RefetchPolicy.Never });
        ids.OnNext(2);
        Assert.Equal(["Success+Fetching(v1)", "Success+Idle(v3)", "Success+Idle(v2)"], seen);
    }

    [Fact]
    public void Going_back_to_parameters_whose_entry_has_gone_fetches_them()
    {
        var client = NewClient();
        var query = Counting();
        using var ids = new Subject<int>();
        QueryState<string>? last = null;
        using var _ = ids.ObserveQuery(client, query).Subscribe(state => last = state);
        ids.OnNext(1);
        ids.OnNext(2);
        client.Remove(query, 1);
        ids.OnNext(1);
        Assert.Equal("v3", last!.Data);
    }

    [Fact]
    public void Two_observers_of_one_stream_follow_it_each_from_where_they_came()
    {
        var client = NewClient();
        using var ids = new Subject<int>();
        var states = ids.ObserveQuery(client, Counting(), o => o with { KeepPreviousData = false });
        List<string?> first = [], second = [];
        using var one = states.Subscribe(state => first.Add(state.Data));
        ids.OnNext(1);
        using var two = states.Subscribe(state => second.Add(state.Data));
        ids.OnNext(2);
        ids.OnNext(1);
        Assert.Equal(["v1", "v2", "v1"], first.Where(data => data is not null));
        Assert.Equal(["v2", "v1"], second.Where(data => data is not null));
    }
}
