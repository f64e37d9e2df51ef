using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>What becomes of calls that end while something else goes on.</summary>
public class WriteOutcomeTests : ClientTest
{
    private static readonly QueryDefinition<int, int> Number = Query.Define("number", (int id, CancellationToken _) => Task.FromResult(id));

    [Fact]
    public void A_failure_of_an_earlier_call_which_its_watched_mutation_does_not_show_is_reported()
    {
        TaskCompletionSource<int> answer = new();
        var mutation = NewClient().CreateMutation((int n) => n == 1 ? answer.Task : Task.FromResult(n));
        using var watching = mutation.Subscribe();
        mutation.Start(1);
        mutation.Start(2);
        answer.SetException(Boom);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
        Assert.True(mutation.State.IsSuccess);
    }

    [Fact]
    public void A_failure_after_Reset_is_reported_though_the_mutation_is_watched()
    {
        TaskCompletionSource<int> answer = new();
        var mutation = NewClient().CreateMutation((int _) => answer.Task);
        using var watching = mutation.Subscribe();
        mutation.Start(1);
        mutation.Reset();
        answer.SetException(Boom);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void A_failure_whose_subscriber_left_while_its_callbacks_ran_is_reported()
    {
        TaskCompletionSource callback = new();
        using var mutation = NewClient().CreateMutation((int _) => Task.FromException<int>(Boom), m => m.OnSettled((_, _) => callback.Task));
        mutation.Execute(1).Subscribe(_ => { }, _ => { }).Dispose();
        Assert.Empty(Unobserved);
        callback.SetResult();
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void A_failure_whose_subscriber_stays_is_the_subscribers()
    {
        List<Exception> heard = [];
        using var mutation = NewClient().CreateMutation((int _) => Task.FromException<int>(Boom));
        using var subscription = mutation.Execute(1).Subscribe(_ => { }, heard.Add);
        Assert.Equal([Boom], heard);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void A_failure_whose_callbacks_the_clients_disposal_cuts_off_is_reported()
    {
        var client = NewClient();
        client.CreateMutation((int _) => Task.FromException<int>(Boom), m => m.OnSettled((_, _) => new TaskCompletionSource().Task)).Start(1);
        client.Dispose();
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void A_call_that_is_superseded_before_it_has_begun_lays_no_patch()
    {
        var client = NewClient();
        client.SetData(Number, 1, 0);
        List<int> shown = [];
        using var watching = client.Observe(Number, 1).Subscribe(state => shown.Add(state.Data));
        Mutation<int, int>? mutation = null;
        mutation = client.CreateMutation(
            (int n, CancellationToken token) =>
            {
                if (n == 1) token.Register(() => mutation!.Start(3));
                return new TaskCompletionSource<int>().Task;
            },
            m => (m with { Policy = MutationPolicy.LatestWins })
                .Optimistic(Number, _ => 1, (_, n) => n)
                .OnSettled((_, _) => new TaskCompletionSource().Task));
        mutation.Start(1);
        mutation.Start(2); // Cancels 1, whose token starts 3, which cancels 2.
        Assert.Equal(3, client.GetState(Number, 1).Data);
        Assert.DoesNotContain(2, shown);
    }
}
