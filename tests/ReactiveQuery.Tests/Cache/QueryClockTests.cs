using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery.Tests.Cache;

public class QueryClockTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50); // Far more than a tick of any platform, and than a thread waits for its turn between two readings.

    private static IScheduler Real { get; } = new QueryClientOptions().Scheduler;

    [Fact]
    public void Real_time_goes_on_and_never_back()
    {
        var clock = new QueryClock(Real);
        var last = clock.Elapsed;
        Assert.True(last < TimeSpan.FromSeconds(10), "counted from when the clock was made");
        var end = last + Tick;
        while (last < end)
        {
            var (next, now) = (clock.Elapsed, clock.Now.Elapsed);
            Assert.True(next >= last && now >= next, $"{last}, {next}, {now}");
            last = now;
        }
    }

    [Fact]
    public void The_wall_clock_of_real_time_is_that_of_the_scheduler_within_a_tick()
    {
        var clock = new QueryClock(Real);
        var end = clock.Elapsed + Tick;
        var isClose = false;
        while (clock.Elapsed < end)
        {
            var now = clock.Now.At;
            var scheduled = Real.Now;
            Assert.True(now <= scheduled && now.Offset == TimeSpan.Zero);
            isClose |= scheduled - now < Tick;
        }

        Assert.True(isClose);
    }

    [Fact]
    public void A_machine_that_slept_is_older_in_real_time_too()
    {
        var clock = new QueryClock(Real);
        clock.Slept(TimeSpan.FromHours(8));
        Assert.InRange(clock.Elapsed, TimeSpan.FromHours(8), TimeSpan.FromHours(8.1));
        Assert.InRange(clock.Now.Elapsed, TimeSpan.FromHours(8), TimeSpan.FromHours(8.1));
    }

    [Fact]
    public void The_tick_count_is_read_for_the_default_scheduler_alone()
    {
        var other = new AskedScheduler();
        var clock = new QueryClock(other);
        Assert.Equal(new QueryInstant(TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(2), clock.Elapsed);
    }

    [Fact]
    public void A_timer_of_the_platform_finds_its_deadline_due()
    {
        var timers = new CountedTimers();
        var clock = new QueryClock(Real);
        using var deadlines = new Deadlines(timers, clock, error => throw error, _ => { }, () => { });
        using var called = new ManualResetEventSlim();
        var due = clock.Elapsed + TimeSpan.FromMilliseconds(30.5);
        deadlines.Request(new FakeEntry(QueryKey.Of("a")) { Due = called.Set }, due);
        Assert.True(called.Wait(TimeSpan.FromSeconds(10)));
        Assert.True(clock.Elapsed >= due);
        Assert.InRange(timers.Count, 1, 20); // Once, or again for each millisecond of a tick of 16.
    }

    /// <summary>Real timers, counted.</summary>
    private sealed class CountedTimers : LocalScheduler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            Interlocked.Increment(ref _count);
            return Real.Schedule(state, dueTime, action);
        }
    }

    /// <summary>A scheduler whose stopwatch shows how often it was asked.</summary>
    private sealed class AskedScheduler : LocalScheduler, IStopwatch
    {
        private int _asked;

        public override DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public TimeSpan Elapsed => TimeSpan.FromSeconds(++_asked);

        public override IStopwatch StartStopwatch() => this;

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => Disposable.Empty;
    }
}
