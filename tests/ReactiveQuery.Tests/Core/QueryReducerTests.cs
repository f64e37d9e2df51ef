namespace ReactiveQuery.Tests.Core;

public class QueryReducerTests
{
    private static readonly InvalidOperationException Boom = new("boom");
    private static readonly QueryInstant Now = new(TimeSpan.FromSeconds(7), DateTimeOffset.UnixEpoch);

    private static readonly QueryEvent[] Events =
    [
        new FetchStarted(Now, IsPaused: false),
        new FetchStarted(Now, IsPaused: true),
        new FetchPaused(Now),
        new FetchResumed(Now),
        new AttemptFailed(Now, Boom, 1),
        new AttemptFailed(Now, Boom, 2),
        new FetchSucceeded<string>(Now, "a", IsCurrent: true),
        new FetchSucceeded<string>(Now, "b", IsCurrent: false),
        new ValueArrived<string>(Now, "c", IsCurrent: true),
        new ValueArrived<string>(Now, "d", IsCurrent: false),
        new StreamCompleted(Now),
        new FetchFailed(Now, Boom, 4),
        new FetchCancelled(Now),
        new DataSet<string>(Now, "e"),
        new Invalidated(Now),
        new Dropped(Now),
    ];

    private static readonly (QueryStatus, FetchStatus)[] Table =
    [
        (QueryStatus.Idle, FetchStatus.Idle),
        (QueryStatus.Loading, FetchStatus.Fetching),
        (QueryStatus.Loading, FetchStatus.Paused),
        (QueryStatus.Success, FetchStatus.Idle),
        (QueryStatus.Success, FetchStatus.Fetching),
        (QueryStatus.Success, FetchStatus.Paused),
        (QueryStatus.Success, FetchStatus.Streaming),
        (QueryStatus.Error, FetchStatus.Idle),
        (QueryStatus.Error, FetchStatus.Fetching),
        (QueryStatus.Error, FetchStatus.Paused),
    ];

    private static QueryState<string> Play(params QueryEvent[] events) => events.Aggregate(QueryState<string>.Idle, QueryReducer.Reduce);

    /// <summary>Every state that four events of any kind, in any order, lead to.</summary>
    private static List<(QueryState<string> State, string Path)> Reachable()
    {
        List<(QueryState<string>, string)> all = [(QueryState<string>.Idle, "")];
        var last = all;
        for (var length = 1; length <= 4; length++)
        {
            last = [.. last.SelectMany(from => Events, (from, e) => (QueryReducer.Reduce(from.Item1, e), $"{from.Item2} {e.GetType().Name}")).DistinctBy(s => Describe(s.Item1))];
            all.AddRange(last);
        }

        return all;
    }

    private static (QueryState<string>, QueryState<string>?, bool, bool?) Describe(QueryState<string> state) =>
        (state, state.Before, state.IsInvalidated, state.Before?.IsInvalidated);

    [Fact]
    public void Every_event_on_every_state_gives_a_state_of_the_table()
    {
        foreach (var (state, path) in Reachable())
        {
            Assert.True(Table.Contains((state.Status, state.FetchStatus)), $"{state} after{path}");
            Assert.True(state.HasData || state.Status is not QueryStatus.Success, $"Success without data after{path}");
            Assert.True(state.HasData || state.Data is null, $"data without HasData after{path}");
            Assert.True(!state.HasData || state.Status is QueryStatus.Success or QueryStatus.Error, $"{state} with data after{path}");
            Assert.Equal(state.Status == QueryStatus.Error, state.Error is not null);
            Assert.Equal(state.HasData, state.DataUpdatedAt is not null);
            Assert.Equal(state.FailureCount > 0, state.FailureReason is not null);
            Assert.True(!state.IsInvalidated || state.HasData, $"nothing, invalidated, after{path}");
        }
    }

    [Fact]
    public void Cancelling_returns_to_a_state_in_which_nothing_runs()
    {
        foreach (var (state, path) in Reachable())
        {
            var cancelled = QueryReducer.Reduce(state, new FetchCancelled(Now));
            Assert.True(cancelled.FetchStatus == FetchStatus.Idle, $"{cancelled} after{path}");
            Assert.True(cancelled.HasData == state.HasData && cancelled.Data == state.Data, $"{state} became {cancelled} after{path}");
        }
    }

    [Fact]
    public void Only_dropping_takes_data_away()
    {
        foreach (var (state, path) in Reachable().Where(reached => reached.State.HasData))
            foreach (var e in Events.Where(e => e is not Dropped))
                Assert.True(QueryReducer.Reduce(state, e).HasData, $"{e.GetType().Name} took the data after{path}");
    }

    [Fact]
    public void A_first_load_is_loading_or_paused()
    {
        Assert.Equal("Loading+Fetching", Play(Events[0]).ToString());
        Assert.Equal("Loading+Paused", Play(Events[1]).ToString());
        Assert.Equal("Loading+Fetching", Play(Events[1], new FetchResumed(Now)).ToString());
        Assert.Equal("Loading+Paused", Play(Events[0], new FetchPaused(Now)).ToString());
    }

    [Fact]
    public void A_failed_first_load_that_is_retried_clears_its_error()
    {
        var failed = Play(Events[0], new FetchFailed(Now, Boom, 4));
        Assert.Equal("Error+Idle(error: boom, failures: 4)", failed.ToString());
        Assert.Equal(Now.At, failed.ErrorUpdatedAt);
        Assert.Equal("Loading+Fetching", QueryReducer.Reduce(failed, Events[0]).ToString());
    }

    [Fact]
    public void A_failed_refetch_keeps_data_and_shows_its_error_while_it_is_made_again()
    {
        var failed = Play(Events[6], Events[0], new FetchFailed(Now, Boom, 1));
        Assert.Equal("Error+Idle(a, error: boom, failures: 1)", failed.ToString());
        Assert.Equal("Error+Fetching(a, error: boom)", QueryReducer.Reduce(failed, Events[0]).ToString());
        Assert.Equal("Success+Idle(b)", QueryReducer.Reduce(failed, new FetchSucceeded<string>(Now, "b", true)).ToString());
    }

    [Fact]
    public void A_failed_attempt_is_counted_while_the_fetch_goes_on_and_forgotten_by_its_success()
    {
        Assert.Equal("Loading+Fetching(failures: 2, last failure: boom)", Play(Events[0], Events[4], Events[5]).ToString());
        Assert.Equal("Success+Idle(a)", Play(Events[0], Events[5], Events[6]).ToString());
        Assert.Same(Boom, Play(Events[0], Events[4]).FailureReason);
    }

    [Fact]
    public void What_happened_to_no_fetch_changes_nothing()
    {
        var rest = Play(Events[6]);
        Assert.Same(rest, QueryReducer.Reduce(rest, new FetchPaused(Now)));
        Assert.Same(rest, QueryReducer.Reduce(rest, new FetchResumed(Now)));
        Assert.Same(rest, QueryReducer.Reduce(rest, new AttemptFailed(Now, Boom, 1)));
        Assert.Same(QueryState<string>.Idle, QueryReducer.Reduce(QueryState<string>.Idle, new Invalidated(Now)));
    }

    [Fact]
    public void A_write_during_a_fetch_is_shown_and_what_a_cancel_returns_to()
    {
        var written = Play(Events[0], new DataSet<string>(Now, "e"));
        Assert.Equal("Success+Fetching(e)", written.ToString());
        Assert.Equal("Success+Idle(e)", QueryReducer.Reduce(written, new FetchCancelled(Now)).ToString());
        Assert.Equal("Success+Streaming(e)", Play(Events[8], new DataSet<string>(Now, "e")).ToString());
    }

    [Fact]
    public void Data_from_before_an_invalidation_is_not_taken_for_fresh()
    {
        Assert.False(Play(Events[0], Events[6]).IsInvalidated);
        Assert.True(Play(Events[0], Events[7]).IsInvalidated);
        Assert.True(Play(Events[6], new Invalidated(Now)).IsInvalidated);
        Assert.True(Play(Events[6], Events[0], new Invalidated(Now), new FetchCancelled(Now)).IsInvalidated);
        Assert.False(Play(Events[7], new DataSet<string>(Now, "e")).IsInvalidated);
    }

    [Fact]
    public void Invalidated_data_is_stale_for_everybody_and_says_so_itself()
    {
        Assert.Equal("Success+Idle(a, stale)", Play(Events[6], new Invalidated(Now)).ToString());
        Assert.Equal("Success+Fetching(a, stale)", Play(Events[6], new Invalidated(Now), Events[0]).ToString());
        Assert.Equal("Success+Idle(b, stale)", Play(Events[7]).ToString());
        Assert.Equal("Success+Idle(e, stale)", Play(Events[0], new DataSet<string>(Now, "e"), new Invalidated(Now), new FetchCancelled(Now)).ToString());
        Assert.Equal("Success+Streaming(c)", Play(Events[8], new Invalidated(Now)).ToString());
        Assert.Equal("Success+Streaming(d)", Play(Events[9]).ToString());
        Assert.Equal("Success+Idle(e)", Play(Events[7], new DataSet<string>(Now, "e")).ToString());
    }

    [Fact]
    public void A_fetch_that_is_cancelled_leaves_the_state_from_before_it()
    {
        foreach (var (state, path) in Reachable().Where(reached => reached.State.FetchStatus == FetchStatus.Idle))
        {
            var cancelled = QueryReducer.Cancel(QueryReducer.Start(state, isPaused: false, PageDirection.Next));
            Assert.True(Inside(cancelled) == Inside(state), $"{state} became {cancelled} after{path}");
        }
    }

    [Fact]
    public void A_fetch_that_an_invalidation_starts_is_what_the_two_make_one_after_the_other()
    {
        foreach (var (state, path) in Reachable())
        {
            var together = QueryReducer.Start(state, isPaused: true, PageDirection.None, isInvalidated: true);
            var apart = QueryReducer.Start(QueryReducer.Reduce(state, new Invalidated(Now)), isPaused: true, PageDirection.None);
            Assert.True(Inside(together) == Inside(apart), $"{together} is not {apart} after{path}");
            Assert.True(Inside(QueryReducer.Cancel(together)) == Inside(QueryReducer.Cancel(apart)), $"cancelled, after{path}");
        }
    }

    /// <summary>All that a state holds, also what its equality overlooks.</summary>
    private static (QueryState<string>, bool, PageDirection, QueryInstant, DateTimeOffset?) Inside(QueryState<string> state) =>
        (state, state.IsInvalidated, state.Direction, state.DataInstant, state.ErrorUpdatedAt);

    [Fact]
    public void Data_carries_the_instant_of_its_arrival()
    {
        var state = Play(Events[0], Events[6]);
        Assert.Equal((Now.Elapsed, Now.At), (state.DataElapsed, state.DataUpdatedAt!.Value));
    }

    [Fact]
    public void Data_that_expires_behind_a_fetch_leaves_a_first_load()
    {
        var expired = Play(Events[6], Events[0], Events[4], new Expired(Now));
        Assert.Equal("Loading+Fetching(failures: 1, last failure: boom)", expired.ToString());
        Assert.Equal(QueryState<string>.Idle, QueryReducer.Reduce(expired, new FetchCancelled(Now)));
        Assert.Same(QueryState<string>.Idle, Play(Events[6], new Expired(Now)));
    }

    [Fact]
    public void Dropping_leaves_nothing() => Assert.Same(QueryState<string>.Idle, Play(Events[6], Events[0], Events[4], new Dropped(Now)));
}
