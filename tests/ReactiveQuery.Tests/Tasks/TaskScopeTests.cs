using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Tasks;

public class TaskScopeTests : TaskTest
{
    [Fact]
    public void Unmounting_aborts_tasks_then_runs_cleanups_backwards_then_unmounts_children()
    {
        var child = Scope.CreateChild();
        child.OnCleanup(() => Log.Add("child cleanup"));
        child.Spawn(token => { token.Register(() => Log.Add("child task")); return new TaskCompletionSource().Task; });
        Scope.CreateChild().OnCleanup(() => Log.Add("second child"));
        Scope.OnCleanup(() => Log.Add("first registered"));
        Scope.OnCleanup(() => Log.Add("last registered"));
        Scope.Spawn(token => { token.Register(() => Log.Add("task")); return new TaskCompletionSource().Task; });
        Scope.Dispose();
        Scope.Dispose();
        Assert.Equal(["task", "last registered", "first registered", "child task", "child cleanup", "second child"], Log);
        Assert.True(child.IsDisposed);
    }

    [Fact]
    public void Mounted_spawned_unmounted_the_tasks_are_cancelled()
    {
        var handles = Enumerable.Range(0, 3).Select(i => Scope.Spawn(token => Busy($"{i}", 10, token))).ToList();
        Scheduler.AdvanceToFrame(4);
        Scope.Dispose();
        Assert.All(handles, handle => Assert.Equal(TaskHandleStatus.Aborted, handle.Status));
        Assert.Equal(["4 0 cancelled", "4 1 cancelled", "4 2 cancelled"], Log.Skip(3).Order());
        Assert.Equal(0, Scheduler.PendingWorkItems);
    }

    [Fact]
    public void Whatever_throws_at_unmounting_the_rest_goes_on_and_it_is_reported()
    {
        Scope.CreateChild().OnCleanup(() => Log.Add("child"));
        Scope.OnCleanup(() => Log.Add("first"));
        Scope.OnCleanup(() => throw Boom);
        Scope.Spawn(token => { token.Register(() => throw Boom); return new TaskCompletionSource().Task; });
        Scope.Dispose();
        Assert.Equal(["first", "child"], Log);
        Assert.Equal([UnobservedErrorOrigin.Cancellation, UnobservedErrorOrigin.Cleanup], Unobserved.Select(error => error.Origin));
    }

    [Fact]
    public void After_unmounting_nothing_begins_and_cleanups_run_at_once()
    {
        Scope.Dispose();
        var handle = Scope.Spawn(_ => throw Boom);
        Assert.Equal(TaskHandleStatus.Aborted, handle.Status);
        Assert.Equal(TaskHandleStatus.Aborted, Scope.SpawnInterval(Ms(1), _ => throw Boom).Status);
        var debounced = Scope.SpawnDebounced<int>(Ms(1), (_, _) => throw Boom);
        debounced.Call(1);
        Assert.Null(debounced.Flush());
        Scope.SpawnThrottled<int>(Ms(1), (_, _) => throw Boom).Call(1);
        Scope.OnCleanup(() => Log.Add("at once"));
        Assert.Equal(["at once"], Log);
        Assert.True(Scope.CreateChild().IsDisposed);
        Assert.Equal((0, 0), (Scope.TaskCount, Scheduler.PendingWorkItems));
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void A_task_may_unmount_its_own_scope()
    {
        var handle = Scope.Spawn(async token =>
        {
            await Delay(2, token).ConfigureAwait(false);
            Scope.OnCleanup(() => Log.Add("cleanup"));
            Scope.Dispose();
            Log.Add($"goes on, cancelled: {token.IsCancellationRequested}");
        });
        Scheduler.Start();
        Assert.Equal(["cleanup", "goes on, cancelled: True"], Log);
        Assert.Equal(TaskHandleStatus.Aborted, handle.Status);
    }

    [Fact]
    public void A_result_does_not_reach_a_view_that_was_unmounted()
    {
        Scope.Spawn(_ => Task.FromResult("result"), Log.Add);
        Scope.Dispose();
        Ui.Drain();
        Assert.Empty(Log);
    }

    [Fact]
    public void A_child_that_was_unmounted_is_forgotten()
    {
        var child = Scope.CreateChild();
        child.OnCleanup(() => Log.Add("once"));
        child.Dispose();
        Scope.Dispose();
        Assert.Equal(["once"], Log);
    }

    [Fact]
    public async Task The_current_scope_is_that_of_the_code_that_runs_behind_awaits_too()
    {
        var inner = Scope.CreateChild();
        var work = new TaskCompletionSource();
        Assert.Null(TaskScope.Current);
        Scope.Run(() =>
        {
            Assert.Same(Scope, TaskScope.Current);
            inner.Run(() => Assert.Same(inner, TaskScope.Required));
            Assert.Same(Scope, TaskScope.Current);
            TaskScope.Required.OnCleanup(() => Log.Add($"cleanup in {TaskScope.Current == Scope}"));
        });
        var handle = Scope.Spawn(async _ =>
        {
            await work.Task;
            Log.Add($"behind the await in {TaskScope.Current == Scope}");
        });
        Assert.Null(TaskScope.Current);
        work.SetResult();
        await handle.Completion.WaitAsync(TimeSpan.FromSeconds(10));
        Scope.Dispose();
        Assert.Equal(["behind the await in True", "cleanup in True"], Log);
    }

    [Fact]
    public void Outside_any_scope_asking_for_the_current_one_is_a_clear_exception()
    {
        var error = Assert.Throws<InvalidOperationException>(() => TaskScope.Required.OnCleanup(() => { }));
        Assert.Contains("outside any TaskScope", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Scope.Run(() => throw Boom));
        Assert.Null(TaskScope.Current);
    }

    [Fact]
    public void A_client_gives_its_scopes_time_place_and_hook_and_unmounts_them()
    {
        var client = new QueryClient(new()
        {
            Scheduler = Scheduler,
            OnUnobservedError = Unobserved.Add,
            Defaults = new() { DispatchOn = Ui },
        });
        var scope = client.CreateScope();
        Assert.Equal((Scheduler, Ui), (scope.Options.Scheduler, scope.Options.Ui));
        scope.Spawn(_ => Task.FromException(Boom));
        Scheduler.AdvanceBy(TimeSpan.Zero);
        Assert.Equal((Boom, UnobservedErrorOrigin.Task), (Assert.Single(Unobserved).Exception, Unobserved[0].Origin));
        var running = scope.Spawn(token => Delay(5, token));
        client.Dispose();
        Assert.True(scope.IsDisposed);
        Assert.Equal(TaskHandleStatus.Aborted, running.Status);
        Assert.Throws<ObjectDisposedException>(() => client.CreateScope());
    }

    [Fact]
    public void Many_tasks_spawned_and_unmounted_from_many_threads_all_end_and_every_cleanup_runs_once()
    {
        for (var round = 0; round < 50; round++)
        {
            var scope = new TaskScope(new() { Scheduler = Scheduler, OnUnobservedError = error => { lock (Unobserved) Unobserved.Add(error); } });
            var handles = new System.Collections.Concurrent.ConcurrentBag<TaskHandle>();
            var cleanups = 0;

            void Spawn()
            {
                for (var i = 0; i < 50; i++)
                {
                    handles.Add(scope.Spawn(token => Task.FromCanceled(token.IsCancellationRequested ? token : new CancellationToken(true)).ContinueWith(_ => { }, TaskScheduler.Default)));
                    handles.Add(scope.Spawn(_ => new TaskCompletionSource().Task));
                    scope.OnCleanup(() => Interlocked.Increment(ref cleanups));
                    scope.CreateChild().OnCleanup(() => Interlocked.Increment(ref cleanups));
                }
            }

            Race.Run(Spawn, Spawn, scope.Dispose, scope.Dispose);
            Assert.Equal(200, cleanups);
            Assert.Equal(0, scope.TaskCount);
            Assert.All(handles, handle => Assert.True(handle.IsCompleted));
        }

        Assert.Empty(Unobserved);
    }

    [Fact]
    public void Ten_thousand_tasks_leave_nothing_behind()
    {
        var ended = 0;
        for (var i = 0; i < 10_000; i++) Scope.Spawn(token => Delay(1 + (i % 7), token)).Ended.Subscribe(_ => ended++);
        Assert.Equal(10_000, Scope.TaskCount);
        Scheduler.Start();
        Assert.Equal((10_000, 0, 0), (ended, Scope.TaskCount, Scheduler.PendingWorkItems));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Equal("options", Assert.Throws<ArgumentNullException>(() => new TaskScope(null!)).ParamName);
        Assert.Equal("Scheduler", Assert.Throws<ArgumentNullException>(() => new TaskScopeOptions { Scheduler = null! }).ParamName);
        Assert.Equal("work", Assert.Throws<ArgumentNullException>(() => Scope.Spawn(null!)).ParamName);
        Assert.Equal("onResult", Assert.Throws<ArgumentNullException>(() => Scope.Spawn(_ => Task.FromResult(1), null!)).ParamName);
        Assert.Equal("cleanup", Assert.Throws<ArgumentNullException>(() => Scope.OnCleanup(null!)).ParamName);
        Assert.Equal("code", Assert.Throws<ArgumentNullException>(() => Scope.Run(null!)).ParamName);
        Assert.Equal("period", Assert.Throws<ArgumentOutOfRangeException>(() => Scope.SpawnInterval(TimeSpan.FromTicks(9_999), _ => Task.CompletedTask)).ParamName);
        Assert.Equal("initialDelay", Assert.Throws<ArgumentOutOfRangeException>(() => Scope.SpawnInterval(Ms(1), _ => Task.CompletedTask, Ms(-1))).ParamName);
        Assert.Equal("delay", Assert.Throws<ArgumentOutOfRangeException>(() => Scope.SpawnDebounced<int>(TimeSpan.Zero, (_, _) => Task.CompletedTask)).ParamName);
        Assert.Equal("period", Assert.Throws<ArgumentOutOfRangeException>(() => Scope.SpawnThrottled<int>(TimeSpan.Zero, (_, _) => Task.CompletedTask)).ParamName);
    }
}
