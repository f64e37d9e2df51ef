using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Mutations;

/// <summary>The first attempt, which is made without operators where it can be, gives what every other attempt gives.</summary>
public class MutationFirstAttemptTests : ClientTest
{
    private static readonly QueryDefinition<int, string> Names = Query.Define("names", (int id) => Task.FromResult($"name {id}"));

    public static TheoryData<string> Outcomes => ["success", "failure", "two failures", "cancelled", "null task", "thrown"];

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void The_task_tells_the_same_whether_it_is_asked_for_before_the_end_or_after_it(string outcome)
    {
        var hold = new TaskCompletionSource();
        var mutation = NewClient().CreateMutation((int n) => End(outcome), m => m.OnMutate(call => (int)call.Variables! == 1 ? hold.Task : Task.CompletedTask));
        var (early, late) = (mutation.Start(1), mutation.Start(2));
        var before = early.Task;
        hold.SetResult();
        var after = late.Task;

        Assert.True(before.IsCompleted && after.IsCompleted);
        Assert.Equal(before.Status, after.Status);
        Assert.Equal(before.Exception?.InnerException?.GetType(), after.Exception?.InnerException?.GetType());
        Assert.Equal(before.Exception?.InnerException?.Message, after.Exception?.InnerException?.Message);
        Assert.Same(after, late.Task);
        Assert.Equal(outcome == "success" ? MutationStatus.Success : MutationStatus.Error, late.Status);
    }

    [Fact]
    public void The_task_of_a_call_that_was_cancelled_is_cancelled_although_its_work_succeeded_later()
    {
        var answer = new TaskCompletionSource<int>();
        var call = NewClient().CreateMutation((int n) => answer.Task).Start(1);
        call.Cancel();
        answer.SetResult(1);
        Assert.True(call.Task.IsCanceled);
    }

    [Fact]
    public async Task A_first_attempt_that_failed_counts_as_one_and_is_followed_by_the_retries()
    {
        var attempts = 0;
        var retry = new RetryPolicy { MaxRetries = 2, InitialDelay = TimeSpan.FromSeconds(1) };
        var call = NewClient()
            .CreateMutation((int n) => ++attempts < 3 ? Task.FromException<string>(Boom) : Task.FromResult("third"), m => m with { Retry = retry })
            .Start(1);
        List<string> seen = [];
        using var states = call.Subscribe(state => seen.Add($"{state}"));

        Assert.Equal(1, attempts);
        Scheduler.Start();

        Assert.Equal(3, attempts);
        Assert.Equal(["Pending(1, failures: 1)", "Pending(1, failures: 2)", "Success(1, third)"], seen);
        Assert.Equal("third", await call.Task);
    }

    [Fact]
    public void What_is_not_retried_asks_the_predicate_all_the_same()
    {
        List<Exception> asked = [];
        var retry = RetryPolicy.None with
        {
            ShouldRetry = error =>
            {
                asked.Add(error);
                return true;
            },
        };
        var call = NewClient().CreateMutation((int n) => Task.FromException<string>(Boom), m => m with { Retry = retry }).Start(1);
        Assert.Same(Boom, call.State.Error);
        Assert.Equal([Boom], asked);
        Assert.Equal(1, call.State.FailureCount);
    }

    [Fact]
    public void A_connection_lost_while_a_patch_is_shown_holds_the_first_attempt_back()
    {
        var online = new BehaviorSubject<bool>(true);
        var client = NewClient(o => o with { Online = online });
        client.SetData(Names, 1, "a");
        using var watching = client.Observe(Names, 1).Subscribe(state =>
        {
            if (state.IsOptimistic) online.OnNext(false);
        });
        var sent = 0;
        var call = client
            .CreateMutation((int n) => Task.FromResult($"{++sent}"), m => m.Optimistic(Names, n => n, (name, _) => name + "!").SetsData(Names, (n, _) => n))
            .Start(1);

        Assert.Equal((0, MutationStatus.Paused), (sent, call.Status));
        online.OnNext(true);
        Assert.Equal((1, MutationStatus.Success), (sent, call.Status));
        Assert.True(client.TryGetData(Names, 1, out var name));
        Assert.Equal("1", name);
    }

    private static Task<string> End(string outcome)
    {
        var end = new TaskCompletionSource<string>();
        switch (outcome)
        {
            case "success":
                end.SetResult("a");
                break;
            case "failure":
                end.SetException(Boom);
                break;
            case "two failures":
                end.SetException([Boom, new FormatException("too")]);
                break;
            case "cancelled":
                end.SetCanceled();
                break;
            case "thrown":
                throw Boom;
            default:
                return null!;
        }

        return end.Task;
    }
}
