using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Review;

/// <summary>What an observer that has left, or a fetch that was superseded, must not do any more.</summary>
public class DepartureTests
{
    private readonly MarbleScheduler _scheduler = new();

    private QueryClient NewClient(Func<QueryClientOptions, QueryClientOptions>? configure = null)
    {
        var options = new QueryClientOptions { Scheduler = _scheduler };
        return new QueryClient(configure is null ? options : configure(options));
    }

    [Fact]
    public void A_trigger_that_fires_while_its_observer_leaves_starts_nothing()
    {
        using var client = NewClient();
        using var trigger = new Subject<Unit>();
        var calls = 0;
        var query = Query.Define("q", ct =>
        {
            calls++;
            ct.Register(() => trigger.OnNext(Unit.Default));
            return new TaskCompletionSource<int>().Task;
        });
        client.SetData(query, Unit.Default, 1);
        var subscription = client.Observe(query, o => o with { RefetchOn = trigger, RefetchOnMount = RefetchPolicy.Always }).Subscribe();
        subscription.Dispose();
        Assert.Equal((1, FetchStatus.Idle), (calls, client.GetState(query, Unit.Default).FetchStatus));
    }

    [Fact]
    public void An_observer_that_is_enabled_while_it_leaves_starts_nothing()
    {
        using var client = NewClient();
        using var enabled = new BehaviorSubject<bool>(true);
        var calls = 0;
        var query = Query.Define("q", ct =>
        {
            calls++;
            ct.Register(() =>
            {
                enabled.OnNext(false);
                enabled.OnNext(true);
            });
            return new TaskCompletionSource<int>().Task;
        });
        client.SetData(query, Unit.Default, 1);
        client.Observe(query, o => o with { EnabledWhen = enabled, RefetchOnMount = RefetchPolicy.Always }).Subscribe().Dispose();
        Assert.Equal((1, FetchStatus.Idle), (calls, client.GetState(query, Unit.Default).FetchStatus));
    }

    [Fact]
    public void Disposal_of_the_client_lets_go_of_the_observers_triggers()
    {
        var client = NewClient();
        using var trigger = new Subject<Unit>();
        using var enabled = new BehaviorSubject<bool>(true);
        var query = Query.Define("q", ct => Task.FromResult(1));
        using var subscription = client.Observe(query, o => o with { RefetchOn = trigger, EnabledWhen = enabled }).Subscribe(new Silent<QueryState<int>>());
        client.Dispose();
        Assert.False(trigger.HasObservers);
        Assert.False(enabled.HasObservers);
    }

    [Fact]
    public void A_fetch_cancelled_by_its_own_fetcher_is_not_retried()
    {
        using var client = NewClient();
        var calls = 0;
        QueryDefinition<Unit, int> query = null!;
        query = Query.Define<int>("q", (CancellationToken ct) =>
        {
            calls++;
            client.Cancel(query, Unit.Default);
            return Task.FromException<int>(new InvalidOperationException("boom"));
        }).With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.Zero, 5) });
        using var _ = client.Observe(query).Subscribe();
        Assert.Equal((1, FetchStatus.Idle), (calls, client.GetState(query, Unit.Default).FetchStatus));
    }

    [Fact]
    public void Every_attempt_is_made_on_the_fetch_scheduler()
    {
        using var client = NewClient();
        var fetchScheduler = new MarbleScheduler();
        var isThere = false;
        List<bool> wasThere = [];
        var query = Query.Define<int>("q", (CancellationToken ct) =>
        {
            wasThere.Add(isThere);
            return Task.FromException<int>(new InvalidOperationException("boom"));
        }).With(o => o with { FetchScheduler = fetchScheduler, Retry = RetryPolicy.Fixed(TimeSpan.FromSeconds(1), 1) });
        using var _ = client.Observe(query).Subscribe();
        for (var i = 0; i < 3; i++)
        {
            isThere = true;
            fetchScheduler.AdvanceBy(TimeSpan.FromSeconds(1));
            isThere = false;
            _scheduler.AdvanceBy(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([true, true], wasThere);
    }

    [Fact]
    public void A_pair_of_queries_on_one_key_of_two_types_leaves_nobody_mounted()
    {
        using var client = NewClient();
        var one = Query.Define("q", (int id, CancellationToken ct) => Task.FromResult(id));
        var other = Query.Define("q", (int id, CancellationToken ct) => Task.FromResult($"{id}"));
        List<QueryStatus> seen = [];
        using var parameters = new BehaviorSubject<int>(1);
        parameters.ObserveQueries(client, one, other).Subscribe(s => seen.Add(s.Status)).Dispose();
        Assert.Equal(QueryStatus.Error, seen[^1]);
        Assert.All(client.Cache.Find(), entry => Assert.Equal(0, entry.ObserverCount));
    }

    [Fact]
    public void A_pair_of_queries_never_shows_equal_states_in_a_row()
    {
        using var client = NewClient();
        var (first, second) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        var one = Query.Define("one", (int id, CancellationToken ct) => first.Task);
        var other = Query.Define("other", (int id, CancellationToken ct) => second.Task);
        List<QueryState<(string, string)>> seen = [];
        using var parameters = new BehaviorSubject<int>(1);
        using var _ = parameters.ObserveQueries(client, one, other).Subscribe(seen.Add);
        first.SetResult("a");
        second.SetResult("b");
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(("a", "b"), seen[^1].Data);
    }

    private sealed class Silent<T> : IObserver<T>
    {
        public void OnNext(T value)
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }
}
