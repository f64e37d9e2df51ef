using FsCheck;
using FsCheck.Fluent;

namespace ReactiveQuery.Tests.Core;

public class BackoffTests
{
    private const int Inputs = 10_000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(7, 30)]
    [InlineData(1_000, 30)]
    [InlineData(int.MaxValue, 30)]
    public void The_default_doubles_from_one_second_up_to_thirty(int retry, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Delay(RetryPolicy.Default, retry, random: 0));

    [Theory]
    [InlineData(1, 0.0, 0)]
    [InlineData(1, 0.5, 500)]
    [InlineData(3, 0.5, 2_000)]
    [InlineData(3, 0.75, 3_000)]
    [InlineData(9, 0.5, 15_000)]
    public void Jitter_takes_a_share_of_the_delay_from_zero_up(int retry, double random, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Backoff.Delay(RetryPolicy.ExponentialWithJitter(), retry, random));

    [Fact]
    public void A_random_source_that_leaves_its_range_cannot_leave_the_bounds()
    {
        RetryPolicy policy = RetryPolicy.ExponentialWithJitter();
        Assert.Equal(TimeSpan.FromSeconds(1), Backoff.Delay(policy, 1, 17));
        Assert.Equal(TimeSpan.Zero, Backoff.Delay(policy, 1, -17));
    }

    [Fact]
    public void No_delay_stays_no_delay_however_often_it_is_multiplied()
    {
        RetryPolicy policy = RetryPolicy.Exponential(TimeSpan.Zero, factor: 1e300, maxDelay: TimeSpan.MaxValue);
        Assert.Equal(TimeSpan.Zero, Backoff.Delay(policy, int.MaxValue, 0));
    }

    [Fact]
    public void Spans_of_sixty_days_and_without_end_are_exact()
    {
        var sixtyDays = TimeSpan.FromDays(60);
        Assert.Equal(sixtyDays, Backoff.Delay(RetryPolicy.Fixed(sixtyDays), int.MaxValue, 0));
        Assert.Equal(TimeSpan.MaxValue, Backoff.Delay(RetryPolicy.Fixed(TimeSpan.MaxValue), 1, 0));
        Assert.Equal(TimeSpan.MaxValue, Backoff.Delay(RetryPolicy.Exponential(maxDelay: TimeSpan.MaxValue), int.MaxValue, 0));
    }

    [Fact]
    public void Whatever_the_policy_the_delay_is_never_negative_and_never_above_the_longest() => Holds(
        from policy in AnyPolicy
        from retry in AnyRetry
        from random in AnyRandom
        let delay = Backoff.Delay(policy, retry, random)
        select delay >= TimeSpan.Zero && delay <= policy.MaxDelay);

    [Fact]
    public void Without_jitter_delays_never_get_shorter_and_start_with_the_first() => Holds(
        from policy in AnyPolicy
        from retry in Gen.Choose(1, int.MaxValue - 1)
        let steady = policy with { UseJitter = false }
        let delay = Backoff.Delay(steady, retry, 0)
        select delay >= policy.InitialDelay && delay <= Backoff.Delay(steady, retry + 1, 0));

    [Fact]
    public void With_jitter_the_delay_is_at_most_what_it_would_be_without() => Holds(
        from policy in AnyPolicy
        from retry in AnyRetry
        from random in AnyRandom
        let jittered = Backoff.Delay(policy with { UseJitter = true }, retry, random)
        select jittered <= Backoff.Delay(policy with { UseJitter = false }, retry, 0));

    private static Gen<int> AnyRetry { get; } = Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(1, int.MaxValue), Gen.Constant(int.MaxValue));

    private static Gen<double> AnyRandom { get; } = Gen.Choose(0, int.MaxValue - 1).Select(n => n / (double)int.MaxValue);

    // Delays up to 10,000 days are exact in a double, so that the first delay is too.
    private static Gen<TimeSpan> AnyDelay { get; } =
        Gen.OneOf(Gen.Choose(0, 10_000).Select(n => TimeSpan.FromTicks(n)), Gen.Choose(0, 60_000).Select(n => TimeSpan.FromMilliseconds(n)), Gen.Choose(0, 10_000).Select(n => TimeSpan.FromDays(n)));

    private static Gen<RetryPolicy> AnyPolicy { get; } =
        from initial in AnyDelay
        from more in Gen.OneOf(AnyDelay, Gen.Constant(TimeSpan.MaxValue))
        from factor in Gen.OneOf(Gen.Choose(100, 1_000).Select(n => n / 100.0), Gen.Constant(1.0), Gen.Constant(double.MaxValue))
        from jitter in Gen.Elements(true, false)
        let longest = more == TimeSpan.MaxValue ? more : initial + more
        select RetryPolicy.Exponential(initial, factor, longest) with { UseJitter = jitter };

    private static void Holds(Gen<bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Inputs), Prop.ForAll(property.ToArbitrary(), holds => holds));
}
