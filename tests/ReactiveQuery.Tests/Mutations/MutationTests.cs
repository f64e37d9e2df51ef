using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Mutations;

/// <summary>Calls of a mutation: forms of the fetcher, the handle, the streams, disposal.</summary>
public class MutationTests : ClientTest
{
    private readonly TaskCompletionSource<string> _answer = new();

    private Mutation<int, string> Slow(QueryClient? client = null, Func<MutationOptions<int, string>, MutationOptions<int, string>>? configure = null) =>
        (client ?? NewClient()).CreateMutation((int _, CancellationToken _) => _answer.Task, configure, "slow");

    [Fact]
    public async Task Every_form_of_fetcher_infers_and_runs()
    {
        var client = NewClient();
        Mutation<int, string> a = client.CreateMutation((int n, CancellationToken ct) => Task.FromResult($"{n}"));
        Mutation<int, string> b = client.CreateMutation((int n) => Task.FromResult($"{n}"));
        Mutation<int, string> c = client.CreateMutation((int n) => Observable.Return($"{n}"));
        Mutation<int, Unit> d = client.CreateMutation((int n, CancellationToken ct) => Task.CompletedTask);
        Mutation<int, Unit> e = client.CreateMutation((int n) => Task.CompletedTask);
        Mutation<Unit, string> f = client.CreateMutation(ct => Task.FromResult("f"));
        Mutation<Unit, Unit> g = client.CreateMutation((CancellationToken ct) => Task.CompletedTask);
        Mutation<int, Unit> h = client.CreateMutation(async (int n, CancellationToken ct) => { await Task.CompletedTask; });
        Mutation<int, string> i = client.CreateMutation(async (int n, CancellationToken ct) => { await Task.CompletedTask; return "i"; });

        Assert.Equal(["1", "1", "1"], [await a.Start(1), await b.Start(1), await c.Start(1)]);
        Assert.Equal([Unit.Default, Unit.Default, Unit.Default, Unit.Default], [await d.Start(1), await e.Start(1), await g.Start(), await h.Start(1)]);
        Assert.Equal(["f", "i", "f"], [await f.Start(), await i.Start(1), await f.Execute()]);
    }

    [Fact]
    public async Task A_definition_makes_any_number_of_mutations_and_knows_no_client()
    {
        var definition = Mutation.Define("double", (int n) => Task.FromResult(n * 2));
        Assert.Equal("double", definition.Name);
        Assert.Equal(2, await NewClient().CreateMutation(definition).Start(1));
        Assert.Equal(4, await NewClient().CreateMutation(definition).Start(2));
    }

    [Fact]
    public void A_call_that_nobody_looked_at_tells_its_state_afterwards_and_always_the_same_one()
    {
        var boom = new InvalidOperationException("boom");
        var mutation = NewClient().CreateMutation((int n) => n > 0 ? Task.FromResult($"{n}") : Task.FromException<string>(boom));
        var (succeeded, failed) = (mutation.Start(1), mutation.Start(-1));
        Assert.Same(mutation.State, failed.State);
        Assert.Equal((MutationStatus.Success, 1, "1", 0), (succeeded.State.Status, succeeded.State.Variables, succeeded.State.Data, succeeded.State.FailureCount));
        Assert.Equal((MutationStatus.Error, -1, boom, 1), (failed.State.Status, failed.State.Variables, failed.State.Error, failed.State.FailureCount));
        Assert.True(succeeded.State.SubmittedAt is not null && ReferenceEquals(succeeded.State, succeeded.State));
        mutation.Reset();
        Assert.Same(MutationState<int, string>.Idle, mutation.State);
        Assert.True(failed.State.IsError);
    }

    [Fact]
    public void A_handle_shows_its_own_states_whatever_the_later_calls_do()
    {
        var answers = new[] { new TaskCompletionSource<string>(), new TaskCompletionSource<string>() };
        var mutation = NewClient().CreateMutation((int n) => answers[n].Task);
        var (first, second) = (mutation.Start(0), mutation.Start(1));
        List<string> ofFirst = [], ofLatest = [];
        var completed = false;
        using var own = first.Subscribe(state => ofFirst.Add($"{state}"), () => completed = true);
        using var latest = mutation.Subscribe(state => ofLatest.Add($"{state}"));

        answers[1].SetResult("b");
        answers[0].SetResult("a");

        Assert.Equal(["Pending(0)", "Success(0, a)"], ofFirst);
        Assert.Equal(["Pending(1)", "Success(1, b)"], ofLatest);
        Assert.True(completed);
        Assert.Equal(("a", "b"), (first.State.Data, second.State.Data));
        Assert.True(first.IsSettled && first.Status == MutationStatus.Success && first.Id < second.Id);
    }

    [Fact]
    public void A_late_subscriber_of_a_handle_sees_its_last_state_and_the_end()
    {
        var call = NewClient().CreateMutation((int n) => Task.FromResult("a")).Start(1);
        Assert.Equal([MutationStatus.Success], call.Select(s => s.Status).ToEnumerable());
    }

    [Fact]
    public void Execute_is_cold_and_makes_one_call_for_each_subscription()
    {
        var calls = 0;
        var execution = NewClient().CreateMutation((int n) => Task.FromResult(++calls)).Execute(1);
        Assert.Equal(0, calls);
        Assert.Equal([1, 2], [.. execution.ToEnumerable(), .. execution.ToEnumerable()]);
    }

    [Fact]
    public void Disposing_the_subscription_of_Execute_cancels_that_call_alone()
    {
        var tokens = new List<CancellationToken>();
        var mutation = NewClient().CreateMutation((int n, CancellationToken ct) =>
        {
            tokens.Add(ct);
            return _answer.Task;
        });
        var first = mutation.Execute(1).Subscribe();
        using var second = mutation.Execute(2).Subscribe();

        first.Dispose();
        Assert.Equal([true, false], tokens.Select(t => t.IsCancellationRequested));
        Assert.Equal(2, mutation.State.Variables);
    }

    [Fact]
    public void Execute_errors_with_the_fetchers_own_exception_and_nothing_is_reported()
    {
        Exception? seen = null;
        NewClient().CreateMutation((int n) => Task.FromException<string>(Boom)).Execute(1).Subscribe(_ => { }, error => seen = error);
        Assert.Same(Boom, seen);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void Execute_completes_empty_when_the_call_is_cancelled_elsewhere()
    {
        var client = NewClient();
        var seen = new List<Notification<string>>();
        Slow(client).Execute(1).Materialize().Subscribe(seen.Add);
        Assert.True(Assert.Single(client.FindMutations()).Handle.Cancel());
        Assert.Equal(NotificationKind.OnCompleted, Assert.Single(seen).Kind);
    }

    [Fact]
    public async Task A_cancelled_call_is_idle_its_task_is_cancelled_and_a_late_answer_falls_on_deaf_ears()
    {
        var call = Slow().Start(1);
        Assert.True(call.Cancel());
        Assert.False(call.Cancel());
        _answer.SetResult("late");

        Assert.Equal(MutationStatus.Idle, call.Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Task);
    }

    [Fact]
    public void What_has_happened_cannot_be_cancelled()
    {
        var call = NewClient().CreateMutation((int n) => Task.FromResult("a")).Start(1);
        Assert.False(call.Cancel());
        Assert.Equal("a", call.State.Data);
    }

    [Fact]
    public async Task A_foreign_cancellation_a_null_task_and_a_fetcher_that_throws_are_failures()
    {
        var client = NewClient();
        await Assert.ThrowsAsync<TaskCanceledException>(async () => await client.CreateMutation((int n) => Task.FromCanceled<int>(new(true))).Start(1));
        await Assert.ThrowsAsync<TaskCanceledException>(async () => await client.CreateMutation((int n) => Task.FromCanceled(new(true))).Start(1));
        Assert.Same(Boom, await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.CreateMutation(Task<int> (int n) => throw Boom).Start(1)));
        var nothing = await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.CreateMutation((int n) => (Task<int>)null!, name: "x").Start(1));
        Assert.Equal("The fetcher of mutation 'x' returned a null task.", nothing.Message);
        nothing = await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.CreateMutation((int n) => (Task)null!, name: "y").Start(1));
        Assert.Contains("'y' returned a null task", nothing.Message, StringComparison.Ordinal);
        nothing = await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.CreateMutation((int n) => (IObservable<int>)null!, name: "z").Start(1));
        Assert.Contains("'z' returned a null observable", nothing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_observable_gives_its_last_value_and_an_empty_one_fails_unretried()
    {
        var client = NewClient();
        Assert.Equal(3, await client.CreateMutation((int n) => Observable.Range(1, n)).Start(3));
        var attempts = 0;
        var empty = client.CreateMutation((int n) => Observable.Defer(() => ++attempts > 0 ? Observable.Empty<int>() : null!), m => m with { Retry = RetryPolicy.Default });
        var error = await Assert.ThrowsAsync<EmptyFetchException>(async () => await empty.Start(1));
        Assert.Equal("mutation", error.QueryName);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public void A_failure_nobody_looks_at_is_reported_once()
    {
        var mutation = NewClient().CreateMutation((int n) => Task.FromException<int>(Boom), name: "doomed");
        mutation.Start(1);
        var error = Assert.Single(Unobserved);
        Assert.Equal((Boom, UnobservedErrorOrigin.Mutation, "doomed"), (error.Exception, error.Origin, error.Mutation));
    }

    [Fact]
    public void A_failure_that_is_awaited_observed_or_handled_is_not_reported()
    {
        var client = NewClient();
        var answers = new Subject<int>();
        Mutation<int, int> Make(Func<MutationOptions<int, int>, MutationOptions<int, int>>? configure = null) => client.CreateMutation((int n) => answers, configure);

        var awaited = Make().Start(1).Task;
        var observed = Make().Start(1).Subscribe();
        var (watched, handled) = (Make(), Make(m => m.OnError((_, _) => { })));
        using var watching = watched.Subscribe();
        watched.Start(1);
        handled.Start(1);
        Make().Start(1, m => m.OnError((_, _) => { }));
        answers.OnError(Boom);

        Assert.True(awaited.IsFaulted);
        Assert.Empty(Unobserved);
        observed.Dispose();
    }

    [Fact]
    public void Reset_shows_idle_while_the_call_runs_on()
    {
        var mutation = Slow();
        List<MutationStatus> seen = [];
        using var watching = mutation.Subscribe(state => seen.Add(state.Status));
        var call = mutation.Start(1);
        mutation.Reset();
        mutation.Reset();
        _answer.SetResult("a");

        Assert.Equal([MutationStatus.Idle, MutationStatus.Pending, MutationStatus.Idle], seen);
        Assert.Equal(MutationStatus.Success, call.Status);
        Assert.True(mutation.State.IsIdle);
    }

    [Fact]
    public void Disposing_a_mutation_is_silent_and_lets_its_calls_run_on()
    {
        var client = NewClient();
        var mutation = Slow(client);
        var seen = new List<Notification<MutationState<int, string>>>();
        mutation.Materialize().Subscribe(seen.Add);
        var call = mutation.Start(1);
        mutation.Dispose();
        mutation.Dispose();
        _answer.SetResult("a");

        Assert.Equal(2, seen.Count);
        Assert.Equal(MutationStatus.Success, call.Status);
        Assert.Empty(client.FindMutations());
        Assert.Throws<ObjectDisposedException>(() => mutation.Start(1));
        Assert.Throws<ObjectDisposedException>(() => mutation.Execute(1));
        mutation.Subscribe(_ => Assert.Fail("Disposed.")).Dispose();
    }

    [Fact]
    public void Disposing_the_client_cancels_all_calls_and_completes_all_streams()
    {
        var client = NewClient();
        var token = default(CancellationToken);
        var settled = 0;
        var mutation = client.CreateMutation((int n, CancellationToken ct) => (token = ct, _answer.Task).Task, m => m.InScope("s").OnSettled((_, _) => settled++));
        var ends = new List<string>();
        mutation.Subscribe(_ => { }, () => ends.Add("mutation"));
        client.IsMutating().Subscribe(_ => { }, () => ends.Add("count"));
        client.MutationStates().Subscribe(_ => { }, () => ends.Add("list"));
        mutation.Execute(1).Subscribe(_ => { }, () => ends.Add("execution"));
        var execution = mutation.Execute(2);
        var waiting = mutation.Start(3);
        waiting.Subscribe(_ => { }, () => ends.Add("handle"));

        client.Dispose();

        Assert.True(token.IsCancellationRequested);
        Assert.True(waiting.Task.IsCanceled);
        Assert.Equal(["count", "execution", "handle", "list", "mutation"], ends.Order());
        Assert.Equal(0, settled);
        Assert.Throws<ObjectDisposedException>(() => mutation.Start(1));
        Assert.Throws<ObjectDisposedException>(() => mutation.Execute(1));
        Assert.Throws<ObjectDisposedException>(() => client.CreateMutation((int n) => Task.FromResult(n)));
        Assert.Throws<ObjectDisposedException>(() => client.FindMutations());
        Assert.IsType<ObjectDisposedException>(execution.Materialize().ToEnumerable().Single().Exception);
        mutation.Subscribe(_ => { }, () => ends.Add("late"));
        Assert.Contains("late", ends);
    }

    [Fact]
    public void An_observer_that_throws_harms_nobody_and_is_reported()
    {
        var mutation = NewClient().CreateMutation((int n) => Task.FromResult("a"));
        mutation.Subscribe(state => throw Boom);
        List<MutationStatus> seen = [];
        mutation.Subscribe(state => seen.Add(state.Status));
        mutation.Start(1);
        Assert.Equal([MutationStatus.Idle, MutationStatus.Pending, MutationStatus.Success], seen);
        Assert.All(Unobserved, error => Assert.Equal(UnobservedErrorOrigin.Observer, error.Origin));
        Assert.NotEmpty(Unobserved);
    }

    [Fact]
    public void A_call_from_inside_an_observer_works_and_all_states_come_in_order()
    {
        var mutation = NewClient().CreateMutation((int n) => Task.FromResult($"{n}"));
        List<string> seen = [];
        mutation.Subscribe(state =>
        {
            if (state is { IsSuccess: true, Variables: < 3 })
                mutation.Start(state.Variables + 1);
        });
        mutation.Subscribe(state => seen.Add($"{state}"));
        mutation.Start(1);
        Assert.Equal(["Idle", "Pending(1)", "Success(1, 1)", "Pending(2)", "Success(2, 2)", "Pending(3)", "Success(3, 3)"], seen);
    }

    [Fact]
    public void Bad_arguments_are_refused_by_name()
    {
        var client = NewClient();
        var mutation = Slow(client);
        Assert.Throws<ArgumentNullException>("definition", () => client.CreateMutation((MutationDefinition<int, int>)null!));
        Assert.Throws<ArgumentNullException>("fetcher", () => client.CreateMutation((Func<int, Task<int>>)null!));
        Assert.Throws<ArgumentException>("name", () => Mutation.Define("", (int n) => Task.FromResult(n)));
        Assert.Throws<ArgumentNullException>("configure", () => mutation.Start(1, null!));
        Assert.Throws<ArgumentNullException>("observer", () => mutation.Subscribe(null!));
        Assert.Throws<ArgumentNullException>("observer", () => mutation.Start(1).Subscribe(null!));
        Assert.Throws<ArgumentOutOfRangeException>("Timeout", () => mutation.Start(1, m => m with { Timeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>("GcTime", () => new MutationDefaults { GcTime = TimeSpan.FromTicks(-5) });
        Assert.Throws<ArgumentOutOfRangeException>("Policy", () => mutation.Start(1, m => m with { Policy = (MutationPolicy)9 }));
        Assert.Throws<InvalidOperationException>(() => mutation.Start(1, _ => null!));
        Assert.Throws<ArgumentNullException>("Mutations", () => new QueryClientOptions { Mutations = null! });
    }
}
