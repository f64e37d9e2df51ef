using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Tasks;

public class TimersTests : TaskTest
{
    [Fact]
    public void An_interval_ticks_at_once_and_then_at_every_multiple()
    {
        var handle = Scope.SpawnInterval(Ms(10), _ => Tick());
        Assert.Equal(["0"], Log);
        Scheduler.AdvanceToFrame(35);
        Assert.Equal(["0", "10", "20", "30"], Log);
        Assert.True(handle.IsRunning);
        handle.Abort();
        Assert.Equal(0, Scheduler.PendingWorkItems);
        Scheduler.AdvanceToFrame(100);
        Assert.Equal(4, Log.Count);
    }

    [Fact]
    public void The_first_tick_can_be_put_off()
    {
        Scope.SpawnInterval(Ms(10), _ => Tick(), initialDelay: Ms(3));
        Scheduler.AdvanceToFrame(25);
        Assert.Equal(["3", "13", "23"], Log);
    }

    [Fact]
    public void A_tick_that_takes_longer_than_the_period_is_not_overlapped_and_nothing_drifts()
    {
        Scope.SpawnInterval(Ms(10), token => Busy("tick", 14, token));
        Scheduler.AdvanceToFrame(45);
        Assert.Equal(["0 tick", "14 tick done", "20 tick", "34 tick done", "40 tick"], Log);
        Scope.Dispose();
        Assert.Equal("45 tick cancelled", Log[^1]);
    }

    [Fact]
    public void Work_that_blocks_the_clock_skips_the_ticks_it_slept_through()
    {
        Scope.SpawnInterval(Ms(10), _ => { Scheduler.Sleep(130_000); return Tick(); }); // Thirteen milliseconds.
        Scheduler.AdvanceToFrame(45);
        Assert.Equal(["13", "33", "53"], Log); // Begun at 0, 20 and 40.
    }

    [Fact]
    public void Ticks_in_a_pause_are_skipped_and_nothing_is_scheduled_meanwhile()
    {
        using var paused = new BehaviorSubject<bool>(false);
        Scope.SpawnInterval(Ms(10), _ => Tick(), paused: paused);
        Scheduler.AdvanceToFrame(15);
        paused.OnNext(true);
        Assert.Equal(0, Scheduler.PendingWorkItems);
        Scheduler.AdvanceToFrame(44);
        paused.OnNext(false);
        Scheduler.AdvanceToFrame(65);
        Assert.Equal(["0", "10", "50", "60"], Log);
        Scope.Dispose();
        Assert.False(paused.HasObservers);
    }

    [Fact]
    public void Paused_from_the_beginning_the_first_tick_comes_at_the_first_multiple_after_it()
    {
        using var paused = new BehaviorSubject<bool>(true);
        Scope.SpawnInterval(Ms(10), _ => Tick(), paused: paused);
        Scheduler.AdvanceToFrame(12);
        paused.OnNext(false);
        Scheduler.AdvanceToFrame(25);
        Assert.Equal(["20"], Log);
    }

    [Fact]
    public void A_condition_that_fails_is_reported_and_pauses_nothing()
    {
        using var paused = new BehaviorSubject<bool>(true);
        Scope.SpawnInterval(Ms(10), _ => Tick(), paused: paused);
        paused.OnError(Boom);
        Scheduler.AdvanceToFrame(10);
        Assert.Equal(UnobservedErrorOrigin.Trigger, Assert.Single(Unobserved).Origin);
        Assert.Equal(["0", "10"], Log);
    }

    [Fact]
    public void A_tick_that_fails_is_reported_and_the_next_one_comes()
    {
        var handle = Scope.SpawnInterval(Ms(10), _ => { Log.Add("tick"); throw Boom; });
        Scheduler.AdvanceToFrame(20);
        Assert.Equal((3, 3, true), (Log.Count, Unobserved.Count, handle.IsRunning));
        Assert.All(Unobserved, error => Assert.Equal(UnobservedErrorOrigin.Task, error.Origin));
    }

    [Fact]
    public void An_interval_of_for_ever_ticks_once()
    {
        Scope.SpawnInterval(TimeSpan.MaxValue, _ => Tick());
        Assert.Equal(0, Scheduler.PendingWorkItems);
        Assert.Equal(["0"], Log);
    }

    [Fact]
    public void A_debounced_call_runs_when_it_has_been_quiet_with_the_last_value()
    {
        var search = Scope.SpawnDebounced<string>(Ms(10), (text, token) => Busy(text, 5, token));
        search.Call("r");
        Scheduler.AdvanceToFrame(6);
        search.Call("rx");
        Assert.True(search.IsPending);
        Scheduler.AdvanceToFrame(15);
        Assert.Empty(Log);
        Scheduler.Start();
        Assert.Equal(["16 rx", "21 rx done"], Log);
        Assert.Equal((false, TaskHandleStatus.Succeeded), (search.IsPending, search.LastRun!.Status));
    }

    [Fact]
    public void The_latest_debounced_run_wins()
    {
        var search = Scope.SpawnDebounced<string>(Ms(2), (text, token) => Busy(text, 5, token));
        search.Call("a");
        Scheduler.AdvanceToFrame(3);
        search.Call("b");
        Scheduler.Start();
        Assert.Equal(["2 a", "5 a cancelled", "5 b", "10 b done"], Log);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void A_debounced_call_can_be_cancelled_and_flushed()
    {
        var search = Scope.SpawnDebounced<string>(Ms(10), (text, token) => Busy(text, 5, token));
        Assert.Null(search.Flush());
        search.Call("a");
        search.Cancel();
        Assert.Equal((false, 0), (search.IsPending, Scheduler.PendingWorkItems));
        search.Call("b");
        Assert.True(search.Flush()!.IsRunning);
        Assert.Equal(["0 b"], Log);
        search.Cancel();
        Assert.Equal("0 b cancelled", Log[^1]);
        search.Call("c");
        Scheduler.Start();
        Assert.Equal("15 c done", Log[^1]);
    }

    [Fact]
    public void A_throttled_call_runs_at_once_and_the_last_of_a_period_at_its_end()
    {
        var save = Scope.SpawnThrottled<string>(Ms(10), (text, token) => Busy(text, 1, token));
        save.Call("a");
        Assert.Equal(["0 a"], Log);
        Scheduler.AdvanceToFrame(3);
        save.Call("b");
        save.Call("c");
        Scheduler.AdvanceToFrame(40);
        save.Call("d");
        Scheduler.Start();
        Assert.Equal(["0 a", "1 a done", "10 c", "11 c done", "40 d", "41 d done"], Log);
    }

    [Fact]
    public void Throttled_runs_never_overlap()
    {
        var save = Scope.SpawnThrottled<string>(Ms(10), (text, token) => Busy(text, 25, token));
        save.Call("a");
        save.Call("b");
        Scheduler.AdvanceToFrame(20);
        save.Call("c");
        Scheduler.AdvanceToFrame(26);
        Assert.Equal(["0 a", "25 a done", "25 c"], Log);
    }

    [Fact]
    public void A_throttled_call_can_be_cancelled_and_flushed_and_the_bound_outlives_the_cancel()
    {
        var save = Scope.SpawnThrottled<string>(Ms(10), (text, token) => Busy(text, 5, token));
        save.Call("a");
        save.Call("b");
        save.Cancel();
        Assert.Equal(["0 a", "0 a cancelled"], Log);
        save.Call("c");
        Assert.Equal(2, Log.Count);
        Assert.NotNull(save.Flush());
        Assert.Equal("0 c", Log[^1]);
        save.Call("d");
        Scheduler.Start();
        Assert.Equal(["0 c", "5 c done", "10 d", "15 d done"], Log.Skip(2));
    }

    [Fact]
    public void A_throttled_run_that_fails_is_reported_and_the_next_call_runs()
    {
        var calls = 0;
        var save = Scope.SpawnThrottled<int>(Ms(10), (_, _) => { calls++; throw Boom; });
        save.Call(1);
        save.Call(2);
        Scheduler.Start();
        Assert.Equal((2, 2), (calls, Unobserved.Count));
    }

    [Fact]
    public void Unmounting_drops_what_is_pending()
    {
        var search = Scope.SpawnDebounced<string>(Ms(10), (text, token) => Busy(text, 5, token));
        var save = Scope.SpawnThrottled<string>(Ms(10), (text, token) => Busy(text, 5, token));
        search.Call("a");
        save.Call("b");
        save.Call("c");
        Scope.Dispose();
        Assert.Equal(0, Scheduler.PendingWorkItems);
        Assert.Equal(["0 b", "0 b cancelled"], Log);
        search.Call("d");
        save.Call("e");
        Assert.Equal((false, false, 2), (search.IsPending, save.IsPending, Log.Count));
    }

    private Task Tick()
    {
        Log.Add($"{Scheduler.Frame}");
        return Task.CompletedTask;
    }
}
