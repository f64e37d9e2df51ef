namespace ReactiveQuery.Tests.Core;

public class QueryStateTests
{
    private static readonly InvalidOperationException Boom = new("boom");

    [Fact]
    public void A_copy_has_every_field_of_its_origin()
    {
        var fields = typeof(QueryState<string>).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic);
        var state = new QueryState<string>
        {
            Status = QueryStatus.Error,
            FetchStatus = FetchStatus.Paused,
            Data = "a",
            HasData = true,
            Error = new InvalidOperationException(),
            DataUpdatedAt = new(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(1)),
            Direction = PageDirection.Previous,
            DataElapsed = TimeSpan.FromSeconds(3),
            Before = QueryState<string>.Idle,
        };
        state = new OptimisticFold<string>(OptimisticLayers<string>.None, state, null, new NoRules()).First;
        var copy = state with { };
        Assert.NotSame(state, copy);
        Assert.All(fields, field =>
        {
            Assert.NotEqual(field.FieldType.IsValueType ? Activator.CreateInstance(field.FieldType) : null, field.GetValue(state));
            Assert.Equal(field.GetValue(state), field.GetValue(copy));
        });
    }

    [Fact]
    public void Match_calls_the_function_of_the_status()
    {
        static string Match(QueryState<int> state) => state.Match(() => "idle", () => "loading", data => $"data {data}", error => error.Message);

        Assert.Equal("idle", Match(QueryState.Idle<int>()));
        Assert.Equal("loading", Match(QueryState.Loading<int>()));
        Assert.Equal("loading", Match(QueryState.Loading<int>(FetchStatus.Paused)));
        Assert.Equal("data 7", Match(QueryState.Success(7)));
        Assert.Equal("data 7", Match(QueryState.Success(7, FetchStatus.Fetching, isPlaceholder: true)));
        Assert.Equal("boom", Match(QueryState.Error<int>(Boom)));
        Assert.Equal("boom", Match(QueryState.Error(Boom, 7)));
    }

    [Fact]
    public void Match_and_select_refuse_missing_functions()
    {
        var state = QueryState.Success(7);
        Assert.Equal("idle", Assert.Throws<ArgumentNullException>(() => state.Match(null!, () => 1, _ => 2, _ => 3)).ParamName);
        Assert.Equal("loading", Assert.Throws<ArgumentNullException>(() => state.Match(() => 0, null!, _ => 2, _ => 3)).ParamName);
        Assert.Equal("success", Assert.Throws<ArgumentNullException>(() => state.Match(() => 0, () => 1, null!, _ => 3)).ParamName);
        Assert.Equal("error", Assert.Throws<ArgumentNullException>(() => state.Match(() => 0, () => 1, _ => 2, null!)).ParamName);
        Assert.Equal("selector", Assert.Throws<ArgumentNullException>(() => state.Select<string>(null!)).ParamName);
    }

    [Fact]
    public void Select_projects_the_data_and_keeps_everything_else()
    {
        var state = QueryState.Error(Boom, 7, failureCount: 3) with
        {
            FetchStatus = FetchStatus.Fetching,
            DataUpdatedAt = DateTimeOffset.UnixEpoch,
            ErrorUpdatedAt = DateTimeOffset.UnixEpoch.AddDays(1),
            IsOptimistic = true,
        };

        var projected = state.Select(data => $"#{data}");

        Assert.Equal("Error+Fetching(#7, error: boom, failures: 3, stale, optimistic)", projected.ToString());
        Assert.Equal((state.DataUpdatedAt, state.ErrorUpdatedAt), (projected.DataUpdatedAt, projected.ErrorUpdatedAt));
        Assert.Same(Boom, projected.FailureReason);
    }

    [Fact]
    public void Select_does_not_call_its_function_without_data() =>
        Assert.False(QueryState.Loading<int>().Select<string>(_ => throw Boom).HasData);

    [Fact]
    public void Null_is_data()
    {
        Assert.True(QueryState.Success<string?>(null).TryGetData(out var data));
        Assert.Null(data);
        Assert.False(QueryState.Loading<string?>().TryGetData(out _));
        Assert.Equal("Success+Idle(null)", QueryState.Success<string?>(null).ToString());
    }

    [Fact]
    public void States_with_the_same_data_reference_and_flags_are_equal_whatever_their_instants()
    {
        var data = new object();
        var state = QueryState.Success(data);
        var later = state with { DataUpdatedAt = DateTimeOffset.UnixEpoch, ErrorUpdatedAt = DateTimeOffset.UnixEpoch };
        Assert.Equal(state, later);
        Assert.Equal(state.GetHashCode(), later.GetHashCode());
    }

    public static TheoryData<string, QueryState<string>> Differences => new()
    {
        { "data", QueryState.Success(new string("abc")) },
        { "status", QueryState.Success("abc") with { Status = QueryStatus.Error } },
        { "fetch status", QueryState.Success("abc", FetchStatus.Fetching) },
        { "has data", QueryState.Success("abc") with { HasData = false } },
        { "error", QueryState.Success("abc") with { Error = Boom } },
        { "failure count", QueryState.Success("abc") with { FailureCount = 1 } },
        { "failure reason", QueryState.Success("abc") with { FailureReason = Boom } },
        { "stale", QueryState.Success("abc", isStale: true) },
        { "placeholder", QueryState.Success("abc", isPlaceholder: true) },
        { "optimistic", QueryState.Success("abc") with { IsOptimistic = true } },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void States_that_differ_in_anything_shown_are_not_equal(string difference, QueryState<string> other) =>
        Assert.False(QueryState.Success("abc").Equals(other), difference);

    [Fact]
    public void Data_of_a_value_type_is_compared_by_value()
    {
        Assert.Equal(QueryState.Success((1, "a")), QueryState.Success((1, "a")));
        Assert.NotEqual(QueryState.Success((1, "a")), QueryState.Success((2, "a")));
    }

    [Fact]
    public void What_follows_from_the_two_statuses()
    {
        static string Flags(QueryState<int> s) => string.Join(' ', new[]
        {
            (s.IsLoading, "loading"), (s.IsFetching, "fetching"), (s.IsRefetching, "refetching"), (s.IsPaused, "paused"), (s.IsStreaming, "streaming"),
            (s.IsSuccess, "success"), (s.IsError, "error"), (s.IsLoadingError, "loading-error"), (s.IsRefetchError, "refetch-error"),
        }.Where(flag => flag.Item1).Select(flag => flag.Item2));

        Assert.Equal("", Flags(QueryState.Idle<int>()));
        Assert.Equal("loading fetching", Flags(QueryState.Loading<int>()));
        Assert.Equal("paused", Flags(QueryState.Loading<int>(FetchStatus.Paused)));
        Assert.Equal("success", Flags(QueryState.Success(1)));
        Assert.Equal("fetching refetching success", Flags(QueryState.Success(1, FetchStatus.Fetching)));
        Assert.Equal("fetching success", Flags(QueryState.Success(1, FetchStatus.Fetching, isPlaceholder: true)));
        Assert.Equal("streaming success", Flags(QueryState.Success(1, FetchStatus.Streaming)));
        Assert.Equal("error loading-error", Flags(QueryState.Error<int>(Boom)));
        Assert.Equal("fetching refetching error refetch-error", Flags(QueryState.Error(Boom, 1) with { FetchStatus = FetchStatus.Fetching }));
    }

    [Fact]
    public void Combined_states_have_data_when_both_have_else_they_load()
    {
        Assert.Equal((1, "a"), QueryState.Combine(QueryState.Success(1), QueryState.Success("a")).Data);
        Assert.Equal("Loading+Fetching", QueryState.Combine(QueryState.Success(1), QueryState.Loading<string>()).ToString());
        Assert.Equal("Idle+Idle", QueryState.Combine(QueryState.Success(1), QueryState.Idle<string>()).ToString());
        Assert.Equal("Loading+Paused", QueryState.Combine(QueryState.Idle<int>(), QueryState.Loading<string>(FetchStatus.Paused)).ToString());
        Assert.Equal((1, 2, 3), QueryState.Combine(QueryState.Success(1), QueryState.Success(2), QueryState.Success(3)).Data);
        Assert.Equal([1, 2], QueryState.Combine<int>([QueryState.Success(1), QueryState.Success(2)]).Data!);
        Assert.Equal([], QueryState.Combine<int>([]).Data!);
    }

    [Fact]
    public void Any_error_is_the_error_of_the_combination_the_first_one_first()
    {
        var other = new InvalidOperationException("other");
        Assert.Same(Boom, QueryState.Combine(QueryState.Loading<int>(), QueryState.Error<string>(Boom)).Error);
        Assert.Same(Boom, QueryState.Combine(QueryState.Error<int>(Boom), QueryState.Error<string>(other)).Error);
        Assert.True(QueryState.Combine(QueryState.Success(1), QueryState.Error(Boom, "a")).HasData);
        Assert.Equal(QueryStatus.Error, QueryState.Combine(QueryState.Success(1), QueryState.Success(2), QueryState.Error<int>(Boom)).Status);
    }

    [Fact]
    public void The_flags_of_one_are_the_flags_of_the_combination()
    {
        var old = QueryState.Success(1, isStale: true) with { DataUpdatedAt = DateTimeOffset.UnixEpoch };
        var young = QueryState.Success("a", FetchStatus.Fetching, isPlaceholder: true) with { DataUpdatedAt = DateTimeOffset.UnixEpoch.AddDays(1), IsOptimistic = true };
        var combined = QueryState.Combine(old, young);
        Assert.Equal("Success+Fetching((1, a), stale, placeholder, optimistic)", combined.ToString());
        Assert.Equal(DateTimeOffset.UnixEpoch, combined.DataUpdatedAt);
    }

    private sealed class NoRules : IFoldRules<string>
    {
        public string Share(string old, string value) => value;

        public void ReportPatch(Exception error) => Assert.Fail($"{error}");
    }
}
