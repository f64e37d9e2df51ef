using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Docs;

/// <summary>The C# of docs/tasks-and-dispatch.md, compiled.</summary>
public class TasksAndDispatchSnippets
{
    private static readonly QueryDefinition<int, User> UserById = Query.Define("users", (int id, CancellationToken _) => Task.FromResult(new User(id, $"User {id}")));

    private static readonly QueryDefinition<int, Page> PostsOf = Query.Define("posts", (int id, CancellationToken _) => Task.FromResult(new Page($"posts of {id}")));

    [Fact]
    public void A_loop_drains()
    {
        var client = new QueryClient();
        var (loop, title, shown) = (new Loop(), new Label(), "");
        void Show(QueryState<User> state) => shown += state.Status;
        {
            using var queue = new UiDispatchQueue();
            using var wake = queue.WakeUps.Subscribe(_ => loop.WakeUp());
            using var view = client.Observe(UserById, 42).ObserveOnUi(queue).Subscribe(Show);

            queue.Dispatch(() => title.Text = "any thread may say this");
            queue.Drain(TimeSpan.FromMilliseconds(4));   // the loop says this, once a frame

            queue.Drain();
        }

        Assert.StartsWith("Loading", shown, StringComparison.Ordinal);
        Assert.True(loop.WakeUps > 0);
        Assert.Equal("any thread may say this", title.Text);
        client.Dispose();
    }

    [Fact]
    public void Senders_send()
    {
        using var client = new QueryClient();
        using var queue = new UiDispatchQueue();
        var vm = new ViewModel();
        client.SetData(UserById, 42, new User(42, "Bob"));
        SignalSender<int> progress = SignalSender.To(value => vm.Progress = value, () => vm.Progress, queue);
        SignalSender<User> user = SignalSender.To(client, UserById, 42, queue);

        progress.Set(10);                             // from any thread
        progress.Update(percent => percent + 1);      // no update is lost
        user.Update(u => u with { Name = "Ada" });    // one write into the cache for each drain

        queue.Drain();
        Assert.Equal((11, "Ada"), (vm.Progress, client.GetState(UserById, 42).Data!.Name));
    }

    [Fact]
    public void A_scope_ends_what_was_spawned_in_it()
    {
        var scheduler = new MarbleScheduler();
        var (player, vm, shown) = (new Player(), new ViewModel(), "");
        void Show(string text) => shown = text;
        using var client = new QueryClient(new() { Scheduler = scheduler });
        using var queue = new UiDispatchQueue();
        {
            using var scope = client.CreateScope(ui: queue);

            TaskHandle load = scope.Spawn(token => Api.LoadAsync(token), Show);                            // the result comes on the queue
            TaskHandle ping = scope.SpawnInterval(TimeSpan.FromSeconds(30), token => Api.PingAsync(token));
            DebouncedTask<string> search = scope.SpawnDebounced(TimeSpan.FromMilliseconds(300), (string text, CancellationToken token) => Api.SearchAsync(text, token));
            ThrottledTask<string> save = scope.SpawnThrottled(TimeSpan.FromSeconds(1), (string text, CancellationToken token) => Api.SaveAsync(text, token));
            scope.OnCleanup(() => player.Stop());

            search.Call("rx");
            save.Call("draft");
            load.Abort();

            scope.Run(() => TaskScope.Required.OnCleanup(() => player.Stop()));

            var registry = new TaskRegistry();
            registry.Register(vm, scope.Spawn(token => Api.PingAsync(token)));
            registry.CancelAll(vm);
            Assert.Equal((true, false, true), (ping.IsRunning, save.IsPending, search.IsPending));
        }

        queue.Drain();
        Assert.Equal((2, ""), (player.Stops, shown));
        client.Dispose();
        Assert.Equal(0, scheduler.PendingWorkItems);
    }

    [Fact]
    public void Boundaries_show()
    {
        var scheduler = new MarbleScheduler();
        var warnings = new List<int>();
        void Warn(int count) => warnings.Add(count);
        using var client = new QueryClient(new() { Scheduler = scheduler });
        IObservable<QueryState<User>> calm = client.Observe(UserById, 42)
            .DelayLoading(delay: TimeSpan.FromMilliseconds(200), minimum: TimeSpan.FromMilliseconds(500), scheduler);

        IObservable<QueryState<(User First, Page Second)>> profile = Suspense.Of(client.Observe(UserById, 42), client.Observe(PostsOf, 42));

        using var errors = client.CreateErrorBoundary(below: QueryKey.Of("users"));
        errors.Subscribe(failures => Warn(failures.Count));
        errors.Reset();   // refetches what failed

        var shown = new List<string>();
        using var first = calm.Subscribe(state => shown.Add(state.Data!.Name));
        using var second = profile.Subscribe(state => shown.Add(state.Data.Second.Text));
        Assert.Equal(["User 42", "posts of 42"], shown);
        Assert.Equal([0], warnings);
    }

    private sealed record User(int Id, string Name);

    private sealed record Page(string Text);

    private sealed class ViewModel
    {
        public int Progress { get; set; }
    }

    private sealed class Label
    {
        public string Text { get; set; } = "";
    }

    private sealed class Loop
    {
        public int WakeUps { get; private set; }

        public void WakeUp() => WakeUps++;
    }

    private sealed class Player
    {
        public int Stops { get; private set; }

        public void Stop() => Stops++;
    }

    private static class Api
    {
        public static Task<string> LoadAsync(CancellationToken token) => Task.FromResult(token.CanBeCanceled ? "loaded" : "");

        public static Task PingAsync(CancellationToken token) => token.IsCancellationRequested ? Task.FromCanceled(token) : Task.CompletedTask;

        public static Task SearchAsync(string text, CancellationToken token) => PingAsync(text.Length > 0 ? token : default);

        public static Task SaveAsync(string text, CancellationToken token) => SearchAsync(text, token);
    }
}
