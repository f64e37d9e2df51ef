using System.Reactive;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Stores;

public sealed class QueryStoreTests : IDisposable
{
    private readonly QueryClient _client = new(new QueryClientOptions { Scheduler = new MarbleScheduler() });
    private readonly List<string> _fetched = [];
    private readonly QueryDefinition<string, string> _search;

    public QueryStoreTests() => _search = Query.Define("search", (string text, CancellationToken _) =>
    {
        _fetched.Add(text);
        return text == "bad" ? Task.FromException<string>(new InvalidOperationException("bad")) : Task.FromResult($"{text}{_fetched.Count}");
    }).With(o => o with { Retry = RetryPolicy.None });

    public void Dispose() => _client.Dispose();

    [Fact]
    public void Nothing_runs_until_the_store_is_subscribed()
    {
        using var store = _client.CreateStore(_search, "a");
        Assert.Equal("Loading+Fetching", store.Current.ToString());
        Assert.Empty(_fetched);
        Assert.Equal(0, _client.Cache.Count);
    }

    [Fact]
    public void The_store_is_the_stream_and_its_projections_share_one_subscription()
    {
        using var store = _client.CreateStore(_search, "a");
        List<string> states = [], data = [];
        List<bool> loading = [];
        List<Exception?> errors = [];
        store.Subscribe(s => states.Add(s.ToString()));
        store.Data.Subscribe(data.Add);
        store.Loading.Subscribe(loading.Add);
        store.Error.Subscribe(errors.Add);

        Assert.Equal(1, _client.Cache.Find().Single().ObserverCount);
        Assert.Equal(["Loading+Fetching", "Success+Idle(a1)"], states);
        Assert.Equal(["a1"], data);
        Assert.Equal([false], loading);
        Assert.Equal([null], errors);
        Assert.Equal("a1", store.Current.Data);
    }

    [Fact]
    public void Other_parameters_switch_and_equal_ones_change_nothing()
    {
        using var store = _client.CreateStore(_search, "a");
        List<string> data = [];
        List<string?> errors = [];
        store.Data.Subscribe(data.Add);
        store.Error.Subscribe(e => errors.Add(e?.Message));
        store.UpdateParams("a");
        store.UpdateParams("b");
        store.UpdateParams("bad");
        store.UpdateParams("a");
        Assert.Equal(["a1", "b2", "a1"], data);
        Assert.Equal([null, "bad", null], errors);
        Assert.Equal(["a", "b", "bad"], _fetched);
        Assert.Equal("a", store.Parameters);
    }

    [Fact]
    public void Parameters_given_before_anyone_subscribes_are_the_ones_that_load()
    {
        using var store = _client.CreateStore(_search, "a");
        store.UpdateParams("b");
        store.Subscribe();
        Assert.Equal(["b"], _fetched);
    }

    [Fact]
    public async Task Refetch_fetches_fresh_data_anew_also_when_the_store_is_disabled()
    {
        using var store = _client.CreateStore(_search, "a", o => o with { Enabled = false });
        List<string> states = [];
        store.Subscribe(s => states.Add(s.ToString()));
        store.Refetch();
        await store.RefetchAsync();
        Assert.Equal(["Idle+Idle", "Loading+Fetching", "Success+Idle(a1)", "Success+Fetching(a1)", "Success+Idle(a2)"], states);
    }

    [Fact]
    public void Disposal_is_unmount_for_everyone_who_subscribed_through_the_store()
    {
        var never = new TaskCompletionSource<string>();
        CancellationToken token = default;
        var query = Query.Define("q", ct => { token = ct; return never.Task; });
        var store = _client.CreateStore(query);
        var seen = 0;
        store.Subscribe(_ => seen++, () => seen += 100);
        store.Data.Subscribe(_ => seen++);
        store.Dispose();
        store.Dispose();
        Assert.True(token.IsCancellationRequested);
        never.TrySetResult("late");
        Assert.Equal(1, seen);
        Assert.Equal(0, _client.Cache.Count);
        store.Subscribe(_ => seen++);
        Assert.Equal(1, seen);
        Assert.Throws<ObjectDisposedException>(store.Refetch);
        Assert.Throws<ObjectDisposedException>(() => store.UpdateParams(Unit.Default));
    }

    [Fact]
    public void Disposal_of_the_client_completes_the_store()
    {
        using var store = _client.CreateStore(_search, "a");
        var completed = 0;
        store.Subscribe(_ => { }, () => completed++);
        _client.Dispose();
        Assert.Equal(1, completed);
        Assert.Throws<ObjectDisposedException>(store.Refetch);
    }

    public static TheoryData<string> Situations =>
    [
        "nothing known", "disabled", "enabled from outside", "placeholder", "placeholder that throws", "initial data", "old initial data", "fresh data", "stale data",
        "stale data that is left alone", "invalidated data", "data too old", "an error", "a fetch under way", "a live query", "patched data",
    ];

    [Theory]
    [MemberData(nameof(Situations))]
    public void Without_subscribers_the_present_state_is_what_the_first_of_them_is_shown_first(string situation)
    {
        var scheduler = new MarbleScheduler();
        using var client = new QueryClient(new QueryClientOptions { Scheduler = scheduler, OnUnobservedError = _ => { } });
        var live = new System.Reactive.Subjects.Subject<string>();
        var query = situation == "a live query"
            ? Query.Define("q", () => (IObservable<string>)live)
            : Query.Define("q", ct => situation == "an error" ? Task.FromException<string>(new InvalidOperationException("bad")) : new TaskCompletionSource<string>().Task)
                .With(o => o with { Retry = RetryPolicy.None });
        Func<QueryOptions<string>, QueryOptions<string>> configure = situation switch
        {
            "disabled" => o => o with { Enabled = false, PlaceholderData = () => "p" },
            "enabled from outside" => o => o with { EnabledWhen = Observable.Never<bool>() },
            "placeholder" => o => o with { PlaceholderData = () => "p" },
            "placeholder that throws" => o => o with { PlaceholderData = () => throw new InvalidOperationException() },
            "initial data" => o => o with { InitialData = () => "i" },
            "old initial data" => o => o with { InitialData = () => "i", InitialDataUpdatedAt = scheduler.Now - TimeSpan.FromHours(1) },
            "stale data that is left alone" => o => o with { RefetchOnMount = RefetchPolicy.Never, PlaceholderData = () => "p" },
            _ => o => o,
        };
        switch (situation)
        {
            case "fresh data" or "invalidated data" or "stale data" or "stale data that is left alone" or "data too old" or "patched data":
                client.SetData(query, Unit.Default, "d");
                if (situation.StartsWith("stale", StringComparison.Ordinal)) scheduler.AdvanceBy(TimeSpan.FromMinutes(2));
                if (situation == "patched data") client.Mutate(query, Unit.Default, data => data + "!");
                if (situation == "data too old") scheduler.AdvanceBy(TimeSpan.FromMinutes(6));
                if (situation == "invalidated data") client.Invalidate(query, Unit.Default);
                break;
            case "an error" or "a live query":
                client.Observe(query).Subscribe();
                live.OnNext("l");
                break;
            case "a fetch under way":
                client.Observe(query).Subscribe();
                break;
        }

        using var store = client.CreateStore(query, configure);
        var before = store.Current;
        List<QueryState<string>> seen = [];
        store.Subscribe(seen.Add);
        Assert.Equal(seen[0], before);
        Assert.Equal(seen[^1], store.Current);
    }

    [Fact]
    public void With_subscribers_the_present_state_is_the_one_they_see_previous_data_included()
    {
        var answers = new Dictionary<string, TaskCompletionSource<string>> { ["a"] = new(), ["b"] = new() };
        var query = Query.Define("q", (string text, CancellationToken _) => answers[text].Task);
        using var store = _client.CreateStore(query, "a", o => o with { KeepPreviousData = true, PlaceholderData = () => "p" });
        List<QueryState<string>> seen = [], late = [];
        store.Subscribe(seen.Add);
        Assert.Equal(seen[^1], store.Current);
        answers["a"].SetResult("A");
        store.UpdateParams("b");
        Assert.Equal(("A", true), (store.Current.Data, store.Current.IsPlaceholder));
        store.Subscribe(late.Add);
        Assert.Equal([store.Current], late);
        Assert.Equal(seen[^1], store.Current);
    }

    [Fact]
    public void Null_is_refused_by_name()
    {
        Assert.Equal("initialParams", Assert.Throws<ArgumentNullException>(() => _client.CreateStore(_search, null!)).ParamName);
        Assert.Equal("definition", Assert.Throws<ArgumentNullException>(() => _client.CreateStore((QueryDefinition<string, string>)null!, "a")).ParamName);
        Assert.Equal("client", Assert.Throws<ArgumentNullException>(() => ((QueryClient)null!).CreateStore(_search, "a")).ParamName);
        using var store = _client.CreateStore(_search, "a");
        Assert.Equal("parameters", Assert.Throws<ArgumentNullException>(() => store.UpdateParams(null!)).ParamName);
        Assert.Equal("observer", Assert.Throws<ArgumentNullException>(() => store.Subscribe(null!)).ParamName);
    }
}
