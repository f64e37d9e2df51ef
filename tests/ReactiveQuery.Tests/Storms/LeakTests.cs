using System.Runtime.CompilerServices;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Storms;

/// <summary>Nothing keeps alive what was let go of, though the client lives on.</summary>
public sealed class LeakTests : IDisposable
{
    private static readonly TimeSpan Stay = TimeSpan.FromMinutes(5);
    private readonly MarbleScheduler _scheduler = new();
    private readonly QueryClient _client;

    public LeakTests() => _client = new QueryClient(new QueryClientOptions { Scheduler = _scheduler });

    public void Dispose() => _client.Dispose();

    [Fact]
    public void A_thousand_view_models_that_were_unmounted_are_collected()
    {
        var query = Query.Define("shared", (int id, CancellationToken _) => Task.FromResult($"#{id}"));
        var gone = MountAndUnmount(query, times: 1_000);
        AssertCollected(gone);
    }

    [Fact]
    public void An_unmounted_view_model_is_collected_though_its_subscription_is_still_held()
    {
        var query = Query.Define("shared", (int id, CancellationToken _) => Task.FromResult($"#{id}"));
        var (gone, subscription) = Unmounted(query);
        AssertCollected([gone]);
        GC.KeepAlive(subscription);
    }

    [Fact]
    public void A_client_and_what_it_held_are_collected_though_the_definition_lives()
    {
        var query = Query.Define("shared", (int id, CancellationToken _) => Task.FromResult($"#{id}"));
        AssertCollected(ReadThroughTwoClients(query));
        GC.KeepAlive(query);
    }

    [Fact]
    public void A_fetcher_and_its_view_model_are_collected_when_the_entry_has_gone()
    {
        var gone = FetchByClosure();
        Assert.Equal(1, _client.Cache.Count);
        _scheduler.AdvanceBy(Stay);
        Assert.Equal(0, _client.Cache.Count);
        AssertCollected(gone);
    }

    [Fact]
    public void An_abandoned_fetch_keeps_no_view_model_though_its_work_never_ends()
    {
        var endless = new TaskCompletionSource<string>();
        var gone = Abandon(endless.Task);
        Assert.Equal(0, _client.Cache.Count);
        AssertCollected(gone);
        GC.KeepAlive(endless);
    }

    [Fact]
    public void Data_that_was_shown_and_awaited_is_collected_when_other_data_has_taken_its_place()
    {
        var query = Query.Define("data", (int id, CancellationToken _) => Task.FromResult(new object())).With(o => o with { StaleTime = Stay });
        using var first = _client.Observe(query, 1).Subscribe();
        using var second = _client.Observe(query, 1).Subscribe();
        AssertCollected(ReadAwaitAndReplace(query));
    }

    [Fact]
    public void A_store_that_was_disposed_is_collected()
    {
        var query = Query.Define("shared", (int id, CancellationToken _) => Task.FromResult($"#{id}"));
        AssertCollected(UseStore(query));
    }

    [Fact]
    public void A_store_of_pages_that_was_disposed_is_collected_though_its_trigger_lives_and_its_page_never_comes()
    {
        using var scrolled = new System.Reactive.Subjects.Subject<System.Reactive.Unit>();
        var query = Query.DefineInfinite(
            "pages", (int _, int cursor, CancellationToken _) => cursor == 0 ? Task.FromResult("first") : new TaskCompletionSource<string>().Task, 0, _ => 1);
        AssertCollected(UsePages(query, scrolled));
        Assert.False(scrolled.HasObservers);
    }

    [Fact]
    public void An_awaiting_caller_that_gave_up_is_collected_though_the_fetch_goes_on()
    {
        var query = Query.Define("shared", (int id, CancellationToken _) => new TaskCompletionSource<string>().Task);
        using var other = _client.Observe(query, 1).Subscribe();
        AssertCollected(AwaitAndGiveUp(query));
        Assert.True(_client.GetState(query, 1).IsFetching);
    }

    /// <summary>Each client reads its own data through the one definition, in turn.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> ReadThroughTwoClients(QueryDefinition<int, string> query)
    {
        var (first, second) = (new QueryClient(), new QueryClient());
        first.SetData(query, 1, "first");
        second.SetData(query, 1, "second");
        for (var i = 0; i < 3; i++)
            Assert.Equal(("first", "second"), (first.GetState(query, 1).Data, second.GetState(query, 1).Data));
        List<WeakReference> gone = [new(first), new(second), new(first.GetState(query, 1)), new(second.GetState(query, 1))];
        first.Dispose();
        second.Dispose();
        return gone;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> MountAndUnmount(QueryDefinition<int, string> query, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => Unmounted(query).ViewModel)];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (WeakReference ViewModel, IDisposable Subscription) Unmounted(QueryDefinition<int, string> query)
    {
        var model = new ViewModel();
        var subscription = _client.Observe(query, 1, o => o with { PlaceholderData = () => model.Shown })
            .SelectData(data => model.Shown + data)
            .Subscribe(model.Show);
        subscription.Dispose();
        return (new WeakReference(model), subscription);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> FetchByClosure()
    {
        var model = new ViewModel();
        var query = Query.Define("own", (int id, CancellationToken _) => Task.FromResult(model.Shown + id));
        _client.Observe(query, 1).Subscribe(model.Show).Dispose();
        Assert.Equal("1", model.Shown);
        return [new WeakReference(model), new WeakReference(query)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> Abandon(Task<string> endless)
    {
        var model = new ViewModel();
        var query = Query.Define("own", (int id, CancellationToken _) =>
        {
            model.Shown = "called";
            return endless;
        });
        _client.Observe(query, 1).Subscribe(model.Show).Dispose();
        return [new WeakReference(model), new WeakReference(query)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> UseStore(QueryDefinition<int, string> query)
    {
        var model = new ViewModel();
        var store = _client.CreateStore(query, 1);
        _ = store.Subscribe(model.Show);
        store.UpdateParams(2);
        store.Dispose();
        return [new WeakReference(model), new WeakReference(store)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> UsePages(InfiniteQueryDefinition<int, int, string> query, IObservable<System.Reactive.Unit> scrolled)
    {
        var model = new ViewModel();
        var store = _client.CreateInfiniteStore(query, 1, o => o with { Meta = model });
        _ = store.Subscribe(state => model.Shown = state.Data?.ToString() ?? "");
        store.FetchNextPageOn(scrolled);
        store.FetchNextPage();
        store.Refetch(); // Waits for the page, and goes with it.
        Assert.True(store.Current.IsFetchingNextPage);
        store.Dispose();
        return [new WeakReference(model), new WeakReference(store)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> AwaitAndGiveUp(QueryDefinition<int, string> query)
    {
        using var source = new CancellationTokenSource();
        var answer = _client.FetchAsync(query, 1, source.Token);
        source.Cancel();
        Assert.True(answer.IsCanceled);
        return [new WeakReference(answer)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> ReadAwaitAndReplace(QueryDefinition<int, object> query)
    {
        var old = new List<WeakReference>();
        for (var i = 0; i < 5; i++)
        {
            for (var ask = 0; ask < 3; ask++)
                Assert.True(_client.FetchAsync(query, 1).IsCompletedSuccessfully);
            old.Add(new(_client.GetState(query, 1).Data));
            _client.SetData(query, 1, new object());
        }

        return old;
    }

    private static void AssertCollected(List<WeakReference> references)
    {
        for (var i = 0; i < 5 && references.Exists(r => r.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(references, r => r.IsAlive);
    }

    private sealed class ViewModel
    {
        public string Shown { get; set; } = "";

        public void Show(QueryState<string> state) => Shown = state.Data ?? "";
    }
}
