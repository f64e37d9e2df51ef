using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Client;

/// <summary>When data turns stale, grows too old, and is fetched for it. Each of these was once found by a random program.</summary>
public class StalenessTests
{
    private readonly MarbleScheduler _scheduler = new();
    private readonly List<TaskCompletionSource<string>> _calls = [];
    private readonly QueryDefinition<int, string> _query;
    private readonly QueryDefinition<int, string> _tokenless;

    public StalenessTests()
    {
        _query = Query.Define("n", (int id, CancellationToken _) => Call());
        _tokenless = Query.Define("n", (int id) => Call());
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private QueryClient NewClient(QueryOptions? defaults = null, IObservable<bool>? online = null) =>
        new(new QueryClientOptions { Scheduler = _scheduler, Online = online, Defaults = defaults ?? new QueryOptions() });

    [Fact]
    public void Fresh_data_that_lands_in_the_same_instant_as_fenced_data_turns_stale_in_time()
    {
        using var client = NewClient();
        List<string> seen = [];
        using var _ = client.Observe(_query, 1, o => o with { StaleTime = Seconds(2) }).Subscribe(s => seen.Add(s.ToString()));
        client.Invalidate(_query, 1);
        _calls[0].SetResult("old");
        _calls[1].SetResult("new");
        _scheduler.AdvanceBy(Seconds(2));
        Assert.Equal(["Loading+Fetching", "Success+Fetching(old, stale)", "Success+Idle(new)", "Success+Idle(new, stale)"], seen);
    }

    [Fact]
    public void An_observer_learns_that_data_turned_stale_although_one_with_a_shorter_stale_time_had_left()
    {
        using var client = NewClient(new QueryOptions { CacheTtl = Timeout.InfiniteTimeSpan });
        client.Observe(_tokenless, 1, o => o with { StaleTime = Seconds(2) }).Subscribe().Dispose();
        _calls[0].SetResult("a");
        _scheduler.AdvanceBy(Seconds(5));
        List<string> seen = [];
        using var _ = client.Observe(_tokenless, 1, o => o with { StaleTime = Seconds(15) }).Subscribe(s => seen.Add(s.ToString()));
        _scheduler.AdvanceBy(Seconds(10));
        Assert.Equal(["Success+Idle(a)", "Success+Idle(a, stale)"], seen);
    }

    [Fact]
    public void What_one_observer_finds_stale_at_once_is_shown_fresh_to_another_until_its_own_time_is_over()
    {
        using var client = NewClient();
        List<string> atOnce = [], later = [];
        using var never = client.Observe(_query, 1, o => o with { StaleTime = TimeSpan.Zero }).Subscribe(s => atOnce.Add(s.ToString()));
        using var longer = client.Observe(_query, 1, o => o with { StaleTime = Seconds(5) }).Subscribe(s => later.Add(s.ToString()));
        _calls[0].SetResult("a");
        client.Refetch(_query, 1);
        _calls[1].SetResult("b");
        Assert.Equal("Success+Idle(b)", client.GetState(_query, 1).ToString());
        client.SetData(_query, 1, "c");
        _scheduler.AdvanceBy(Seconds(5));
        Assert.Equal(
            ["Loading+Fetching", "Success+Idle(a, stale)", "Success+Fetching(a, stale)", "Success+Idle(b, stale)", "Success+Idle(c, stale)"], atOnce);
        Assert.Equal(
            ["Loading+Fetching", "Success+Idle(a)", "Success+Fetching(a)", "Success+Idle(b)", "Success+Idle(c)", "Success+Idle(c, stale)"], later);
    }

    [Fact]
    public void An_interval_is_made_of_the_state_as_its_own_observer_finds_it()
    {
        using var client = NewClient();
        List<bool> stale = [];
        using var never = client.Observe(_query, 1, o => o with { StaleTime = TimeSpan.Zero }).Subscribe();
        using var longer = client.Observe(_query, 1, o => o with
        {
            StaleTime = Seconds(5),
            RefetchIntervalFrom = state =>
            {
                if (state.HasData) stale.Add(state.IsStale);
                return null;
            },
        }).Subscribe();
        _calls[0].SetResult("a");
        Assert.Equal([false], stale);
    }

    [Fact]
    public void Data_written_with_an_age_turns_stale_for_each_observer_in_its_own_time()
    {
        using var client = NewClient();
        List<string> seen = [];
        using var shorter = client.Observe(_query, 1, o => o with { StaleTime = Seconds(2) }).Subscribe();
        using var longer = client.Observe(_query, 1, o => o with { StaleTime = Seconds(15) }).Subscribe(s => seen.Add(s.ToString()));
        client.SetData(_query, 1, "aged", _scheduler.Now - Seconds(5));
        client.Cancel(_query, 1);
        _scheduler.AdvanceBy(Seconds(10));
        Assert.Equal(["Loading+Fetching", "Success+Fetching(aged)", "Success+Idle(aged)", "Success+Idle(aged, stale)"], seen);
    }

    [Fact]
    public void Data_too_old_for_a_newcomer_is_not_shown_though_it_is_being_refetched()
    {
        using var client = NewClient(new QueryOptions { StaleTime = Seconds(1), CacheTtl = Seconds(20) });
        client.SetData(_query, 1, "old");
        client.Refetch(_query, 1);
        Assert.Equal("Success+Fetching(old)", client.GetState(_query, 1).ToString());
        _scheduler.AdvanceBy(Seconds(20));
        Assert.Equal("Loading+Fetching", client.GetState(_query, 1).ToString());
        List<string> seen = [];
        using var _ = client.Observe(_query, 1).Subscribe(s => seen.Add(s.ToString()));
        _calls[0].SetResult("new");
        Assert.Equal(["Loading+Fetching", "Success+Idle(new)"], seen);
        Assert.Single(_calls);
    }

    [Fact]
    public void Cancelling_the_refetch_of_data_that_grew_too_old_leaves_nothing()
    {
        using var client = NewClient(new QueryOptions { StaleTime = Seconds(1), CacheTtl = Seconds(20) });
        client.SetData(_query, 1, "old");
        client.Refetch(_query, 1);
        _scheduler.AdvanceBy(Seconds(20));
        using var _ = client.Observe(_query, 1).Subscribe();
        client.Cancel(_query, 1);
        Assert.Equal("Idle+Idle", client.GetState(_query, 1).ToString());
    }

    [Fact]
    public void Data_that_nobody_watches_and_that_is_too_old_is_not_updated()
    {
        using var client = NewClient(new QueryOptions { StaleTime = Seconds(1), CacheTtl = Seconds(20) });
        client.SetData(_query, 1, "old");
        _scheduler.AdvanceBy(Seconds(20));
        Assert.False(client.UpdateData(_query, 1, data => data + "!"));
        Assert.False(client.TryGetData(_query, 1, out var _));
    }

    [Fact]
    public void A_connection_that_returns_makes_one_fetch_of_what_was_paused_and_is_always_refetched()
    {
        using var online = new BehaviorSubject<bool>(false);
        using var client = NewClient(online: online);
        var calls = 0;
        var query = Query.Define("at once", (int id, CancellationToken _) => Task.FromResult(++calls));
        using var _ = client.Observe(query, 1, o => o with { RefetchOnReconnect = RefetchPolicy.Always }).Subscribe();
        Assert.Equal(0, calls);
        online.OnNext(true);
        Assert.Equal(1, calls);
        online.OnNext(false);
        online.OnNext(true);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void A_mount_that_never_refetches_still_loads_what_failed_before_it_had_any_data()
    {
        using var client = NewClient(new QueryOptions { Retry = RetryPolicy.None });
        using var first = client.Observe(_query, 1).Subscribe();
        _calls[0].SetException(new InvalidOperationException("down"));
        using var second = client.Observe(_query, 1, o => o with { RefetchOnMount = RefetchPolicy.Never }).Subscribe();
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public void A_refetch_of_what_nobody_watches_goes_on_when_an_awaiting_caller_gives_up()
    {
        using var client = NewClient();
        using var source = new CancellationTokenSource();
        _ = client.FetchAsync(_query, 1, source.Token);
        client.Refetch(_query, 1);
        source.Cancel();
        _calls[0].SetResult("a");
        Assert.Equal("Success+Idle(a)", client.GetState(_query, 1).ToString());
    }

    private Task<string> Call()
    {
        _calls.Add(new TaskCompletionSource<string>());
        return _calls[^1].Task;
    }
}
