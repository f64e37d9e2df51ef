namespace ReactiveQuery.Tests.Core;

public class FreshnessTests
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    private static TimeSpan S(int seconds) => TimeSpan.FromSeconds(seconds);

    private static QueryState<string> DataOf(int second) => QueryState.Success("a") with { DataElapsed = S(second) };

    public static TheoryData<int, TimeSpan, TimeSpan> DueTimes => new()
    {
        { 10, S(5), S(15) },
        { 10, TimeSpan.Zero, S(10) },
        { -10, S(5), S(-5) },
        { 10, Timeout.InfiniteTimeSpan, Never },
        { 10, TimeSpan.MaxValue, Never },
        { 10, TimeSpan.MaxValue - S(5), Never },
        { -10, TimeSpan.MaxValue - S(5), TimeSpan.MaxValue - S(15) },
        { 10, TimeSpan.FromDays(60), TimeSpan.FromDays(60) + S(10) },
    };

    [Theory]
    [MemberData(nameof(DueTimes))]
    public void A_span_is_over_at_its_start_plus_its_length_and_never_if_that_is_too_far(int start, TimeSpan span, TimeSpan due) =>
        Assert.Equal(due, Freshness.Due(S(start), span));

    [Theory]
    [InlineData(14, false)]
    [InlineData(15, true)]
    [InlineData(16, true)]
    public void The_last_instant_of_a_span_counts_as_over(int now, bool isOver) => Assert.Equal(isOver, Freshness.IsOver(S(10), S(5), S(now)));

    [Fact]
    public void An_infinite_span_is_never_over() => Assert.False(Freshness.IsOver(S(0), Timeout.InfiniteTimeSpan, TimeSpan.MaxValue));

    [Fact]
    public void Of_two_spans_infinite_is_the_longer()
    {
        Assert.Equal(S(7), Freshness.Longer(S(5), S(7)));
        Assert.Equal(S(7), Freshness.Longer(S(7), S(5)));
        Assert.True(Freshness.IsInfinite(Freshness.Longer(S(7), Timeout.InfiniteTimeSpan)));
        Assert.True(Freshness.IsInfinite(Freshness.Longer(TimeSpan.MaxValue, S(7))));
    }

    [Fact]
    public void Data_is_stale_from_its_stale_time_on()
    {
        Assert.False(Freshness.IsStale(DataOf(10), S(5), S(14)));
        Assert.True(Freshness.IsStale(DataOf(10), S(5), S(15)));
        Assert.True(Freshness.IsStale(DataOf(10), TimeSpan.Zero, S(10)));
        Assert.False(Freshness.IsStale(DataOf(10), Timeout.InfiniteTimeSpan, S(1_000_000)));
    }

    [Fact]
    public void Invalidated_data_is_stale_whatever_the_stale_time() =>
        Assert.True(Freshness.IsStale(DataOf(10) with { IsInvalidated = true }, Timeout.InfiniteTimeSpan, S(10)));

    [Fact]
    public void Nothing_placeholders_and_live_data_are_not_stale()
    {
        Assert.False(Freshness.IsStale(QueryState<string>.Idle, TimeSpan.Zero, S(10)));
        Assert.False(Freshness.IsStale(DataOf(0) with { IsPlaceholder = true }, TimeSpan.Zero, S(10)));
        Assert.False(Freshness.IsStale(DataOf(0) with { FetchStatus = FetchStatus.Streaming }, TimeSpan.Zero, S(10)));
    }

    [Fact]
    public void There_is_a_reason_to_fetch_what_is_absent_or_stale()
    {
        Assert.True(Freshness.IsDue(QueryState<string>.Idle, S(5), S(0)));
        Assert.True(Freshness.IsDue(QueryState.Error<string>(new InvalidOperationException()), S(5), S(0)));
        Assert.True(Freshness.IsDue(DataOf(10), S(5), S(15)));
        Assert.False(Freshness.IsDue(DataOf(10), S(5), S(14)));
    }

    [Fact]
    public void The_moment_of_turning_stale_is_known_while_it_is_ahead()
    {
        Assert.Equal(S(15), Freshness.StaleDue(DataOf(10), S(5), S(14)));
        Assert.Equal(Never, Freshness.StaleDue(DataOf(10), S(5), S(15)));
        Assert.Equal(Never, Freshness.StaleDue(DataOf(10) with { IsInvalidated = true }, S(5), S(11)));
        Assert.Equal(Never, Freshness.StaleDue(DataOf(10) with { FetchStatus = FetchStatus.Streaming }, S(5), S(11)));
        Assert.Equal(Never, Freshness.StaleDue(QueryState<string>.Idle, S(5), S(11)));
    }
}
