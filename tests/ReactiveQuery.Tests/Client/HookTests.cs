using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Client;

public class HookTests : ClientTest
{
    [Fact]
    public void Success_hooks_are_called_once_for_each_fetch_the_definitions_first_after_the_commit()
    {
        List<string> seen = [];
        using var client = NewClient(o => o with { OnSuccess = (data, context) => seen.Add($"client {data} {context.Key}") });
        var query = Counting().With(o => o with { OnSuccess = (data, context) => seen.Add($"own {data}, cached {context.Client.GetState(Counting(), 1).Data}, attempt {context.Attempt}") });
        client.Observe(query, 1).Subscribe();
        client.Observe(query, 1).Subscribe();
        Assert.Equal(["own v1, cached v1, attempt 1", $"client v1 {QueryKey.Of("n", 1)}"], seen);
    }

    [Fact]
    public void Error_hooks_are_called_once_for_each_fetch_that_failed_for_good()
    {
        List<string> seen = [];
        using var client = NewClient(o => o with { OnError = (error, context) => seen.Add($"client {error.Message} {context.Attempt}") });
        var query = Query.Define("n", (int _, CancellationToken _) => Task.FromException<string>(Boom))
            .With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.Zero, maxRetries: 2), OnError = (error, _) => seen.Add($"own {error.Message}") });
        client.Observe(query, 1).Subscribe();
        Assert.Equal(["own boom", "client boom 3"], seen);
    }

    [Fact]
    public void A_cancelled_or_superseded_fetch_calls_no_hook_and_a_live_one_calls_it_with_its_first_value()
    {
        List<object?> seen = [];
        using var client = NewClient(o => o with { OnSuccess = (data, _) => seen.Add(data), OnError = (error, _) => seen.Add(error) });
        var answer = new TaskCompletionSource<string>();
        client.Observe(Query.Define("n", (int _, CancellationToken _) => answer.Task), 1).Subscribe();
        client.Cancel(QueryKey.Of("n"));
        answer.SetResult("late");
        using var source = new Subject<string>();
        client.Observe(Query.Define("live", (int _) => source), 1).Subscribe();
        source.OnNext("a");
        source.OnNext("b");
        Assert.Equal(["a"], seen);
    }

    [Fact]
    public void The_fetcher_knows_its_client_key_meta_and_attempt_and_its_token_is_cancelled_with_the_fetch()
    {
        using var client = NewClient();
        List<QueryContext> seen = [];
        var query = Query.Define("n", (int _, QueryContext context) =>
        {
            seen.Add(context);
            return context.Attempt < 3 ? Task.FromException<string>(Boom) : new TaskCompletionSource<string>().Task;
        }).With(o => o with { Meta = "m", Retry = RetryPolicy.Fixed(TimeSpan.Zero) });
        var subscription = client.Observe(query, 1).Subscribe();

        Assert.Equal([1, 2, 3], seen.Select(context => context.Attempt));
        Assert.All(seen, context => Assert.Equal((client, QueryKey.Of("n", 1), "m"), (context.Client, context.Key, context.Meta)));
        Assert.False(seen[2].CancellationToken.IsCancellationRequested);
        subscription.Dispose();
        Assert.True(seen[2].CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public void Hooks_that_throw_are_reported_and_harm_nobody()
    {
        using var client = NewClient(o => o with { OnSuccess = (_, _) => throw Boom });
        var query = Counting().With(o => o with { OnSuccess = (_, _) => throw Boom });
        List<string> seen = [];
        client.Observe(query, 1).Subscribe(state => seen.Add(state.ToString()));
        Assert.Equal(["Loading+Fetching", "Success+Idle(v1)"], seen);
        Assert.Equal([UnobservedErrorOrigin.Callback, UnobservedErrorOrigin.Callback], Unobserved.Select(error => error.Origin));
        Assert.All(Unobserved, error => Assert.Equal((Boom, QueryKey.Of("n", 1)), (error.Exception, error.Key)));
    }

    [Fact]
    public void Comparers_callbacks_of_tokens_and_option_functions_that_throw_are_reported_and_harm_nobody()
    {
        using var client = NewClient();
        var query = Query.Define("n", (int _, CancellationToken ct) => { ct.Register(() => throw Boom); return new TaskCompletionSource<string>().Task; });
        client.Observe(query, 1).Subscribe().Dispose();
        Assert.IsType<AggregateException>(Unobserved.Single(error => error.Origin == UnobservedErrorOrigin.Cancellation).Exception);

        var sharing = Counting("s").With(o => o with { ShareData = (_, _) => throw Boom });
        client.Observe(sharing, 1).Subscribe();
        client.Refetch(sharing, 1);
        Assert.Equal("v2", client.GetState(sharing, 1).Data);
        Assert.Single(Unobserved, error => error.Origin == UnobservedErrorOrigin.Comparer);

        var odd = Counting("o").With(o => o with { InitialData = () => throw Boom, PlaceholderData = () => throw Boom, RefetchIntervalFrom = _ => throw Boom });
        client.Observe(odd, 1).Subscribe();
        Assert.Equal("v1", client.GetState(odd, 1).Data);
        Assert.Contains(Unobserved, error => error.Origin == UnobservedErrorOrigin.Callback);
    }

    [Fact]
    public void Triggers_that_fail_are_reported_and_what_they_said_last_holds()
    {
        using var enabled = new Subject<bool>();
        using var pulls = new Subject<Unit>();
        using var focus = new Subject<bool>();
        using var client = NewClient(o => o with { Focus = focus });
        client.Observe(Counting(), 1, o => o with { EnabledWhen = enabled, RefetchOn = pulls }).Subscribe();
        enabled.OnNext(true);
        enabled.OnError(Boom);
        pulls.OnError(Boom);
        focus.OnError(Boom);
        client.Invalidate(Counting(), 1);
        Assert.Equal("v2", client.GetState(Counting(), 1).Data);
        Assert.Equal(3, Unobserved.Count(error => error.Origin == UnobservedErrorOrigin.Trigger));
    }

    [Fact]
    public void Enabling_with_a_value_at_hand_decides_the_first_state()
    {
        using var client = NewClient();
        List<string> seen = [];
        client.Observe(Counting(), 1, o => o with { EnabledWhen = Observable.Return(true) }).Subscribe(state => seen.Add(state.ToString()));
        client.Observe(Counting("m"), 1, o => o with { EnabledWhen = Observable.Return(false) }).Subscribe(state => seen.Add(state.ToString()));
        client.Observe(Counting("k"), 1, o => o with { EnabledWhen = Observable.Return(true), Enabled = false }).Subscribe(state => seen.Add(state.ToString()));
        Assert.Equal(["Loading+Fetching", "Success+Idle(v1)", "Idle+Idle", "Idle+Idle"], seen);
    }

    [Fact]
    public void A_fetcher_that_throws_before_returning_or_returns_null_is_a_failure_that_names_the_definition()
    {
        using var client = NewClient();
        QueryState<string> Failed(QueryDefinition<int, string> query)
        {
            QueryState<string>? last = null;
            client.Observe(query, 1).Subscribe(state => last = state);
            Assert.Equal("Error+Idle", $"{last!.Status}+{last.FetchStatus}");
            return last;
        }

        Assert.Same(Boom, Failed(Query.Define("a", Task<string> (int _, CancellationToken _) => throw Boom)).Error);
        Assert.Contains("'b'", Failed(Query.Define("b", (int _, CancellationToken _) => (Task<string>)null!)).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("'c'", Failed(Query.Define("c", (int _) => (IObservable<string>)null!)).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("'d'", Failed(Query.Define("d", (int _, CancellationToken _) => (IAsyncEnumerable<string>)null!)).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("'e'", Failed(Query.Define("e", (int _) => (Task<string>)null!)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_observable_or_sequence_without_a_value_fails_with_the_definitions_name()
    {
        using var client = NewClient();
        QueryState<string>? last = null;
        client.Observe(Query.Define("none", (int _) => Observable.Empty<string>()), 1).Subscribe(state => last = state);
        Assert.Contains("none", Assert.IsType<EmptyFetchException>(last!.Error).Message, StringComparison.Ordinal);
    }
}
