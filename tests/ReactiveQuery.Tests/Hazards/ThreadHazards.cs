using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using ReactiveQuery.Tests.Client;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Hazards;

public class ThreadHazards : ClientTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private QueryClient Threaded() => NewClient(o => o with { CompletionBoundary = null });

    [Fact]
    public void An_observer_that_blocks_in_a_state_that_only_time_made_holds_up_no_other_query()
    {
        using var client = new QueryClient();
        using var both = new Barrier(2);
        var query = Query.Define("numbers", (int id) => Task.FromResult(id)).With(o => o with { Enabled = false, StaleTime = TimeSpan.FromMilliseconds(500) });
        var met = new ConcurrentBag<bool>();
        client.SetData(query, 1, 1);
        client.SetData(query, 2, 2);
        using var first = client.Observe(query, 1).Subscribe(Meet);
        using var second = client.Observe(query, 2).Subscribe(Meet);

        Assert.True(SpinWait.SpinUntil(() => met.Count == 2, 2 * Patience));
        Assert.All(met, Assert.True);

        void Meet(QueryState<int> state)
        {
            if (state.IsStale) met.Add(both.SignalAndWait(Patience));
        }
    }

    [Fact]
    public void Calls_of_one_observer_never_overlap_and_the_last_state_delivered_is_the_current_one()
    {
        using var client = Threaded();
        var query = Query.Define("n", (int _) => new TaskCompletionSource<string>().Task);
        var observer = new Recorder<QueryState<string>>();
        client.Observe(query, 1).Subscribe(observer);
        Race.Run(
            () => { for (var i = 0; i < 3000; i++) client.SetData(query, 1, $"a{i}"); },
            () => { for (var i = 0; i < 3000; i++) client.SetData(query, 1, $"b{i}"); });
        Assert.Empty(observer.Violations);
        Assert.Equal(client.GetState(query, 1).Data, observer.Values[^1].Data);
        foreach (var writer in "ab")
        {
            var numbers = observer.Values.Where(s => s.Data?[0] == writer).Select(s => int.Parse(s.Data![1..])).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Fact]
    public void Two_stores_that_write_each_other_from_two_threads_both_finish()
    {
        using var client = Threaded();
        var query = Query.Define("n", (int _) => new TaskCompletionSource<int>().Task);
        client.Observe(query, 1).Subscribe(state => { if (state.Data % 2 == 1) client.SetData(query, 2, state.Data + 1); });
        client.Observe(query, 2).Subscribe(state => { if (state.Data % 2 == 1) client.SetData(query, 1, state.Data + 1); });
        Race.Run(
            () => { for (var i = 1; i < 2000; i += 2) client.SetData(query, 1, i); },
            () => { for (var i = 1; i < 2000; i += 2) client.SetData(query, 2, i); });
        Assert.True(client.GetState(query, 1).HasData && client.GetState(query, 2).HasData);
    }

    [Fact]
    public void A_blocked_observer_delays_itself_only()
    {
        using var client = Threaded();
        var query = Query.Define("n", (int _) => new TaskCompletionSource<string>().Task);
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        client.Observe(query, 1).Subscribe(state =>
        {
            if (state.Data != "block") return;
            entered.Set();
            release.Wait(Patience);
        });
        List<string?> healthy = [];
        client.Observe(query, 1).Subscribe(state => { lock (healthy) healthy.Add(state.Data); });
        var blocked = new Thread(() => client.SetData(query, 1, "block")) { IsBackground = true };
        blocked.Start();
        Assert.True(entered.Wait(Patience));

        client.SetData(query, 1, "b");
        client.SetData(query, 1, "c");
        List<string?> seen = [];
        client.Observe(query, 1).Subscribe(state => seen.Add(state.Data));

        lock (healthy) Assert.Equal("c", healthy[^1]);
        Assert.Equal(["c"], seen);
        release.Set();
        Assert.True(blocked.Join(Patience));
    }

    [Fact]
    public void Nothing_comes_after_dispose_though_another_thread_was_comparing_the_next_state()
    {
        using var client = Threaded();
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var query = Query.Define("n", (int _) => new TaskCompletionSource<Compared>().Task).With(o => o with { StructuralSharing = false });
        List<Compared> seen = [];
        client.SetData(query, 1, new Compared(1, () => { }));
        var subscription = client.Observe(query, 1).Subscribe(state => { lock (seen) seen.Add(state.Data); });
        var blocking = new Compared(2, Block);
        var writer = new Thread(() => client.SetData(query, 1, blocking)) { IsBackground = true };
        writer.Start();
        Assert.True(entered.Wait(Patience));

        subscription.Dispose();
        release.Set();
        Assert.True(writer.Join(Patience));

        Assert.Equal([1], seen.Select(data => data.Number));

        void Block()
        {
            entered.Set();
            release.Wait(Patience);
        }
    }

    private readonly record struct Compared(int Number, Action OnCompare)
    {
        public bool Equals(Compared other)
        {
            OnCompare();
            return Number == other.Number;
        }

        public override int GetHashCode() => Number;
    }

    public static TheoryData<string> UserCode => ["fetcher", "sharing", "observer", "retry predicate", "key function", "initial data", "hook"];

    [Theory]
    [MemberData(nameof(UserCode))]
    public void User_code_that_waits_for_another_thread_that_calls_the_client_does_not_deadlock(string where)
    {
        using var client = Threaded();
        var reached = 0;
        var query = Counting();
        void Block(string place)
        {
            if (place != where || Interlocked.Exchange(ref reached, 1) != 0) return; // Once: a fetch that invalidates itself never ends.
            var other = new Thread(() =>
            {
                client.SetData(Counting("n"), 1, "w");
                client.GetState(query, 1);
                client.Observe(Counting("n"), 1).Subscribe().Dispose();
                client.InvalidateAll();
            })
            { IsBackground = true };
            other.Start();
            Assert.True(other.Join(Patience), "deadlock");
        }

        var calls = 0;
        query = Query.Define("n", (int _) => { Block("fetcher"); return ++calls == 1 ? Task.FromException<string>(Boom) : Task.FromResult($"v{calls}"); })
            .WithKey(id => { Block("key function"); return QueryKey.Of("n", id); })
            .With(o => o with
            {
                Retry = RetryPolicy.Fixed(TimeSpan.Zero, 1) with { ShouldRetry = _ => { Block("retry predicate"); return true; } },
                ShareData = (_, fetched) => { Block("sharing"); return fetched; },
                InitialData = where == "initial data" ? Initial : null,
                OnSuccess = (_, _) => { Block("hook"); },
            });
        string Initial()
        {
            Block("initial data");
            return "i";
        }

        client.Observe(query, 1).Subscribe(_ => { Block("observer"); });
        client.Refetch(query, 1);
        Assert.NotEqual(0, reached);
    }

    [Fact]
    public void A_fetcher_whose_synchronous_part_blocks_holds_up_nobody_on_other_keys_or_on_its_own()
    {
        using var client = Threaded();
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var query = Query.Define("n", (int id) =>
        {
            if (id == 1)
            {
                entered.Set();
                release.Wait(Patience);
            }

            return Task.FromResult(id);
        });
        var blocked = new Thread(() => client.Observe(query, 1).Subscribe()) { IsBackground = true };
        blocked.Start();
        Assert.True(entered.Wait(Patience));
        List<string> seen = [];
        client.Observe(query, 2).Subscribe(state => seen.Add(state.ToString()));
        client.Observe(query, 1).Subscribe(state => seen.Add(state.ToString()));
        Assert.Equal(["Loading+Fetching", "Success+Idle(2)", "Loading+Fetching"], seen);
        release.Set();
        Assert.True(blocked.Join(Patience));
    }

    [Fact]
    public void A_subscription_that_races_with_the_end_of_an_entry_is_never_one_to_a_dead_entry()
    {
        using var client = Threaded();
        var query = Query.Define("n", (int _) => Task.FromResult("a")).With(o => o with { GcTime = TimeSpan.Zero });
        for (var i = 0; i < 300; i++)
        {
            var leaving = client.Observe(query, 1).Subscribe();
            string? last = null;
            IDisposable? staying = null;
            Parallel.Invoke(leaving.Dispose, () => staying = client.Observe(query, 1).Subscribe(state => last = state.Data));
            client.SetData(query, 1, $"w{i}");
            Assert.Equal($"w{i}", last);
            staying!.Dispose();
        }

        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void Many_threads_that_ask_at_once_make_one_fetch()
    {
        using var client = Threaded();
        var calls = 0;
        var answer = new TaskCompletionSource<string>();
        var query = Query.Define("n", (int _, CancellationToken _) => { Interlocked.Increment(ref calls); return answer.Task; });
        var received = 0;
        Race.Run([.. Enumerable.Repeat<Action>(() => { for (var i = 0; i < 200; i++) client.Observe(query, 1).Subscribe(s => { if (s.HasData) Interlocked.Increment(ref received); }); }, 8)]);
        answer.SetResult("a");
        Assert.Equal((1, 1600), (calls, received));
    }

    [Fact]
    public void A_slow_place_of_delivery_is_queued_at_most_one_state_and_ends_with_the_latest()
    {
        using var client = NewClient();
        var query = Query.Define("n", (int _) => new TaskCompletionSource<int>().Task);
        List<int> seen = [];
        client.Observe(query, 1, o => o with { DispatchOn = Scheduler, DispatchMode = DispatchMode.LatestState }).Subscribe(state => seen.Add(state.Data));
        for (var i = 1; i <= 10_000; i++) client.SetData(query, 1, i);
        Assert.Empty(seen);
        Scheduler.AdvanceBy(TimeSpan.Zero);
        Assert.InRange(seen.Count, 1, 2);
        Assert.Equal(10_000, seen[^1]);
    }

    [Fact]
    public void Each_observer_is_called_at_its_own_place()
    {
        using var client = NewClient();
        using var loop = new EventLoopScheduler();
        using var there = new ManualResetEventSlim();
        var (here, elsewhere) = (0, 0);
        client.SetData(Counting(), 1, "a");
        client.Observe(Counting(), 1).Subscribe(_ => here = Environment.CurrentManagedThreadId);
        client.Observe(Counting(), 1, o => o with { DispatchOn = loop }).Subscribe(_ => { elsewhere = Environment.CurrentManagedThreadId; there.Set(); });
        Assert.True(there.Wait(Patience));
        Assert.Equal(Environment.CurrentManagedThreadId, here);
        Assert.NotEqual(here, elsewhere);
    }

    [Fact]
    public void No_subscription_keeps_a_view_model_alive_after_its_disposal()
    {
        using var client = NewClient();
        var query = Counting();
        client.Observe(query, 0).Subscribe(); // the client and a neighbour live on
        var gone = Enumerable.Range(0, 1000).Select(i => Cycle(client, query, i % 10)).ToList();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(gone, reference => reference.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Cycle(QueryClient client, QueryDefinition<int, string> query, int id)
    {
        var viewModel = new ViewModel();
        using var plain = client.Observe(query, id, viewModel.Configure).Subscribe(viewModel.Show);
        using var driven = Observable.Return(id).ObserveQuery(client, query).Subscribe(viewModel.Show);
        using var own = client.Observe(Query.Define("own", (int _, CancellationToken _) => viewModel.Load()), id).Subscribe(viewModel.Show);
        return new WeakReference(viewModel);
    }

    private sealed class ViewModel
    {
        private object? _shown;

        public void Show(object state) => _shown = state;

        public Task<string> Load() => Task.FromResult($"{_shown}");

        public QueryOptions<string> Configure(QueryOptions<string> options) => options with { OnSuccess = (_, _) => _shown = null };
    }
}
