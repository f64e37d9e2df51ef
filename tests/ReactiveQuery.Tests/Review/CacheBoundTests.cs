using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Review;

/// <summary>The bound of the cache, what it holds of entries that left, and schedulers that misbehave.</summary>
public class CacheBoundTests
{
    private readonly MarbleScheduler _scheduler = new();

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void An_entry_whose_cancel_delay_is_over_can_be_evicted()
    {
        using var client = new QueryClient(new() { Scheduler = _scheduler, CacheCapacity = 1 });
        var query = Query.Define("q", (int id, CancellationToken ct) => new TaskCompletionSource<int>().Task)
            .With(o => o with { CancelDelay = Seconds(10), RefetchOnMount = RefetchPolicy.Always });
        var other = Query.Define("other", (int id, CancellationToken ct) => Task.FromResult(id));
        client.SetData(query, 1, 1);
        client.Observe(query, 1).Subscribe().Dispose();
        using var _ = client.Observe(other, 2).Subscribe();
        Assert.Equal(2, client.Cache.Count);
        _scheduler.AdvanceBy(Seconds(11));
        Assert.Equal(1, client.Cache.Count);
    }

    [Fact]
    public async Task Entries_that_only_served_their_initial_data_count_for_the_bound()
    {
        using var client = new QueryClient(new() { Scheduler = _scheduler, CacheCapacity = 1 });
        var query = Query.Define("q", (int id, CancellationToken ct) => Task.FromResult(id)).With(o => o with { InitialData = () => 7 });
        for (var id = 0; id < 3; id++)
            Assert.Equal(7, await client.FetchAsync(query, id));
        Assert.Equal(1, client.Cache.Count);
    }

    [Fact]
    public async Task Initial_data_that_takes_the_place_of_data_too_old_to_be_shown_begins_its_stay_anew()
    {
        using var client = new QueryClient(new() { Scheduler = _scheduler });
        var query = Query.Define("q", (int id, CancellationToken ct) => new TaskCompletionSource<int>().Task)
            .With(o => o with { InitialData = () => 7, StaleTime = Seconds(15), CacheTtl = Seconds(20), GcTime = Seconds(6) });
        var watching = client.Observe(query, 1).Subscribe();
        _scheduler.AdvanceBy(Seconds(15));
        watching.Dispose();
        _scheduler.AdvanceBy(Seconds(5));
        Assert.Equal(7, await client.FetchAsync(query, 1));
        _scheduler.AdvanceBy(Seconds(5));
        Assert.Equal(1, client.Cache.Count);
        _scheduler.AdvanceBy(Seconds(1));
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public async Task An_uncached_query_that_served_its_initial_data_leaves_nothing()
    {
        using var client = new QueryClient(new() { Scheduler = _scheduler });
        var query = Query.Define("q", ct => Task.FromResult(1)).With(o => o with { InitialData = () => 7, CacheEnabled = false });
        Assert.Equal(7, await client.FetchAsync(query, Unit.Default));
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void The_data_of_an_evicted_entry_is_held_by_nobody()
    {
        using var client = new QueryClient(new() { Scheduler = _scheduler, CacheCapacity = 1 });
        var query = Query.Define("q", (int id, CancellationToken ct) => new TaskCompletionSource<object>().Task).With(o => o with { GcTime = TimeSpan.FromDays(60) });
        var (data, subscription) = WatchAndEvict(client, query);
        for (var i = 0; i < 5 && data.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(data.IsAlive);
        GC.KeepAlive(subscription);
        GC.KeepAlive(client);
    }

    [Fact]
    public void A_timer_that_fires_early_and_at_once_does_not_lose_the_deadline()
    {
        var scheduler = new TroubledScheduler(_scheduler) { FiresAtOnce = 1 };
        using var client = new QueryClient(new() { Scheduler = scheduler });
        var query = Query.Define("q", ct => Task.FromResult(1)).With(o => o with { GcTime = Seconds(5) });
        client.SetData(query, Unit.Default, 1);
        _scheduler.AdvanceBy(Seconds(6));
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void A_scheduler_that_once_refused_work_is_asked_again()
    {
        List<UnobservedErrorOrigin> reported = [];
        var scheduler = new TroubledScheduler(_scheduler) { Refuses = 1 };
        using var client = new QueryClient(new() { Scheduler = scheduler, OnUnobservedError = e => reported.Add(e.Origin) });
        var query = Query.Define("q", (int id, CancellationToken ct) => Task.FromResult(1)).With(o => o with { GcTime = Seconds(5) });
        client.SetData(query, 1, 1);
        _scheduler.AdvanceBy(Seconds(1));
        client.SetData(query, 1, 1);
        _scheduler.AdvanceBy(Seconds(6));
        Assert.Equal([UnobservedErrorOrigin.Scheduler], reported);
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public async Task A_result_is_not_lost_when_its_boundary_refuses_work()
    {
        List<UnobservedErrorOrigin> reported = [];
        var boundary = new ShutDown(new TroubledScheduler(_scheduler) { Refuses = int.MaxValue });
        using var client = new QueryClient(new() { Scheduler = _scheduler, CompletionBoundary = boundary, OnUnobservedError = e => reported.Add(e.Origin) });
        var answer = new TaskCompletionSource<int>();
        var query = Query.Define("q", ct => answer.Task);
        var waiting = client.FetchAsync(query, Unit.Default);
        answer.SetResult(1);
        Assert.Equal(1, await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains(UnobservedErrorOrigin.Scheduler, reported);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Data, IDisposable Subscription) WatchAndEvict(QueryClient client, QueryDefinition<int, object> query)
    {
        var data = new object();
        client.SetData(query, 1, data);
        var subscription = client.Observe(query, 1).Subscribe();
        subscription.Dispose();
        client.SetData(query, 2, new object());
        Assert.Equal(1, client.Cache.Count);
        return (new WeakReference(data), subscription);
    }

    private sealed class ShutDown(IScheduler scheduler) : IUiBoundary
    {
        public IScheduler Scheduler => scheduler;

        public bool IsCurrent => false;
    }

    private sealed class TroubledScheduler(IScheduler inner) : IScheduler
    {
        public int FiresAtOnce { get; set; }

        public int Refuses { get; set; }

        public DateTimeOffset Now => inner.Now;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Schedule(state, TimeSpan.Zero, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Schedule(state, dueTime - Now, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            if (Refuses-- > 0) throw new InvalidOperationException("shut down");
            if (FiresAtOnce-- <= 0) return inner.Schedule(state, dueTime, action);
            action(this, state);
            return Disposable.Empty;
        }
    }
}
