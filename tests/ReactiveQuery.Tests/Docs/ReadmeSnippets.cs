using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Docs;

/// <summary>The README's C#, compiled. <see cref="ReadmeTests"/> holds the two together, block by block.</summary>
public class ReadmeSnippets
{
    // Describe a query once: a name, a fetcher, a policy.
    static readonly QueryDefinition<int, User> UserById =
        Query.Define("users", (int id, CancellationToken ct) => Api.GetUserAsync(id, ct))
             .With(o => o with { StaleTime = TimeSpan.FromSeconds(30) });

    static readonly QueryDefinition<string, Quote> Ticker = Query.Define("ticker", (string symbol) => Hub.Quotes(symbol));

    static readonly QueryDefinition<string, Page> Search = Query.Define("search", (string text) => Task.FromResult(new Page(text)));

    static readonly QueryDefinition<int, Page> PostsOf = Query.Define("posts", (int id) => Task.FromResult(new Page($"posts of {id}")));

    static readonly QueryDefinition<Unit, Prices> CurrentPrices = Query.Define("prices", () => Task.FromResult(new Prices(1)));

    static readonly InfiniteQueryDefinition<string, int, PostPage> Posts = Query.DefineInfinite(
        "posts", (string topic, int cursor, CancellationToken ct) => Api.GetPostsAsync(topic, cursor, ct),
        firstCursor: 0, nextCursor: page => page.Next);

    [Fact]
    public void The_first_screen_runs()
    {
        // Observe it from anywhere. Nothing runs until someone subscribes; everyone who asks for user 42 shares one fetch.
        using var client = new QueryClient();
        using var subscription = client.Observe(UserById, 42).Subscribe(state => Console.WriteLine(state.Match(
            idle: () => "",
            loading: () => "loading…",
            success: user => user.Name,
            error: error => error.Message)));

        Assert.Equal("User 42", client.GetState(UserById, 42).Data!.Name);
    }

    [Fact]
    public void The_search_box_runs()
    {
        using var client = new QueryClient();
        var (searchText, scheduler, uiScheduler) = (Observable.Return("rx"), new MarbleScheduler(), ImmediateScheduler.Instance);
        IObservable<QueryState<Page>> results = searchText
            .Throttle(TimeSpan.FromMilliseconds(300), scheduler)
            .ObserveQuery(client, Search, o => o with { KeepPreviousData = true })
            .ObserveOn(uiScheduler);

        Assert.Equal("rx", Last(results).Text);
    }

    [Fact]
    public void List_and_detail_run()
    {
        using var client = new QueryClient();
        var selectedId = Observable.Return<int?>(42);
        IObservable<QueryState<User>> detail = selectedId.ObserveQuery(client, UserById);   // IObservable<int?>

        client.Invalidate(UserById, 42);                // this user
        client.Invalidate(QueryKey.Of("users"));        // everything under "users"

        Assert.Equal("User 42", Last(detail).Name);
    }

    [Fact]
    public void The_endless_list_runs()
    {
        List<int> shown = [];
        void Show(IReadOnlyList<string> posts) => shown.Add(posts.Count);
        using var client = new QueryClient();
        using var scrolledToEnd = new System.Reactive.Subjects.Subject<Unit>();

        using var store = client.CreateInfiniteStore(Posts, initialParams: "rx");
        store.Data.Select(data => data.Flatten(page => page.Items)).Subscribe(posts => Show(posts));
        store.FetchNextPageOn(scrolledToEnd);   // IObservable<Unit>

        scrolledToEnd.OnNext(Unit.Default);
        Assert.Equal([1, 2], shown);
    }

    [Fact]
    public void The_store_runs()
    {
        List<string?> shown = [];
        void Show(Page page) => shown.Add(page.Text);
        void Spin(bool isLoading) => shown.Add(isLoading ? "spin" : "rest");
        void Warn(string? message) => shown.Add(message);

        using var client = new QueryClient();
        using var store = client.CreateStore(Search, initialParams: "");
        store.Data.Subscribe(page => Show(page));
        store.Loading.Subscribe(isLoading => Spin(isLoading));
        store.Error.Subscribe(error => Warn(error?.Message));

        store.UpdateParams("rx");
        store.Refetch();

        Assert.Contains("rx", shown);
        Assert.Contains("rest", shown);
    }

    [Fact]
    public async Task The_awaited_calls_run()
    {
        var ct = CancellationToken.None;
        using var client = new QueryClient();
        User user = await client.FetchAsync(UserById, 42, ct);
        client.SetData(UserById, 42, user with { Name = "Ada" });
        bool isCached = client.TryGetData(UserById, 42, out User? cached);

        Assert.True(isCached);
        Assert.Equal("Ada", cached!.Name);
    }

    [Fact]
    public void The_polling_client_runs()
    {
        var (windowFocus, connectivity, wakeUps) = (Observable.Return(true), Observable.Return(true), Observable.Empty<TimeSpan>());
        var client = new QueryClient(new QueryClientOptions { Focus = windowFocus, Online = connectivity, Resumed = wakeUps });
        IObservable<QueryState<Prices>> prices = client.Observe(CurrentPrices, o => o with { RefetchInterval = TimeSpan.FromSeconds(5) });

        Assert.Equal(1, Last(prices).Amount);
        client.Dispose();
    }

    [Fact]
    public void Two_queries_and_the_live_one_run()
    {
        using var client = new QueryClient();
        var ids = Observable.Return(42);
        IObservable<QueryState<(User First, Page Second)>> profile = ids.ObserveQueries(client, UserById, PostsOf);

        Assert.Equal("posts of 42", Last(profile).Second.Text);
        Assert.Equal(2, Last(client.Observe(Ticker, "X")).Amount);
    }

    [Fact]
    public void A_new_parameter_abandons_the_fetch_of_the_old_one()
    {
        var m          = new Marbles();
        var ids        = m.Hot("-1--2------");
        var fetch      = m.Fetcher()
            .For("1",           " -----(a|)")   // called in frame 1, would answer in 6
            .For("2",           "    ---(b|)");
        var firstCall  =        "-^--!------";
        var secondCall =        "----^--!---";
        var expected   =        "-L-----b---";   // loading goes on: no state comes twice in a row
        var users      = Query.Define("users", fetch.AsTask);

        m.Expect(ids.ObserveQuery(m.Client(), users)).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(firstCall, secondCall);
    }

    [Fact]
    public async Task A_write_runs()
    {
        using var client = new QueryClient();
        Mutation<Rename, User> rename = client.CreateMutation((Rename r, CancellationToken ct) => Api.RenameAsync(r, ct),
            m => m.Optimistic(UserById, r => r.Id, (user, r) => user with { Name = r.Name })
                  .Invalidates(UserById));

        User renamed = await rename.Start(new Rename(42, "Ada"));            // runs now: awaitable, cancellable, observable
        IObservable<User> execution = rename.Execute(new Rename(42, "Ada")); // cold: one call per subscription

        Assert.Equal("Ada", renamed.Name);
        Assert.Equal(renamed, await execution);
    }

    [Fact]
    public async Task A_patch_by_hand_runs()
    {
        using var client = new QueryClient();
        client.SetData(UserById, 42, new User(42, "Bob"));
        using var profile = client.CreateStore(UserById, 42);
        using var cancellation = new CancellationTokenSource();
        var ct = cancellation.Token;
        using OptimisticHandle<User> patch = profile.Mutate(user => user with { Name = "Ada" });   // a QueryStore; disposal rolls back
        patch.Commit(await Api.RenameAsync(new Rename(42, "Ada"), ct));

        Assert.True(client.TryGetBaseData(UserById, 42, out var saved));
        Assert.Equal("Ada", saved.Name);
    }

    [Fact]
    public void A_write_waits_for_the_connection()
    {
        var connectivity = new System.Reactive.Subjects.BehaviorSubject<bool>(false);
        var client = new QueryClient(new QueryClientOptions { Online = connectivity });
        var rename = client.CreateMutation((Rename r, CancellationToken ct) => Api.RenameAsync(r, ct), m => m.InScope("users").Invalidates(UserById));
        MutationHandle<Rename, User> call = rename.Start(new Rename(42, "Ada"));   // Paused, until connectivity says true
        IObservable<int> unsent = client.IsMutating(new MutationFilter { Status = MutationStatus.Paused });

        Assert.Equal((MutationStatus.Paused, 1), (call.Status, unsent.FirstAsync().Wait()));
        connectivity.OnNext(true);
        Assert.Equal((MutationStatus.Success, 0), (call.Status, unsent.FirstAsync().Wait()));
        client.Dispose();
    }

    [Fact]
    public void A_view_with_tasks_runs()
    {
        var client = new QueryClient();
        var (bar, greeted) = (new Bar(), "");
        void Greet(User user) => greeted = user.Name;
        {
            using var queue = new UiDispatchQueue();                     // the loop calls queue.Drain(budget), once a frame
            using var scope = client.CreateScope(ui: queue);             // disposing it is unmounting
            scope.Spawn(token => Api.GetUserAsync(42, token), Greet);    // the result comes on the queue
            scope.SpawnInterval(TimeSpan.FromSeconds(30), token => Api.GetUserAsync(42, token));
            var progress = SignalSender.To(percent => bar.Value = percent, () => bar.Value, queue);   // any thread, the last value of each drain

            progress.Set(50);
            queue.Drain();
        }

        Assert.Equal(("User 42", 50), (greeted, bar.Value));
        client.Dispose();
    }

    private static T Last<T>(IObservable<QueryState<T>> states)
    {
        QueryState<T>? last = null;
        states.Subscribe(state => last = state).Dispose();
        return last!.Data!;
    }

    private sealed class Bar
    {
        public int Value { get; set; }
    }

    internal sealed record User(int Id, string Name);

    internal sealed record Rename(int Id, string Name);

    internal sealed record Page(string Text);

    internal sealed record Prices(int Amount);

    internal sealed record PostPage(IReadOnlyList<string> Items, int? Next);

    internal sealed record Quote(string Symbol, int Amount);

    private static class Api
    {
        public static Task<User> GetUserAsync(int id, CancellationToken ct) => Task.FromResult(new User(id, ct.CanBeCanceled ? $"User {id}" : ""));

        public static Task<User> RenameAsync(Rename rename, CancellationToken ct) => Task.FromResult(new User(rename.Id, ct.CanBeCanceled ? rename.Name : ""));

        public static Task<PostPage> GetPostsAsync(string topic, int cursor, CancellationToken ct) =>
            Task.FromResult(new PostPage([ct.CanBeCanceled ? $"{topic} {cursor}" : ""], cursor + 1));
    }

    private static class Hub
    {
        public static IObservable<Quote> Quotes(string symbol) => new[] { new Quote(symbol, 1), new Quote(symbol, 2) }.ToObservable(ImmediateScheduler.Instance);
    }
}
