using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Mutations;

/// <summary>The order of callbacks, what is awaited, and what one that throws does.</summary>
public class MutationCallbackTests : ClientTest
{
    private readonly List<string> _log = [];

    private MutationDefaults ClientLevel => new MutationDefaults()
        .OnMutate(call => _log.Add($"client mutate {call.Variables}"))
        .OnSuccess((data, call) => _log.Add($"client success {data}"))
        .OnError((error, call) => _log.Add($"client error {error.Message}"))
        .OnSettled((status, call) => _log.Add($"client settled {status}"));

    private MutationOptions<int, string> Logged(MutationOptions<int, string> options, string level) => options
        .OnMutate(call => _log.Add($"{level} mutate {call.Variables}"))
        .OnSuccess((data, call) => _log.Add($"{level} success {data}"))
        .OnError((error, call) => _log.Add($"{level} error {error.Message}"))
        .OnSettled((state, call) => _log.Add($"{level} settled {state.Status}"));

    private Mutation<int, string> Make(Func<int, Task<string>> fetcher, Func<MutationOptions<int, string>, MutationOptions<int, string>>? configure = null) =>
        NewClient(o => o with { Mutations = ClientLevel }).CreateMutation((int n) =>
        {
            _log.Add("fetcher");
            return fetcher(n);
        }, configure ?? (o => Logged(o, "definition")));

    [Fact]
    public void Success_runs_client_definition_and_call_before_the_state_says_so()
    {
        var mutation = Make(n => Task.FromResult("a"));
        using var watching = mutation.Subscribe(state => _log.Add($"{state.Status}"));
        mutation.Start(1, o => Logged(o, "call"));
        Assert.Equal(
            [
                "Idle", "Pending",
                "client mutate 1", "definition mutate 1", "call mutate 1",
                "fetcher",
                "client success a", "definition success a", "call success a",
                "client settled Success", "definition settled Success", "call settled Success",
                "Success",
            ],
            _log);
    }

    [Fact]
    public void Failure_runs_error_and_settled_on_every_level()
    {
        Make(n => Task.FromException<string>(Boom)).Start(1, o => Logged(o, "call"));
        Assert.Equal(
            [
                "client mutate 1", "definition mutate 1", "call mutate 1",
                "fetcher",
                "client error boom", "definition error boom", "call error boom",
                "client settled Error", "definition settled Error", "call settled Error",
            ],
            _log);
    }

    [Fact]
    public void Cancellation_runs_settled_alone()
    {
        Make(n => new TaskCompletionSource<string>().Task).Start(1).Cancel();
        Assert.Equal(["client mutate 1", "definition mutate 1", "fetcher", "client settled Idle", "definition settled Idle"], _log);
    }

    [Fact]
    public void A_refused_call_runs_none()
    {
        var mutation = Make(n => new TaskCompletionSource<string>().Task, o => Logged(o with { Policy = MutationPolicy.IgnoreWhileBusy }, "definition"));
        mutation.Start(1);
        _log.Clear();
        Assert.True(mutation.Start(2).IsRefused);
        Assert.Empty(_log);
    }

    [Fact]
    public void Every_calls_own_callbacks_run_whatever_later_calls_do()
    {
        var answers = new TaskCompletionSource<string>[] { new(), new(), new() };
        var mutation = Make(n => answers[n].Task, o => o);
        for (var n = 0; n < 3; n++)
            mutation.Start(n, o => o.OnSuccess((data, call) => _log.Add($"{call.Variables}: {data}")));
        mutation.Reset();
        mutation.Dispose();
        _log.Clear();
        foreach (var n in new[] { 1, 2, 0 }) answers[n].SetResult($"r{n}");
        Assert.Equal(["1: r1", "2: r2", "0: r0"], _log.Where(line => char.IsDigit(line[0])));
    }

    [Fact]
    public void Each_callback_is_awaited_before_the_next_and_all_before_the_handle_completes()
    {
        var (mutate, success, settled) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var call = Make(
            n => Task.FromResult("a"),
            o => o.OnMutate(_ => mutate.Task).OnSuccess((_, _) => success.Task).OnSuccess((_, _) => _log.Add("second success")).OnSettled((_, _) => settled.Task))
            .Start(1);

        Assert.Equal(["client mutate 1"], _log);
        mutate.SetResult();
        Assert.Equal(["client mutate 1", "fetcher", "client success a"], _log);
        success.SetResult();
        Assert.Equal("client settled Success", _log[^1]);
        Assert.Contains("second success", _log);
        Assert.True(call.Status == MutationStatus.Pending && !call.IsSettled && !call.Task.IsCompleted);
        settled.SetResult();
        Assert.True(call.Status == MutationStatus.Success && call.IsSettled && call.Task.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OnMutate_that_throws_fails_the_call_before_the_fetcher(bool isAsync)
    {
        var call = Make(n => Task.FromResult("a"), o => Logged(
            isAsync ? o.OnMutate(_ => Task.FromException(Boom)) : o.OnMutate(_ => throw Boom), "definition")).Start(1);
        Assert.Same(Boom, await Assert.ThrowsAsync<InvalidOperationException>(() => call.Task));
        Assert.Equal(["client mutate 1", "client error boom", "definition error boom", "client settled Error", "definition settled Error"], _log);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void Another_callback_that_throws_is_reported_and_changes_nothing_else()
    {
        var call = Make(n => Task.FromResult("a"), o => Logged(
            o.OnSuccess((_, _) => throw Boom).OnSettled((_, _) => Task.FromException(Boom)), "definition")).Start(1);
        Assert.Equal("a", call.State.Data);
        Assert.Equal(["client success a", "definition success a", "client settled Success", "definition settled Success"], _log[^4..]);
        Assert.Equal(2, Unobserved.Count);
        Assert.All(Unobserved, e => Assert.Equal((Boom, UnobservedErrorOrigin.Callback, "mutation"), (e.Exception, e.Origin, e.Mutation)));
    }

    [Fact]
    public void OnMutate_that_throws_after_the_call_was_cancelled_is_reported()
    {
        var mutate = new TaskCompletionSource();
        var call = Make(n => Task.FromResult("a"), o => o.OnMutate(_ => mutate.Task)).Start(1);
        Assert.True(call.Cancel());
        mutate.SetException(Boom);
        Assert.DoesNotContain("fetcher", _log);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void A_scope_function_that_throws_fails_the_call()
    {
        var call = Make(n => Task.FromResult("a"), o => o.InScope((int _) => throw Boom)).Start(1);
        Assert.Same(Boom, call.State.Error);
        Assert.DoesNotContain("fetcher", _log);
    }

    [Fact]
    public void The_context_carries_what_OnMutate_left_and_the_meta()
    {
        Make(n => Task.FromResult("a"), o => (o with { Meta = "m" })
            .OnMutate(call => call.Tag = $"{call.Name} {call.Meta} {call.Client.IsMutating() is not null}")
            .OnSettled((_, call) => _log.Add($"{call.Tag}"))).Start(1);
        Assert.Equal("mutation m True", _log[^1]);
    }

    [Fact]
    public void The_clients_defaults_hold_where_the_mutation_sets_none()
    {
        var attempts = 0;
        var client = NewClient(o => o with { Mutations = new() { Retry = RetryPolicy.Fixed(TimeSpan.Zero, maxRetries: 2) } });
        Task<int> Fail(int n)
        {
            attempts++;
            return Task.FromException<int>(Boom);
        }

        Assert.Equal(3, client.CreateMutation((int n) => Fail(n)).Start(1).State.FailureCount);
        Assert.Equal(3, attempts);
        client.CreateMutation((int n) => Fail(n), o => o with { Retry = RetryPolicy.None }).Start(1);
        Assert.Equal(4, attempts);
    }

    [Fact]
    public void A_callback_may_make_the_next_call()
    {
        Mutation<int, string>? mutation = null;
        mutation = Make(n => Task.FromResult($"{n}"), o => o.OnSuccess((_, call) =>
        {
            if (call.Variables < 2) mutation!.Start(call.Variables + 1);
        }));
        var call = mutation.Start(1);
        Assert.Equal("1", call.State.Data);
        Assert.Equal("2", mutation.State.Data);
    }
}
