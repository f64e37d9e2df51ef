using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>What becomes of calls that end while something else goes on.</summary>
public class WriteOutcomeTests : ClientTest
{
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
    public void A_failure_whose_callbacks_the_clients_disposal_cuts_off_is_reported()
    {
        var client = NewClient();
        client.CreateMutation((int _) => Task.FromException<int>(Boom), m => m.OnSettled((_, _) => new TaskCompletionSource().Task)).Start(1);
        client.Dispose();
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }
}
