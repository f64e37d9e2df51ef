using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleSchedulerTests
{
    private readonly MarbleScheduler _scheduler = new();
    private readonly List<string> _log = [];

    [Fact]
    public void The_clock_begins_in_the_year_2000_and_counts_frames_of_a_millisecond()
    {
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), _scheduler.Now);
        Assert.Equal(0, _scheduler.Frame);

        _scheduler.AdvanceBy(TimeSpan.FromSeconds(1.5));

        Assert.Equal(1_500, _scheduler.Frame);
        Assert.Equal(MarbleScheduler.Epoch.AddSeconds(1.5), _scheduler.Now);
    }

    [Fact]
    public void Work_due_now_runs_at_the_same_instant_in_the_order_it_was_scheduled()
    {
        _scheduler.Schedule(TimeSpan.FromMilliseconds(2), () =>
        {
            _scheduler.Schedule(() => Log("c"));
            _scheduler.Schedule(TimeSpan.FromMilliseconds(-5), () => Log("d"));
            Log("a");
        });
        _scheduler.Schedule(TimeSpan.FromMilliseconds(2), () => Log("b"));

        _scheduler.Start();

        Assert.Equal(["a@20000", "b@20000", "c@20000", "d@20000"], _log);
    }

    [Fact]
    public void Advancing_runs_what_is_due_up_to_and_including_the_frame()
    {
        foreach (var frame in (int[])[0, 3, 4, 5]) _scheduler.Schedule(TimeSpan.FromMilliseconds(frame), () => Log($"{frame}"));
        _scheduler.Schedule(TimeSpan.FromMilliseconds(4.5), () => Log("4.5"));

        _scheduler.AdvanceByFrames(0);
        Assert.Equal(["0@0"], _log);

        _scheduler.AdvanceToFrame(4);
        Assert.Equal(["0@0", "3@30000", "4@40000", "4.5@45000"], _log);

        _scheduler.AdvanceByFrames(1);
        Assert.Equal("5@50000", _log[^1]);
        Assert.Equal(50_000, _scheduler.Clock);
        Assert.Throws<ArgumentOutOfRangeException>("frame", () => _scheduler.AdvanceToFrame(4));
        Assert.Throws<ArgumentOutOfRangeException>("duration", () => _scheduler.AdvanceBy(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void Advancing_by_a_duration_runs_what_is_due_now_and_stops_at_the_tick()
    {
        _scheduler.Schedule(() => Log("now"));
        _scheduler.Schedule(TimeSpan.FromTicks(11), () => Log("late"));

        _scheduler.AdvanceBy(TimeSpan.FromTicks(10));

        Assert.Equal(["now@0"], _log);
        Assert.Equal(10, _scheduler.Clock);
    }

    [Fact]
    public void A_stopwatch_measures_virtual_time()
    {
        var stopwatch = ((IScheduler)_scheduler).AsStopwatchProvider()!.StartStopwatch();

        _scheduler.AdvanceBy(TimeSpan.FromDays(60));

        Assert.Equal(TimeSpan.FromDays(60), stopwatch.Elapsed);
    }

    [Fact]
    public void Cancelled_work_neither_runs_nor_moves_the_clock_nor_counts_as_pending()
    {
        var cancelled = _scheduler.Schedule(TimeSpan.FromSeconds(1), () => Log("never"));
        _scheduler.Schedule(TimeSpan.FromMilliseconds(1), () => Log("a"));
        Assert.Equal(2, _scheduler.PendingWorkItems);

        cancelled.Dispose();
        cancelled.Dispose();
        Assert.Equal(1, _scheduler.PendingWorkItems);
        _scheduler.Start();

        Assert.Equal(["a@10000"], _log);
        Assert.Equal(0, _scheduler.PendingWorkItems);
    }

    [Fact]
    public void Disposing_work_that_ran_disposes_what_it_returned()
    {
        var disposed = false;
        var work = ((IScheduler)_scheduler).Schedule(0, (_, _) => Disposable.Create(() => disposed = true));
        _scheduler.Start();

        work.Dispose();

        Assert.True(disposed);
    }

    [Fact]
    public void A_timer_armed_anew_a_million_times_leaves_a_small_queue()
    {
        var timer = new SerialDisposable();
        for (var i = 0; i < 1_000_000; i++) timer.Disposable = _scheduler.Schedule(TimeSpan.FromDays(60), () => Log("60 days"));

        Assert.Equal(1, _scheduler.PendingWorkItems);
        Assert.InRange(_scheduler.QueueSize, 1, 3_000);
        _scheduler.Start();

        Assert.Equal([$"60 days@{TimeSpan.FromDays(60).Ticks}"], _log);
    }

    [Fact]
    public void Work_that_is_never_due_is_never_run_early()
    {
        _scheduler.AdvanceByFrames(1);
        _scheduler.Schedule(TimeSpan.MaxValue, () => Log("never"));

        _scheduler.AdvanceBy(TimeSpan.FromDays(365_000));

        Assert.Empty(_log);
        Assert.Equal(1, _scheduler.PendingWorkItems);
    }

    [Fact]
    public void A_run_without_end_fails_and_says_where_it_stood()
    {
        var scheduler = new MarbleScheduler(maxWorkItems: 100);
        using var interval = Observable.Interval(TimeSpan.FromMilliseconds(1), scheduler).Subscribe();

        var error = Assert.Throws<InvalidOperationException>(scheduler.Start);

        Assert.StartsWith("The run executed 100 work items and stands at frame 101: something reschedules itself for ever", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bound_is_that_of_one_run()
    {
        var scheduler = new MarbleScheduler(maxWorkItems: 100);
        using var interval = Observable.Interval(TimeSpan.FromMilliseconds(1), scheduler).Subscribe(_ => Log("tick"));

        for (var i = 1; i <= 5; i++) scheduler.AdvanceTo(i * 60 * MarbleScheduler.TicksPerFrame);
        for (var i = 0; i < 5; i++) scheduler.AdvanceByFrames(60);

        Assert.Equal(600, _log.Count);
        Assert.Throws<ArgumentOutOfRangeException>("maxWorkItems", () => new MarbleScheduler(0));
    }

    [Fact]
    public void After_work_that_throws_the_scheduler_can_be_run_again()
    {
        _scheduler.Schedule(() => throw new InvalidTimeZoneException());
        _scheduler.Schedule(() => Log("a"));

        Assert.Throws<InvalidTimeZoneException>(_scheduler.Start);
        _scheduler.Start();

        Assert.Equal(["a@0"], _log);
    }

    [Fact]
    public void Time_cannot_be_advanced_from_inside_its_work()
    {
        _scheduler.Schedule(() => _scheduler.AdvanceByFrames(1));
        Assert.Throws<InvalidOperationException>(_scheduler.Start);

        _scheduler.Schedule(() => _scheduler.AdvanceBy(TimeSpan.Zero));
        Assert.Throws<InvalidOperationException>(_scheduler.Start);
    }

    private void Log(string what) => _log.Add($"{what}@{_scheduler.Clock}");
}
