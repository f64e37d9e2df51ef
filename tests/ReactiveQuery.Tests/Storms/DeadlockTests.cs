using System.Diagnostics;
using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Storms;

/// <summary>User code may wait for another thread that calls the client: no lock is held while it runs.</summary>
[Collection(AloneCollection.Name)]
public sealed class DeadlockTests : IDisposable
{
    private readonly QueryClient _client = new(new QueryClientOptions
    {
        Defaults = new QueryOptions { Retry = RetryPolicy.None, StaleTime = Timeout.InfiniteTimeSpan },
    });

    private readonly QueryDefinition<int, string> _query = Query.Define("n", (int id, CancellationToken _) => Task.FromResult($"#{id}"));

    public void Dispose() => _client.Dispose();

    [Fact]
    public void A_fetcher_may_wait_for_another_thread_that_uses_its_query() =>
        AssertRuns(use => _client.FetchAsync(Query.Define("n", (int id, CancellationToken _) => Task.FromResult(use())), 1).Wait(Storm.Patience));

    [Fact]
    public void An_observer_may_wait_for_another_thread_that_uses_its_query() =>
        AssertRuns(use => _client.Observe(_query, 1).Subscribe(_ => use()).Dispose());

    [Fact]
    public void A_selector_may_wait_for_another_thread_that_uses_its_query() =>
        AssertRuns(use => _client.Observe(_query, 1).SelectData(_ => use()).Subscribe().Dispose());

    [Fact]
    public void A_comparer_may_wait_for_another_thread_that_uses_its_query() => AssertRuns(use =>
    {
        var compared = _query.With(o => o with { DataComparer = EqualityComparer<string>.Create((_, _) => use().Length == 0) });
        _client.SetData(compared, 1, "before");
        _client.SetData(compared, 1, "after");
    });

    [Fact]
    public void A_merging_function_may_wait_for_another_thread_that_uses_its_query() => AssertRuns(use =>
    {
        var shared = _query.With(o => o with { ShareData = (_, fetched) => fetched + use() });
        _client.SetData(shared, 1, "before");
        _client.SetData(shared, 1, "after");
    });

    [Fact]
    public void A_retry_predicate_may_wait_for_another_thread_that_uses_its_query() => AssertRuns(use =>
    {
        var failing = Query.Define("n", (int id, CancellationToken _) => Task.FromException<string>(new InvalidOperationException()))
            .With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.Zero) with { ShouldRetry = _ => use().Length == 0 } });
        _client.RefetchAsync(failing, 1).Wait(Storm.Patience);
    });

    [Fact]
    public void A_key_function_may_wait_for_another_thread_that_uses_its_query() => AssertRuns(use =>
    {
        var keyed = _query.WithKey(id => QueryKey.Of("n", use().Length));
        _client.Observe(keyed, 1).Subscribe().Dispose();
    });

    [Fact]
    public void An_updater_may_wait_for_another_thread_that_reads_its_query()
    {
        _client.SetData(_query, 1, "before");
        _client.UpdateData(_query, 1, data =>
        {
            Storm.OnAnotherThread(() => _client.TryGetData(_query, 1, out var _));
            return data + "!";
        });
        Assert.Equal("before!", _client.GetState(_query, 1).Data);
    }

    [Fact]
    public void A_filter_may_wait_for_another_thread_that_uses_its_query() => AssertRuns(use =>
    {
        _client.SetData(_query, 1, "before");
        _client.Invalidate(new QueryFilter { Predicate = _ => use().Length == 0 });
    });

    [Fact]
    public void Initial_data_and_a_placeholder_may_wait_for_another_thread_that_uses_their_query()
    {
        AssertRuns(use => _client.Observe(_query, 2, o => o with { InitialData = use }).Subscribe().Dispose());
        AssertRuns(use => _client.Observe(_query, 3, o => o with { PlaceholderData = use }).Subscribe().Dispose());
    }

    [Fact]
    public void Hooks_may_wait_for_another_thread_that_uses_their_query()
    {
        AssertRuns(use => _client.RefetchAsync(_query.With(o => o with { OnSuccess = (_, _) => use() }), 1).Wait(Storm.Patience));
        var failing = Query.Define("n", (int id, CancellationToken _) => Task.FromException<string>(new InvalidOperationException()));
        AssertRuns(use => _client.RefetchAsync(failing.With(o => o with { OnError = (_, _) => use() }), 1).Wait(Storm.Patience));
    }

    [Fact]
    public void A_token_callback_may_wait_for_another_thread_that_uses_its_query() => AssertRuns(use =>
    {
        var query = Query.Define("n", (int id, CancellationToken token) =>
        {
            token.Register(() => use());
            return new TaskCompletionSource<string>().Task;
        });
        _client.Observe(query, 9).Subscribe().Dispose();
    });

    [Fact]
    public void Two_stores_that_write_each_other_from_two_threads_finish()
    {
        const int Last = 2_000;
        var number = Query.Define("number", (int id, CancellationToken _) => new TaskCompletionSource<int>().Task);
        using var left = _client.CreateStore(number, 1);
        using var right = _client.CreateStore(number, 2);
        using var one = left.Subscribe(state => Write(2, state));
        using var two = right.Subscribe(state => Write(1, state));

        new Storm(2).Run(1, (thread, _, _) =>
        {
            _client.SetData(number, thread + 1, thread);
            return [];
        });

        Storm.Eventually(
            () => _client.GetState(number, 1).Data >= Last && _client.GetState(number, 2).Data >= Last,
            () => $"they stopped at {_client.GetState(number, 1)} and {_client.GetState(number, 2)}");

        void Write(int other, QueryState<int> state)
        {
            if (state.HasData && state.Data <= Last) _client.SetData(number, other, state.Data + 1);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(DispatchMode.EveryState)]
    [InlineData(DispatchMode.LatestState)]
    public void Five_hundred_mounted_stores_on_default_schedulers_need_hardly_any_threads(DispatchMode? dispatch)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.Threads.Count;
        var query = Query.Define("store", (int id, CancellationToken _) => Task.FromResult(id))
            .With(o => o with
            {
                RefetchInterval = TimeSpan.FromSeconds(1),
                StaleTime = TimeSpan.FromMilliseconds(10),
                DispatchOn = dispatch is null ? null : _client.Options.Scheduler,
                DispatchMode = dispatch,
            });
        var stores = Enumerable.Range(0, 500).Select(id => _client.CreateStore(query, id)).ToList();
        using var seen = new CountdownEvent(stores.Count);

        var subscriptions = stores.ConvertAll(store => store.Data.Take(1).Subscribe(_ => seen.Signal()));
        var mounted = stores.ConvertAll(store => store.Subscribe());

        Assert.True(seen.Wait(TimeSpan.FromSeconds(30)));
        process.Refresh();
        Assert.InRange(process.Threads.Count - before, int.MinValue, 49);
        subscriptions.Concat(mounted).ToList().ForEach(subscription => subscription.Dispose());
        stores.ForEach(store => store.Dispose());
    }

    /// <summary>Hands out a function that uses the client on another thread and waits; it must have come to its end at least once.</summary>
    private void AssertRuns(Action<Func<string>> scene)
    {
        var (entered, runs) = (0, 0);
        Storm.OnAnotherThread(() => scene(() =>
        {
            if (Interlocked.Exchange(ref entered, 1) != 0) return "";
            Storm.OnAnotherThread(() =>
            {
                _client.SetData(_query, 1, "meanwhile");
                _client.Invalidate(_query, 1);
                _client.Observe(_query, 1, o => o with { Enabled = false }).Subscribe().Dispose();
                _client.GetState(_query, 1);
            });
            Interlocked.Increment(ref runs);
            return "";
        }));
        Assert.True(runs > 0, "The user's code was not called, or its other thread was held up.");
    }
}
