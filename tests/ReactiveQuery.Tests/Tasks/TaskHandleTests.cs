using System.Reactive.Linq;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Tasks;

public class TaskHandleTests : TaskTest
{
    [Fact]
    public void A_task_runs_and_succeeds()
    {
        var handle = Scope.Spawn(token => Busy("work", 3, token));
        Assert.Equal(["0 work"], Log);
        Assert.Equal((true, false, TaskHandleStatus.Running, 1), (handle.IsRunning, handle.IsCompleted, handle.Status, Scope.TaskCount));
        Scheduler.Start();
        Assert.Equal((false, true, TaskHandleStatus.Succeeded, 0), (handle.IsRunning, handle.IsCompleted, handle.Status, Scope.TaskCount));
        Assert.Equal(["0 work", "3 work done"], Log);
    }

    [Fact]
    public void Every_task_has_a_number_of_its_own() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => Scope.Spawn(_ => Task.CompletedTask).Id).Distinct().Count());

    [Fact]
    public void Aborted_it_is_let_go_of_at_once_and_again_changes_nothing()
    {
        var handle = Scope.Spawn(token => Busy("work", 3, token));
        handle.Abort();
        handle.Abort();
        Assert.Equal((TaskHandleStatus.Aborted, 0), (handle.Status, Scope.TaskCount));
        Assert.Equal(["0 work", "0 work cancelled"], Log);
        Assert.True(handle.Completion.IsCanceled);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void A_task_that_has_ended_cannot_be_aborted()
    {
        var handle = Scope.Spawn(_ => Task.CompletedTask);
        handle.Abort();
        Assert.Equal(TaskHandleStatus.Succeeded, handle.Status);
    }

    [Fact]
    public void Dropping_the_handle_aborts_nothing()
    {
        Scope.Spawn(token => Busy("work", 3, token));
        GC.Collect();
        Scheduler.Start();
        Assert.Equal("3 work done", Log[^1]);
    }

    [Fact]
    public void Work_that_ignores_its_token_is_unheard_once_it_is_aborted()
    {
        var stubborn = new TaskCompletionSource<string>();
        var handle = Scope.Spawn(_ => stubborn.Task, Log.Add);
        handle.Abort();
        stubborn.SetResult("late");
        Ui.Drain();
        Assert.Empty(Log);
        Assert.Equal(TaskHandleStatus.Aborted, handle.Status);
    }

    [Fact]
    public async Task The_end_can_be_awaited()
    {
        var work = new TaskCompletionSource();
        var succeeds = Scope.Spawn(_ => work.Task);
        var completion = succeeds.Completion;
        Assert.False(completion.IsCompleted);
        work.SetResult();
        await completion.WaitAsync(TimeSpan.FromSeconds(10));
        await succeeds;

        var fails = Scope.Spawn(_ => Task.FromException(Boom));
        Assert.Same(Boom, await Assert.ThrowsAsync<InvalidOperationException>(() => fails.Completion));
        var aborted = Scope.Spawn(_ => new TaskCompletionSource().Task);
        aborted.Abort();
        await Assert.ThrowsAsync<TaskCanceledException>(() => aborted.Completion);
        Scheduler.Start();
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void The_end_can_be_observed_before_and_after()
    {
        var work = new TaskCompletionSource();
        var handle = Scope.Spawn(_ => work.Task);
        var early = new Recorder<System.Reactive.Unit>();
        handle.Ended.Subscribe(early);
        handle.Ended.Subscribe().Dispose();
        Assert.False(early.Ended);
        work.SetResult();
        var late = new Recorder<System.Reactive.Unit>();
        handle.Ended.Subscribe(late);
        Assert.All([early, late], heard => Assert.Equal((1, true), (heard.Values.Count, heard.Completed)));

        var aborted = Scope.Spawn(_ => new TaskCompletionSource().Task);
        var end = new Recorder<System.Reactive.Unit>();
        aborted.Ended.Subscribe(end);
        aborted.Abort();
        Assert.Equal((0, true), (end.Values.Count, end.Completed));
    }

    [Fact]
    public void A_failure_that_somebody_looks_at_is_not_reported()
    {
        var work = new TaskCompletionSource();
        var handle = Scope.Spawn(_ => work.Task);
        var heard = new Recorder<System.Reactive.Unit>();
        handle.Ended.Subscribe(heard);
        work.SetException(Boom);
        Assert.Same(Boom, heard.Error);
        Assert.Same(Boom, handle.Error);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void A_failure_that_nobody_looks_at_is_reported_once()
    {
        var work = new TaskCompletionSource();
        var handle = Scope.Spawn(_ => work.Task);
        work.SetException(Boom);
        Assert.Equal((Boom, UnobservedErrorOrigin.Task), (Assert.Single(Unobserved).Exception, Unobserved[0].Origin));
        Assert.True(handle.Completion.IsFaulted);
        Assert.Single(Unobserved);
    }

    [Fact]
    public void A_failure_inside_Spawn_leaves_the_caller_the_chance_to_look()
    {
        var looked = Scope.Spawn(_ => throw Boom);
        _ = looked.Completion;
        var unseen = Scope.Spawn(_ => null!);
        Assert.Empty(Unobserved);
        Scheduler.AdvanceBy(TimeSpan.Zero);
        Assert.Contains("null task", Assert.Single(Unobserved).Exception.Message, StringComparison.Ordinal);
        Assert.Equal((TaskHandleStatus.Failed, TaskHandleStatus.Failed), (looked.Status, unseen.Status));
    }

    [Fact]
    public void A_failure_after_the_abort_is_reported_unless_it_is_the_cancellation()
    {
        var work = new TaskCompletionSource();
        Scope.Spawn(_ => work.Task).Abort();
        work.SetException(Boom);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void A_foreign_cancellation_is_a_failure()
    {
        var handle = Scope.Spawn(_ => Task.FromCanceled(new CancellationToken(true)));
        Assert.Equal(TaskHandleStatus.Failed, handle.Status);
        Assert.IsAssignableFrom<OperationCanceledException>(handle.Error);
        _ = handle.Completion;
        Scheduler.Start();
    }

    [Fact]
    public void A_token_callback_that_throws_harms_nobody()
    {
        var handle = Scope.Spawn(token =>
        {
            token.Register(() => throw Boom);
            return new TaskCompletionSource().Task;
        });
        handle.Abort();
        Assert.Equal(UnobservedErrorOrigin.Cancellation, Assert.Single(Unobserved).Origin);
    }

    [Fact]
    public void A_result_is_delivered_on_the_user_interface_and_the_task_ends_with_it()
    {
        var handle = Scope.Spawn(_ => Task.FromResult("result"), result => Log.Add($"{result} in {TaskScope.Current == Scope}"));
        Assert.True(handle.IsRunning);
        Assert.Empty(Log);
        Ui.Drain();
        Assert.Equal(["result in True"], Log);
        Assert.Equal(TaskHandleStatus.Succeeded, handle.Status);
    }

    [Fact]
    public void A_result_is_not_delivered_after_the_abort()
    {
        var handle = Scope.Spawn(_ => Task.FromResult("result"), Log.Add);
        handle.Abort();
        Ui.Drain();
        Assert.Empty(Log);
    }

    [Fact]
    public void Who_throws_at_the_result_makes_the_task_fail()
    {
        var handle = Scope.Spawn(_ => Task.FromResult("result"), _ => throw Boom);
        Ui.Drain();
        Assert.Same(Boom, handle.Error);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void A_user_interface_that_refuses_work_ends_the_task_and_nothing_escapes()
    {
        using var scope = new TaskScope(new() { Scheduler = Scheduler, Ui = new CountingScheduler { IsDead = true }, OnUnobservedError = Unobserved.Add });
        var handle = scope.Spawn(_ => Task.FromResult("result"), Log.Add);
        Assert.Equal(TaskHandleStatus.Aborted, handle.Status);
        Assert.Equal(UnobservedErrorOrigin.Scheduler, Assert.Single(Unobserved).Origin);
    }

    [Fact]
    public void Work_begins_where_the_scope_says()
    {
        var elsewhere = new CountingScheduler();
        using var scope = new TaskScope(new() { Scheduler = Scheduler, StartOn = elsewhere, OnUnobservedError = Unobserved.Add });
        scope.Spawn(token => Busy("first", 1, token));
        var second = scope.Spawn(token => Busy("second", 1, token));
        Assert.Empty(Log);
        second.Abort();
        elsewhere.RunAll();
        Assert.Equal(["0 first"], Log);
    }
}
