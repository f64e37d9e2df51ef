using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Hazards;

public class TimeHazards : ClientTest
{
    [Fact]
    public void Sixty_days_are_an_ordinary_span()
    {
        using var client = NewClient();
        var query = Counting().With(o => o with { StaleTime = TimeSpan.FromDays(60), GcTime = TimeSpan.FromDays(60), CacheTtl = TimeSpan.FromDays(200) });
        client.Observe(query, 1).Subscribe().Dispose();
        Scheduler.AdvanceBy(TimeSpan.FromDays(59.9));
        Assert.Equal("Success+Idle(v1)", client.GetState(query, 1).ToString());
        Assert.Equal(1, client.Cache.Count);
        Scheduler.AdvanceBy(TimeSpan.FromDays(0.2));
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void Infinite_spans_schedule_nothing()
    {
        using var client = NewClient();
        foreach (var forever in new[] { Timeout.InfiniteTimeSpan, TimeSpan.MaxValue })
        {
            var query = Counting($"{forever}").With(o => o with { StaleTime = forever, GcTime = forever, CacheTtl = forever, Timeout = forever, CancelDelay = TimeSpan.Zero });
            client.Observe(query, 1).Subscribe();
            client.Observe(query, 2).Subscribe().Dispose();
        }

        Assert.Equal((4, 0), (client.Cache.Count, Scheduler.PendingWorkItems));
    }

    [Fact]
    public void A_thousand_deadlines_have_one_timer_and_the_schedulers_run_ends()
    {
        using var client = NewClient();
        for (var i = 0; i < 1000; i++)
        {
            var span = TimeSpan.FromSeconds(1 + (i * 7919 % 1000));
            client.Observe(Counting(), i, o => o with { StaleTime = span, GcTime = span }).Subscribe();
        }

        Assert.Equal(1, Scheduler.PendingWorkItems);
        Scheduler.Start();
        Assert.Equal((TimeSpan.FromSeconds(1000).Ticks, 0), (Scheduler.Clock, Scheduler.PendingWorkItems));
        Assert.All(client.Cache.Find(), entry => Assert.True(entry.IsStale));
    }

    [Fact]
    public void Nothing_is_scheduled_until_the_client_is_used()
    {
        using var client = NewClient();
        client.Observe(Counting(), 1);
        Assert.Equal(0, Scheduler.PendingWorkItems);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_jump_of_the_wall_clock_changes_nothing(int days)
    {
        var wall = new JumpingScheduler(Scheduler);
        using var client = NewClient(o => o with { Scheduler = wall });
        List<string> seen = [];
        client.Observe(Counting(), 1, o => o with { RefetchInterval = TimeSpan.FromSeconds(90) })
            .Subscribe(state => seen.Add($"{Scheduler.Clock / TimeSpan.TicksPerSecond}: {state}"));
        client.Observe(Counting("gone"), 1).Subscribe().Dispose();
        Scheduler.AdvanceBy(TimeSpan.FromSeconds(10));
        wall.Jump += TimeSpan.FromDays(days);
        client.TryGetData(Counting("gone"), 1, out var kept);
        Scheduler.AdvanceBy(TimeSpan.FromSeconds(85));
        Assert.Equal("v1", kept);
        Assert.Equal(
            ["0: Loading+Fetching", "0: Success+Idle(v1)", "60: Success+Idle(v1, stale)", "90: Success+Fetching(v1, stale)", "90: Success+Idle(v2)"],
            seen);
    }

    [Fact]
    public void Data_that_aged_while_nobody_watched_is_stale_in_the_first_state()
    {
        using var client = NewClient();
        client.Observe(Counting(), 1).Subscribe().Dispose();
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(2));
        List<string> seen = [];
        client.Observe(Counting(), 1, o => o with { Enabled = false }).Subscribe(state => seen.Add(state.ToString()));
        Assert.Equal(["Success+Idle(v1, stale)"], seen);
    }

    [Fact]
    public void A_subscription_at_the_very_tick_of_the_end_of_an_entry_is_served_by_a_living_one_in_both_orders()
    {
        foreach (var subscribesFirst in new[] { true, false })
        {
            using var client = NewClient();
            var query = Counting($"n{subscribesFirst}").With(o => o with { GcTime = TimeSpan.FromSeconds(5), StaleTime = Timeout.InfiniteTimeSpan });
            List<string> seen = [];
            void Come() => client.Observe(query, 1).Subscribe(state => seen.Add(state.ToString()));
            if (subscribesFirst) Scheduler.Schedule(TimeSpan.FromSeconds(5), Come);
            client.Observe(query, 1).Subscribe().Dispose();
            if (!subscribesFirst) Scheduler.Schedule(TimeSpan.FromSeconds(5), Come);
            Scheduler.AdvanceBy(TimeSpan.FromSeconds(5));
            client.SetData(query, 1, "written");
            Assert.Equal("Success+Idle(written)", seen[^1]);
            Assert.Equal(1, Assert.Single(client.Cache.Find()).ObserverCount);
        }
    }

    [Fact]
    public void Ten_thousand_retries_that_fail_at_once_do_not_overflow_the_stack_and_can_be_cancelled()
    {
        using var client = NewClient();
        var calls = 0;
        IDisposable? subscription = null;
        var query = Query.Define("n", (int _, CancellationToken _) =>
        {
            if (++calls == 10_000) subscription!.Dispose();
            return Task.FromException<string>(Boom);
        }).With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.Zero, RetryPolicy.Forever) });
        subscription = client.Observe(query, 1, o => o with { FetchScheduler = Scheduler }).Subscribe();
        Scheduler.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal(10_000, calls);
    }

    [Fact]
    public void After_eight_hours_asleep_wake_up_focus_connection_and_interval_together_make_one_catch_up_refetch()
    {
        using var resumed = new Subject<TimeSpan>();
        using var focus = new BehaviorSubject<bool>(true);
        using var online = new BehaviorSubject<bool>(true);
        using var client = NewClient(o => o with { Resumed = resumed, Focus = focus, Online = online });
        List<TaskCompletionSource<string>> calls = [];
        var query = Query.Define("n", (int _, CancellationToken _) =>
        {
            calls.Add(new());
            return calls[^1].Task;
        });
        List<string> seen = [];
        client.Observe(query, 1, o => o with { RefetchInterval = TimeSpan.FromMinutes(10) }).Subscribe(state => seen.Add(state.ToString()));
        client.Observe(query, 1, o => o with { RefetchInterval = TimeSpan.FromHours(1) }).Subscribe();
        calls[0].SetResult("evening");
        focus.OnNext(false);
        online.OnNext(false);
        seen.Clear();

        resumed.OnNext(TimeSpan.FromHours(8)); // The stopwatch stood still meanwhile, and so did its timers.
        online.OnNext(true);
        focus.OnNext(true);
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Equal(2, calls.Count);
        calls[1].SetResult("morning");
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(9));
        Assert.Equal(2, calls.Count);
        Assert.Equal("Success+Idle(morning)", seen.Single(state => state.Contains("Idle", StringComparison.Ordinal) && !state.Contains("stale", StringComparison.Ordinal)));
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Equal(3, calls.Count); // The interval goes on as ever, without the forty-eight ticks it slept through.
    }

    [Fact]
    public void A_wake_up_counts_against_the_stay_of_what_nobody_watches()
    {
        using var resumed = new Subject<TimeSpan>();
        using var client = NewClient(o => o with { Resumed = resumed });
        client.Observe(Counting(), 1).Subscribe().Dispose();
        resumed.OnNext(TimeSpan.FromMinutes(4.9));
        Assert.Equal(1, client.Cache.Count);
        resumed.OnNext(TimeSpan.FromMinutes(0.2));
        Scheduler.AdvanceBy(TimeSpan.Zero);
        Assert.Equal(0, client.Cache.Count);
    }

    /// <summary>A scheduler whose wall clock is wrong by a span that changes.</summary>
    private sealed class JumpingScheduler(MarbleScheduler inner) : IScheduler, IStopwatchProvider, IServiceProvider
    {
        public TimeSpan Jump { get; set; }

        public DateTimeOffset Now => inner.Now + Jump;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, dueTime, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            throw new NotSupportedException("An absolute due time depends on the wall clock.");

        public IStopwatch StartStopwatch() => inner.StartStopwatch();

        public object? GetService(Type serviceType) => serviceType == typeof(IStopwatchProvider) ? this : null;
    }
}
