namespace ReactiveQuery.Tests.Client;

public class ImperativeTests : ClientTest
{
    private void Advance(TimeSpan time) => Scheduler.AdvanceBy(time);

    [Fact]
    public async Task Fetch_serves_fresh_data_and_fetches_stale_data_while_ensure_takes_any()
    {
        using var client = NewClient();
        var query = Counting();
        Assert.Equal("v1", await client.FetchAsync(query, 1));
        Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("v1", await client.FetchAsync(query, 1));
        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("v1", await client.EnsureAsync(query, 1));
        Assert.Equal("v2", await client.FetchAsync(query, 1));
        Assert.Equal("v3", await client.EnsureAsync(query, 2));
    }

    [Fact]
    public async Task Data_that_is_there_is_one_task_for_all_who_await_it_until_other_data_comes()
    {
        using var client = NewClient();
        var query = Counting();
        for (var i = 0; i < 3; i++)
            Assert.Equal("v1", await client.FetchAsync(query, 1));
        Assert.Same(client.FetchAsync(query, 1), client.FetchAsync(query, 1));

        client.SetData(query, 1, "written");
        Assert.Equal("written", await client.FetchAsync(query, 1));
        client.SetData(query, 1, "written again");
        Assert.Equal("written again", await client.FetchAsync(query, 1));
        Assert.Same(client.FetchAsync(query, 1), client.FetchAsync(query, 1));
    }

    [Fact]
    public async Task Awaited_calls_carry_the_fetchers_own_exception()
    {
        using var client = NewClient();
        var query = Query.Define("n", (int _, CancellationToken _) => Task.FromException<string>(Boom)).With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.Zero) });
        Assert.Same(Boom, await Assert.ThrowsAsync<InvalidOperationException>(() => client.FetchAsync(query, 1)));
        Assert.Same(Boom, client.GetState(query, 1).Error);
        Assert.Equal(4, client.GetState(query, 1).FailureCount);
    }

    [Fact]
    public async Task Prefetch_refetch_and_invalidate_settle_also_when_the_fetch_fails()
    {
        using var client = NewClient();
        var query = Query.Define("n", (int _, CancellationToken _) => Task.FromException<string>(Boom));
        await client.PrefetchAsync(query, 1);
        await client.RefetchAsync(query, 1);
        client.Observe(query, 1).Subscribe();
        await client.InvalidateAsync(query, 1);
        await client.InvalidateAllAsync();
        await client.RefetchAsync(QueryKey.Of("n"));
        Assert.Same(Boom, client.GetState(query, 1).Error);
    }

    [Fact]
    public async Task Awaited_refetches_complete_when_the_refetches_have_settled()
    {
        using var client = NewClient();
        var answers = new List<TaskCompletionSource<string>>();
        var query = Query.Define("n", (int _, CancellationToken _) => { answers.Add(new()); return answers[^1].Task; });
        client.Observe(query, 1).Subscribe();
        client.Observe(query, 2).Subscribe();
        answers.ForEach(answer => answer.SetResult("a"));

        var settled = client.InvalidateAsync(query);
        answers[2].SetResult("b");
        Assert.False(settled.IsCompleted);
        answers[3].SetException(Boom);
        await settled;

        var refetched = client.RefetchAsync(query, 1);
        Assert.False(refetched.IsCompleted);
        answers[4].SetResult("c");
        await refetched;
    }

    [Fact]
    public void An_invalidation_of_what_nobody_watches_is_settled_at_once()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "a");
        Assert.True(client.InvalidateAllAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public void A_callers_cancelled_token_is_refused_without_a_fetch()
    {
        using var client = NewClient();
        Assert.True(client.FetchAsync(Counting(), 1, new CancellationToken(canceled: true)).IsCanceled);
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void An_awaited_call_completes_after_the_commit_and_waits_for_nobodys_delivery()
    {
        using var client = NewClient();
        var answer = new TaskCompletionSource<string>();
        var query = Query.Define("n", (int _, CancellationToken _) => answer.Task);
        var order = new List<string>();
        client.Observe(query, 1).Subscribe(state => order.Add($"state {state.Data}"));
        client.FetchAsync(query, 1).ContinueWith(
            task => order.Add($"awaited {task.Result}, cached {client.GetState(query, 1).Data}"),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        answer.SetResult("a");
        Assert.Equal(["state ", "awaited a, cached a", "state a"], order);
    }

    [Fact]
    public void Reading_starts_nothing()
    {
        using var client = NewClient();
        var query = Counting();
        Assert.False(client.TryGetData(query, 1, out var data));
        Assert.Null(data);
        Assert.Equal("Idle+Idle", client.GetState(query, 1).ToString());
        Assert.Equal((0, 0), (client.Cache.Count, Scheduler.PendingWorkItems));
    }

    [Fact]
    public void The_state_read_is_the_one_a_newcomer_would_begin_with()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "a");
        Assert.Equal("Success+Idle(a)", client.GetState(Counting(), 1).ToString());
        Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("Success+Idle(a, stale)", client.GetState(Counting(), 1).ToString());
    }

    [Fact]
    public void A_null_value_is_data()
    {
        using var client = NewClient();
        var calls = 0;
        var query = Query.Define("n", (int _, CancellationToken _) => { calls++; return Task.FromResult<string?>(null); });
        client.Observe(query, 1).Subscribe();
        client.Observe(query, 1).Subscribe();
        Assert.True(client.TryGetData(query, 1, out var data));
        Assert.Null(data);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void An_update_makes_new_data_of_the_old_and_without_old_data_does_nothing()
    {
        using var client = NewClient();
        Assert.False(client.UpdateData(Counting(), 1, _ => throw Boom));
        client.SetData(Counting(), 1, "a");
        Assert.True(client.UpdateData(Counting(), 1, data => data + "b"));
        Assert.Equal("ab", client.GetState(Counting(), 1).Data);
    }

    [Fact]
    public void What_an_update_throws_is_thrown_to_its_caller_and_nothing_is_written()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "a");
        Assert.Same(Boom, Assert.Throws<InvalidOperationException>(() => client.UpdateData(Counting(), 1, _ => throw Boom)));
        Assert.Equal("a", client.GetState(Counting(), 1).Data);
    }

    [Fact]
    public void An_update_that_somebody_else_overtook_is_made_again_on_what_they_wrote()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "a");
        List<string> given = [];
        client.UpdateData(Counting(), 1, data =>
        {
            given.Add(data);
            if (given.Count == 1) client.SetData(Counting(), 1, "b");
            return data + "!";
        });
        Assert.Equal(["a", "b"], given);
        Assert.Equal("b!", client.GetState(Counting(), 1).Data);
    }

    [Fact]
    public void An_update_of_a_number_that_somebody_else_overtook_is_made_again_too()
    {
        using var client = NewClient();
        var query = Query.Define("n", (int _) => Task.FromResult(0));
        client.SetData(query, 1, 1);
        var calls = 0;
        client.UpdateData(query, 1, n =>
        {
            if (++calls == 1) client.SetData(query, 1, 10);
            return n + 1;
        });
        Assert.Equal(11, client.GetState(query, 1).Data);
    }

    [Fact]
    public void Written_data_in_the_future_counts_as_written_now()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "a", Scheduler.Now.AddDays(1));
        Advance(TimeSpan.FromMinutes(1));
        Assert.True(client.GetState(Counting(), 1).IsStale);
    }

    [Fact]
    public void A_refetch_of_what_nobody_watches_is_kept_alive_until_it_ends()
    {
        using var client = NewClient();
        var answer = new TaskCompletionSource<string>();
        CancellationToken token = default;
        var query = Query.Define("n", (int _, CancellationToken ct) => { token = ct; return answer.Task; });
        client.Refetch(query, 1);
        client.Observe(query, 1).Subscribe().Dispose();
        Assert.False(token.IsCancellationRequested);
        answer.SetResult("a");
        Assert.Equal("a", client.GetState(query, 1).Data);
    }
}
