using System.Reactive;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Client;

public class ObserveTests
{
    private readonly MarbleScheduler _scheduler = new();

    private QueryClient NewClient(Func<QueryClientOptions, QueryClientOptions>? configure = null)
    {
        var options = new QueryClientOptions { Scheduler = _scheduler };
        return new QueryClient(configure is null ? options : configure(options));
    }

    [Fact]
    public void A_completed_fetch_is_seen_loading_and_then_there_before_subscribe_returns()
    {
        using var client = NewClient();
        var query = Query.Define("n", (int id, CancellationToken _) => Task.FromResult($"#{id}"));
        List<string> seen = [];
        using var _ = client.Observe(query, 7).Subscribe(s => seen.Add(s.ToString()));
        Assert.Equal(["Loading+Fetching", "Success+Idle(#7)"], seen);
    }

    [Fact]
    public void Ten_thousand_subscribers_make_one_fetch()
    {
        using var client = NewClient();
        var calls = 0;
        var answer = new TaskCompletionSource<string>();
        var query = Query.Define("n", (int id, CancellationToken _) => { calls++; return answer.Task; });
        var seen = 0;
        for (var i = 0; i < 10_000; i++)
            client.Observe(query, 7).Subscribe(s => { if (s.HasData) seen++; });
        answer.SetResult("x");
        Assert.Equal((1, 10_000), (calls, seen));
    }

    [Fact]
    public void All_forms_of_fetchers_infer()
    {
        var definitions = new QueryDefinition[]
        {
            Query.Define("a", (int id, CancellationToken ct) => Task.FromResult(id)),
            Query.Define("b", (int id) => Task.FromResult(id)),
            Query.Define("c", (int id) => Observable.Return(id)),
            Query.Define("d", (int id, CancellationToken ct) => Sequence(id)),
            Query.Define("e", ct => Task.FromResult(1)),
            Query.Define("f", () => Task.FromResult(1)),
            Query.Define("g", () => Observable.Return(1)),
            Query.Define("h", ct => Sequence(1)),
            Query.Define("i", (int id, QueryContext c) => Task.FromResult(c.Attempt)),
            Query.Define("j", (Unit _, QueryContext c) => Task.FromResult(c.Attempt)),
            Query.Define("k", (CancellationToken ct) => Task.FromResult(1)),
            Query.Define("l", async (int id, CancellationToken ct) => { await Task.Yield(); return id; }),
        };
        Assert.All(definitions, d => Assert.Equal(typeof(int), d.DataType));
        Assert.IsType<QueryDefinition<Unit, int>>(definitions[10], exactMatch: false);

        static async IAsyncEnumerable<int> Sequence(int id)
        {
            await Task.CompletedTask;
            yield return id;
        }
    }

    [Fact]
    public void A_failed_fetch_is_retried_three_times_and_then_an_error()
    {
        using var client = NewClient();
        var calls = 0;
        var boom = new InvalidOperationException("boom");
        var query = Query.Define("n", (int id, CancellationToken _) => { calls++; return Task.FromException<string>(boom); });
        List<string> seen = [];
        using var _ = client.Observe(query, 7).Subscribe(s => seen.Add($"{_scheduler.Clock / 10_000}: {s}"));
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);
        Assert.Equal(4, calls);
        Assert.Equal(
            [
                "0: Loading+Fetching",
                "0: Loading+Fetching(failures: 1, last failure: boom)",
                "1000: Loading+Fetching(failures: 2, last failure: boom)",
                "3000: Loading+Fetching(failures: 3, last failure: boom)",
                "7000: Error+Idle(error: boom, failures: 4)",
            ],
            seen);
    }

    [Fact]
    public void Data_turns_stale_by_itself_and_a_newcomer_refetches_it()
    {
        using var client = NewClient();
        var n = 0;
        var query = Query.Define("n", (int id, CancellationToken _) => Task.FromResult($"v{++n}"));
        List<string> seen = [];
        using var a = client.Observe(query, 7).Subscribe(s => seen.Add($"{_scheduler.Clock / 10_000_000}: {s}"));
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(70).Ticks);
        using var b = client.Observe(query, 7).Subscribe();
        Assert.Equal(
            [
                "0: Loading+Fetching",
                "0: Success+Idle(v1)",
                "60: Success+Idle(v1, stale)",
                "70: Success+Fetching(v1, stale)",
                "70: Success+Idle(v2)",
            ],
            seen);
    }

    [Fact]
    public async Task Fetch_async_shares_and_serves()
    {
        using var client = NewClient();
        var n = 0;
        var query = Query.Define("n", (int id, CancellationToken _) => Task.FromResult($"v{++n}"));
        Assert.Equal("v1", await client.FetchAsync(query, 1));
        Assert.Equal("v1", await client.FetchAsync(query, 1));
        await client.RefetchAsync(query, 1);
        Assert.True(client.TryGetData(query, 1, out var data));
        Assert.Equal("v2", data);
        client.Invalidate(query, 1);
        Assert.Equal("v3", await client.FetchAsync(query, 1));
        client.SetData(query, 1, "set");
        Assert.Equal("set", await client.FetchAsync(query, 1));
        client.Clear();
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void Parameters_switch_without_a_flash()
    {
        using var client = NewClient();
        var query = Query.Define("n", (string text, CancellationToken _) => Task.FromResult(text + "!"));
        using var parameters = new System.Reactive.Subjects.Subject<string?>();
        List<string> seen = [];
        using var _ = parameters.ObserveQuery(client, query).Subscribe(s => seen.Add(s.ToString()));
        parameters.OnNext(null);
        parameters.OnNext("a");
        parameters.OnNext("a");
        parameters.OnNext("b");
        parameters.OnNext("a");
        parameters.OnError(new InvalidOperationException("source"));
        Assert.Equal(
            ["Idle+Idle", "Loading+Fetching", "Success+Idle(a!)", "Loading+Fetching", "Success+Idle(b!)", "Success+Idle(a!)", "Error+Idle(error: source, failures: 1)"],
            seen);
    }

    [Fact]
    public void Leaving_cancels_and_the_empty_entry_goes()
    {
        using var client = NewClient();
        CancellationToken token = default;
        var query = Query.Define<int, string>("n", (int id, CancellationToken ct) => { token = ct; return new TaskCompletionSource<string>().Task; });
        var subscription = client.Observe(query, 7).Subscribe();
        Assert.Equal(1, client.Cache.Count);
        subscription.Dispose();
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(0, client.Cache.Count);
    }
}
