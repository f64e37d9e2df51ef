using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Storms;

/// <summary>Writes from many threads at once: nothing is lost, doubled or left hanging; and what was let go of is collected.</summary>
[Collection(AloneCollection.Name)]
public sealed class MutationStormTests : IDisposable
{
    private const int Threads = 4;
    private const int Iterations = 400;
    private static readonly QueryDefinition<int, int> Number = Query.Define("number", (int id) => Task.FromResult(id));
    private readonly ConcurrentBag<UnobservedError> _unobserved = [];
    private readonly BehaviorSubject<bool> _online = new(true);
    private readonly QueryClient _client;

    public MutationStormTests() => _client = new QueryClient(new QueryClientOptions { Online = _online, OnUnobservedError = _unobserved.Add });

    public void Dispose()
    {
        _client.Dispose();
        _online.Dispose();
    }

    [Fact]
    public void Increments_from_all_threads_in_one_scope_never_overlap_and_are_all_done_once()
    {
        var (running, overlaps, server) = (0, 0, 0);
        _client.SetData(Number, 1, 0);
        var mutation = _client.CreateMutation(
            async (int n, CancellationToken _) =>
            {
                if (Interlocked.Increment(ref running) != 1) Interlocked.Increment(ref overlaps);
                await Task.Yield();
                var answer = ++server;
                Interlocked.Decrement(ref running);
                return answer;
            },
            m => m.InScope("s").Optimistic(Number, _ => 1, (data, n) => data + n).SetsData(Number, (_, _) => 1));
        var calls = new ConcurrentBag<Task>();

        new Storm(Threads).Run(Iterations, (_, _, _) =>
        {
            calls.Add(mutation.Start(1).Task);
            return [];
        });

        Storm.Eventually(() => calls.All(call => call.IsCompleted), () => "calls hang");
        Assert.Equal((0, Threads * Iterations), (overlaps, server));
        Assert.Equal(Threads * Iterations, _client.GetState(Number, 1).Data);
        Assert.Empty(_client.GetPatches(Number, 1));
        Assert.Empty(_unobserved);
    }

    [Fact]
    public void Updates_from_the_responses_of_parallel_writes_are_all_counted()
    {
        _client.SetData(Number, 1, 0);
        var mutation = _client.CreateMutation((int n) => Task.FromResult(n), m => m.UpdatesData(Number, (_, _) => 1, (data, n, _) => data + n));
        new Storm(Threads).Run(Iterations, (_, _, _) =>
        {
            mutation.Start(1);
            return [];
        });
        Assert.Equal(Threads * Iterations, _client.GetState(Number, 1).Data);
    }

    [Fact]
    public void Start_cancel_reset_retry_and_a_flapping_connection_leave_nothing_hanging()
    {
        _client.SetData(Number, 1, 0);
        var contract = new ContractChecker();
        var calls = new ConcurrentBag<MutationHandle<int, int>>();
        Mutation<int, int> Make(Func<MutationOptions<int, int>, MutationOptions<int, int>> policy) => _client.CreateMutation(
            async (int n, CancellationToken token) =>
            {
                await Task.Yield();
                return n % 5 == 0 ? throw new InvalidOperationException("boom") : n;
            },
            m => policy(m).Optimistic(Number, _ => 1, (data, n) => data + n).OnError((_, _) => { }));
        var mutations = new[]
        {
            Make(m => m), Make(m => m.InScope("s")), Make(m => m.InScope(n => QueryKey.Of("t", n % 3))),
            Make(m => m with { Policy = MutationPolicy.LatestWins }), Make(m => m with { Policy = MutationPolicy.IgnoreWhileBusy }),
        };
        using var watching = new System.Reactive.Disposables.CompositeDisposable(mutations.Select(mutation => mutation.Checked(contract).Subscribe()));
        using var counting = _client.IsMutating().Subscribe();

        new Storm(Threads).Run(Iterations, Operate);
        _online.OnNext(true);

        Storm.Eventually(() => calls.All(call => call.Task.IsCompleted), () => $"hang: {string.Join(", ", calls.Where(c => !c.Task.IsCompleted))}");
        Storm.Eventually(() => _client.IsMutating().FirstAsync().Wait() == 0, () => "calls are still counted");
        Assert.All(_client.GetPatches(Number, 1), patch => Assert.True(patch.IsSettled));
        Assert.Empty(_unobserved);
        contract.Verify();

        IEnumerable<string> Operate(int thread, Random random, int i)
        {
            var mutation = mutations[random.Next(mutations.Length)];
            yield return "start";
            var call = mutation.Start(random.Next(100));
            calls.Add(call);
            yield return "something else";
            switch (random.Next(8))
            {
                case 0: call.Cancel(); break;
                case 1: mutation.Execute(random.Next(100)).Subscribe(_ => { }, _ => { }).Dispose(); break;
                case 2: mutation.Reset(); break;
                case 3: calls.Add(call.Retry()); break;
                case 4 when thread == 0: _online.OnNext(random.Next(2) == 0); break;
                case 5:
                    if (_client.FindMutations() is [var oldest, ..]) oldest.Handle.Cancel();
                    break;
                default: break;
            }
        }
    }

    [Fact]
    public void Disposing_the_client_amid_the_storm_ends_every_call()
    {
        var calls = new ConcurrentBag<MutationHandle<int, int>>();
        var mutation = _client.CreateMutation(async (int n, CancellationToken token) =>
        {
            await Task.Yield();
            return n;
        }, m => m.InScope(n => QueryKey.Of("s", n % 3)).OnSuccess((_, _) => Task.CompletedTask));
        var completions = 0;
        mutation.Subscribe(_ => { }, () => Interlocked.Increment(ref completions));

        new Storm(Threads).Run(Iterations, (thread, random, i) =>
        {
            if (thread == 0 && i == Iterations / 2) _client.Dispose();
            try
            {
                calls.Add(mutation.Start(random.Next(100)));
            }
            catch (ObjectDisposedException)
            {
            }

            return [];
        });

        Storm.Eventually(() => calls.All(call => call.Task.IsCompleted), () => "calls hang");
        Assert.Equal(1, completions);
        Assert.Throws<ObjectDisposedException>(() => mutation.Start(1));
    }

    [Fact]
    public void A_mutation_and_its_view_model_are_collected_after_disposal_though_the_client_lives()
    {
        var gone = UseAndDispose();
        for (var i = 0; i < 5 && gone.Exists(r => r.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(gone, r => r.IsAlive);
        Assert.Empty(_client.FindMutations());
    }

    [Fact]
    public void What_a_successful_call_used_is_collected_while_the_call_is_still_shown()
    {
        var mutation = _client.CreateMutation((int n) => Task.FromResult(n));
        var gone = StartWithCallback(mutation);
        for (var i = 0; i < 5 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(gone.IsAlive);
        Assert.Single(_client.FindMutations());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> UseAndDispose()
    {
        var model = new ViewModel();
        var mutation = _client.CreateMutation(
            (int n) => n == 0 ? Task.FromException<int>(new InvalidOperationException()) : Task.FromResult(n),
            m => m.OnSuccess((n, _) => model.Shown += n).OnError((_, _) => model.Shown--).InScope("s"));
        _ = mutation.Subscribe(state => model.Shown++);
        mutation.Start(1);
        mutation.Start(0);
        mutation.Execute(2).Subscribe().Dispose();
        mutation.Dispose();
        return [new WeakReference(model), new WeakReference(mutation)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference StartWithCallback(Mutation<int, int> mutation)
    {
        var model = new ViewModel();
        mutation.Start(1, m => m.OnSuccess((n, _) => model.Shown += n));
        Assert.Equal(1, model.Shown);
        return new WeakReference(model);
    }

    private sealed class ViewModel
    {
        public int Shown { get; set; }
    }
}
