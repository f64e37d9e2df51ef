using System.Runtime.CompilerServices;

namespace ReactiveQuery.Tests.Tasks;

/// <summary>Work in flight, whose end never comes and which somebody else holds, keeps nothing alive that was unmounted.</summary>
public class TaskLeakTests : TaskTest
{
    private readonly TaskCompletionSource<string> _endless = new();

    [Fact]
    public void An_unmounted_view_is_collected_though_its_tasks_are_in_flight()
    {
        AssertCollected(Unmount((scope, view) => scope.Spawn(_ => _endless.Task, view.Show)));
        AssertCollected(Unmount((scope, view) => scope.OnCleanup(() => view.Show("bye"))));
        AssertCollected(Unmount((scope, view) => scope.SpawnInterval(Ms(1), _ => { view.Show("tick"); return _endless.Task; })));
        AssertCollected(Unmount((scope, view) => scope.SpawnDebounced<string>(Ms(1), (text, _) => { view.Show(text); return _endless.Task; }).Call("a")));
        AssertCollected(Unmount((scope, view) => scope.SpawnThrottled<string>(Ms(1), (text, _) => { view.Show(text); return _endless.Task; }).Call("a")));
        AssertCollected(Unmount((scope, view) => scope.CreateChild().Spawn(_ => _endless.Task, view.Show)));
    }

    [Fact]
    public void An_unmounted_scope_is_collected_though_its_code_awaits_what_never_comes()
    {
        AssertCollected(Unmount((scope, view) => scope.Spawn(_ => AwaitForever())));
        AssertCollected(Unmount((scope, _) => scope.Run(AwaitForever)));
        GC.KeepAlive(_endless);
    }

    [Fact]
    public void A_handle_that_is_kept_keeps_nothing_of_the_work()
    {
        var (gone, handle) = Kept();
        AssertCollected(gone);
        Assert.Equal(TaskHandleStatus.Aborted, handle.Status);
    }

    [Fact]
    public void A_result_that_lies_in_a_queue_nobody_drains_is_withdrawn_and_keeps_no_view()
    {
        AssertCollected(Unmount((scope, view) =>
        {
            scope.Spawn(_ => Task.FromResult("result"), view.Show);
            Assert.Equal(1, Ui.Count);
        }));
        Assert.Equal(0, Ui.Count);
    }

    [Fact]
    public void A_registry_keeps_no_owner_alive_though_its_task_runs()
    {
        var registry = new TaskRegistry();
        var running = Scope.Spawn(_ => _endless.Task);
        AssertCollected([Register(registry, running)]);
        Assert.True(running.IsRunning);
    }

    [Fact]
    public void A_client_keeps_no_scope_that_was_unmounted()
    {
        using var client = new QueryClient(new() { Scheduler = Scheduler });
        AssertCollected([Unmounted(client)]);
    }

    private async Task AwaitForever() => await _endless.Task;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference[] Unmount(Action<TaskScope, View> use)
    {
        var (scope, view) = (NewScope(), new View());
        use(scope, view);
        Scheduler.AdvanceBy(Ms(2));
        scope.Dispose();
        return [new(scope), new(view)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (WeakReference[] Gone, TaskHandle Handle) Kept()
    {
        var (scope, view) = (NewScope(), new View());
        var handle = scope.Spawn(_ => _endless.Task, view.Show);
        scope.Dispose();
        return ([new(scope), new(view)], handle);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Register(TaskRegistry registry, TaskHandle task)
    {
        var view = new View();
        registry.Register(view, task);
        Assert.Equal(1, registry.Count(view));
        return new(view);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Unmounted(QueryClient client)
    {
        var scope = client.CreateScope();
        scope.Dispose();
        return new(scope);
    }

    private static void AssertCollected(WeakReference[] gone)
    {
        for (var i = 0; i < 10 && gone.Any(it => it.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.All(gone, it => Assert.False(it.IsAlive, $"Still alive: {it.Target?.GetType().Name}"));
    }

    private sealed class View
    {
        private string _text = "";

        public void Show(string text) => _text += text;
    }
}
