using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.MarbleTests;

/// <summary>The table of states: each situation with its two statuses.</summary>
public class StateTable : Promise
{
    private static readonly Dictionary<char, string> Situations = new()
    {
        ['d'] = "Idle+Idle",
        ['l'] = "Loading+Fetching",
        ['o'] = "Loading+Paused",
        ['s'] = "Success+Idle",
        ['r'] = "Success+Fetching",
        ['w'] = "Success+Paused",
        ['e'] = "Error+Idle",
        ['f'] = "Error+Fetching",
        ['p'] = "Success+Fetching, placeholder",
        ['v'] = "Success+Streaming",
    };

    private static IObservable<string> Of<T>(IObservable<QueryState<T>> states) =>
        states.Select(state => $"{state.Status}+{state.FetchStatus}{(state.IsPlaceholder ? ", placeholder" : "")}");

    [Fact]
    public void Disabled()
    {
        var query    = Query.Define("q", m.Fetcher("-(a|)").AsTask);

        m.Expect(Of(Client().Observe(query, "1", o => o with { Enabled = false }))).ToBe("d", Situations);
    }

    [Fact]
    public void Cancelled_before_any_data()
    {
        var client   = Client();
        var query    = Query.Define("q", m.Fetcher("-----(a|)").AsTask);

        m.At(2, () => client.Cancel(query, "1"));
        m.Expect(Of(client.Observe(query, "1"))).ToBe("l-d", Situations);
    }

    [Fact]
    public void First_load_offline_then_online_then_success()
    {
        var online   = new BehaviorSubject<bool>(false);
        var query    = Query.Define("q", m.Fetcher("--(a|)").AsTask);

        m.At(3, () => online.OnNext(true));
        m.Expect(Of(Client(o => o with { Online = online }).Observe(query, "1"))).ToBe("o--l-s", Situations);
    }

    [Fact]
    public void Success_then_refetching_behind_it_then_offline_with_a_refetch_due()
    {
        var online   = new BehaviorSubject<bool>(true);
        var client   = Client(o => o with { Online = online });
        var query    = Query.Define("q", m.Fetcher("-(a|)").AsTask);

        m.At(3, () => client.Refetch(query, "1"));
        m.At(6, () => online.OnNext(false));
        m.At(7, () => client.Refetch(query, "1"));
        m.Expect(Of(client.Observe(query, "1"))).ToBe("ls-rs--w", Situations);
    }

    [Fact]
    public void Failed_first_load_then_retried_by_hand_with_the_error_cleared()
    {
        var client   = Client();
        var query    = Query.Define("q", m.Fetcher("-#", "-(a|)").WithError(Failure).AsTask);
        var whole    = m.Record(client.Observe(query, "1"));

        m.At(3, () => client.Refetch(query, "1"));
        m.Expect(Of(client.Observe(query, "1"))).ToBe("le-ls", Situations);
        Assert.Equal([null, Failure, null, null], whole.Events.Select(e => e.Notification.Value.Error));
    }

    [Fact]
    public void Failed_refetch_with_the_data_kept_then_refetching_again()
    {
        var client   = Client();
        var query    = Query.Define("q", m.Fetcher("-(a|)", "-#", "-(b|)").WithError(Failure).AsTask);
        var whole    = m.Record(client.Observe(query, "1"));

        m.At(3, () => client.Refetch(query, "1"));
        m.At(6, () => client.Refetch(query, "1"));
        m.Expect(Of(client.Observe(query, "1"))).ToBe("ls-re-fs", Situations);
        Assert.Equal([null, "a", "a", "a", "a", "b"], whole.Events.Select(e => e.Notification.Value.Data));
    }

    [Fact]
    public void A_placeholder_then_the_data()
    {
        var query    = Query.Define("q", m.Fetcher("--(a|)").AsTask).With(o => o with { PlaceholderData = () => "p" });

        m.Expect(Of(Client().Observe(query, "1"))).ToBe("p-s", Situations);
    }

    [Fact]
    public void A_live_query_after_its_first_value_then_at_its_end()
    {
        var client   = Client();
        var query    = Query.Define("q", m.Fetcher("-a--b-|").AsObservable);
        var whole    = m.Record(client.Observe(query, "1", o => o with { StaleTime = Frames(1) }));

        m.Expect(Of(client.Observe(query, "1"))).ToBe("lv--v-s", Situations);
        Assert.All(whole.Events.Where(e => e.Notification.Value.IsStreaming), e => Assert.False(e.Notification.Value is { IsStale: true } or { IsFetching: true }));
    }

    [Fact]
    public void Success_failure_refetch_failure_has_the_last_good_data_in_each()
    {
        var client   = Client();
        var query    = Query.Define("q", m.Fetcher("-(a|)", "-#").WithError(Failure).AsTask);
        var whole    = m.Record(client.Observe(query, "1"));

        m.At(3, () => client.Refetch(query, "1"));
        m.At(6, () => client.Refetch(query, "1"));
        m.Expect(Of(client.Observe(query, "1"))).ToBe("ls-re-fe", Situations);
        Assert.All(whole.Events.Skip(1), e => Assert.Equal("a", e.Notification.Value.Data));
    }
}
