namespace ReactiveQuery.Tests.Mutations;

public class MutationReducerTests
{
    private static readonly InvalidOperationException Boom = new("boom");
    private static readonly QueryInstant Now = new(TimeSpan.FromSeconds(7), DateTimeOffset.UnixEpoch);

    private static readonly (string Name, MutationEvent Event)[] Events =
    [
        ("start", new CallStarted<int>(Now, 1, IsPaused: false)),
        ("start paused", new CallStarted<int>(Now, 1, IsPaused: true)),
        ("pause", new CallPaused()),
        ("resume", new CallResumed()),
        ("attempt failed", new CallAttemptFailed(Boom, 1)),
        ("succeed", new CallEnded<string>(MutationOutcome<string>.Succeeded("a"))),
        ("fail", new CallEnded<string>(MutationOutcome<string>.Failed(Boom, 2))),
        ("cancel", new CallEnded<string>(MutationOutcome<string>.Cancelled)),
    ];

    private static MutationState<int, string> Play(params string[] events) =>
        events.Select(name => Events.Single(e => e.Name == name).Event).Aggregate(MutationState<int, string>.Idle, MutationReducer.Reduce);

    [Theory]
    // before, event, after
    [InlineData("", "pause", MutationStatus.Idle)]
    [InlineData("", "resume", MutationStatus.Idle)]
    [InlineData("", "attempt failed", MutationStatus.Idle)]
    [InlineData("", "succeed", MutationStatus.Idle)]
    [InlineData("", "fail", MutationStatus.Idle)]
    [InlineData("", "cancel", MutationStatus.Idle)]
    [InlineData("", "start", MutationStatus.Pending)]
    [InlineData("", "start paused", MutationStatus.Paused)]
    [InlineData("start", "pause", MutationStatus.Paused)]
    [InlineData("start", "resume", MutationStatus.Pending)]
    [InlineData("start", "attempt failed", MutationStatus.Pending)]
    [InlineData("start", "succeed", MutationStatus.Success)]
    [InlineData("start", "fail", MutationStatus.Error)]
    [InlineData("start", "cancel", MutationStatus.Idle)]
    [InlineData("start paused", "pause", MutationStatus.Paused)]
    [InlineData("start paused", "resume", MutationStatus.Pending)]
    [InlineData("start paused", "attempt failed", MutationStatus.Pending)]
    [InlineData("start paused", "succeed", MutationStatus.Success)]
    [InlineData("start paused", "fail", MutationStatus.Error)]
    [InlineData("start paused", "cancel", MutationStatus.Idle)]
    [InlineData("start,succeed", "pause", MutationStatus.Success)]
    [InlineData("start,succeed", "fail", MutationStatus.Success)]
    [InlineData("start,succeed", "cancel", MutationStatus.Success)]
    [InlineData("start,succeed", "start", MutationStatus.Pending)]
    [InlineData("start,fail", "resume", MutationStatus.Error)]
    [InlineData("start,fail", "succeed", MutationStatus.Error)]
    [InlineData("start,fail", "cancel", MutationStatus.Error)]
    [InlineData("start,fail", "start", MutationStatus.Pending)]
    public void The_status_follows_the_table(string before, string happened, MutationStatus after) =>
        Assert.Equal(after, Play([.. before.Split(',', StringSplitOptions.RemoveEmptyEntries), happened]).Status);

    [Fact]
    public void A_call_carries_its_variables_and_the_instant_of_its_start()
    {
        var state = Play("start");
        Assert.Equal(1, state.Variables);
        Assert.Equal(Now.At, state.SubmittedAt);
    }

    [Fact]
    public void Failures_count_while_it_goes_on_and_are_forgotten_by_success()
    {
        Assert.Equal((1, (Exception)Boom), (Play("start", "attempt failed").FailureCount, Play("start", "attempt failed").FailureReason!));
        Assert.Equal(1, Play("start", "attempt failed", "pause").FailureCount);
        Assert.Equal(0, Play("start", "attempt failed", "succeed").FailureCount);
        Assert.Null(Play("start", "attempt failed", "succeed").FailureReason);
    }

    [Fact]
    public void A_new_start_knows_nothing_of_the_call_before()
    {
        Assert.Equal(Play("start"), Play("start", "succeed", "start"));
        Assert.Equal(Play("start"), Play("start", "fail", "start"));
    }

    [Fact]
    public void In_every_reachable_state_data_is_success_error_is_error_and_only_idle_is_without_a_start()
    {
        List<MutationState<int, string>> all = [MutationState<int, string>.Idle];
        for (var length = 0; length < 4; length++)
            all = [.. all.SelectMany(from => Events, (from, e) => MutationReducer.Reduce(from, e.Event)).Concat(all).Distinct()];

        Assert.Equal(5, all.Select(s => s.Status).Distinct().Count());
        Assert.All(all, s => Assert.Equal(s.IsSuccess, s.HasData));
        Assert.All(all, s => Assert.Equal(s.IsError, s.Error is not null));
        Assert.All(all, s => Assert.Equal(s.IsIdle, s.SubmittedAt is null));
        Assert.All(all, s => Assert.Equal(s.FailureCount > 0, s.FailureReason is not null));
        Assert.All(all, s => Assert.Equal(s.IsUnderWay, s.IsPending || s.IsPaused));
    }

    [Fact]
    public void Match_and_TryGetData_tell_the_status()
    {
        string Told(params string[] events) => Play(events).Match(() => "idle", () => "pending", data => data, error => error.Message);
        Assert.Equal(["idle", "pending", "pending", "a", "boom"], [Told(), Told("start"), Told("start", "pause"), Told("start", "succeed"), Told("start", "fail")]);
        Assert.True(Play("start", "succeed").TryGetData(out var data));
        Assert.Equal("a", data);
        Assert.False(Play("start", "fail").TryGetData(out _));
    }
}
