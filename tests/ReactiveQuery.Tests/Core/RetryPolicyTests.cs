namespace ReactiveQuery.Tests.Core;

public class RetryPolicyTests
{
    [Fact]
    public void The_default_is_three_retries_after_1_2_and_4_seconds_capped_at_30_without_jitter()
    {
        var policy = new RetryPolicy();
        Assert.Equal(3, policy.MaxRetries);
        Assert.Equal(TimeSpan.FromSeconds(1), policy.InitialDelay);
        Assert.Equal(2.0, policy.Factor);
        Assert.Equal(TimeSpan.FromSeconds(30), policy.MaxDelay);
        Assert.False(policy.UseJitter);
        Assert.Null(policy.Schedule);
        Assert.Null(policy.ShouldRetry);
        Assert.Equal(policy, RetryPolicy.Default);
        Assert.Equal(0, RetryPolicy.None.MaxRetries);
    }

    [Fact]
    public void The_factories_say_what_they_are_named_after()
    {
        RetryPolicy same = RetryPolicy.Fixed(TimeSpan.FromMinutes(2), 7);
        Assert.Equal((7, TimeSpan.FromMinutes(2), 1.0, TimeSpan.FromMinutes(2)), (same.MaxRetries, same.InitialDelay, same.Factor, same.MaxDelay));
        same.Validate();

        RetryPolicy growing = RetryPolicy.Exponential(TimeSpan.FromMinutes(1), 3, maxRetries: RetryPolicy.Forever);
        Assert.Equal((int.MaxValue, 3.0, TimeSpan.FromMinutes(1), false), (growing.MaxRetries, growing.Factor, growing.MaxDelay, growing.UseJitter));
        Assert.Equal(RetryPolicy.Default, RetryPolicy.Exponential());

        Assert.Equal(RetryPolicy.Default with { UseJitter = true }, RetryPolicy.ExponentialWithJitter());

        RetryPolicy own = RetryPolicy.Custom((n, _) => TimeSpan.FromSeconds(n), 2);
        Assert.Equal(TimeSpan.FromSeconds(5), own.Schedule!(5, new InvalidOperationException()));
        Assert.Equal(2, own.MaxRetries);
    }

    [Fact]
    public void A_value_out_of_range_is_refused_where_it_is_set_by_the_name_of_its_property()
    {
        Refused("MaxRetries", () => new RetryPolicy { MaxRetries = -1 });
        Refused("InitialDelay", () => new RetryPolicy { InitialDelay = TimeSpan.FromTicks(-1) });
        Refused("MaxDelay", () => new RetryPolicy { MaxDelay = Timeout.InfiniteTimeSpan });
        Refused("Factor", () => new RetryPolicy { Factor = 0.99 });
        Refused("Factor", () => new RetryPolicy { Factor = double.NaN });
        Refused("Factor", () => new RetryPolicy { Factor = double.PositiveInfinity });
        Refused("Factor", () => RetryPolicy.Default with { Factor = -2 });
    }

    [Fact]
    public void The_factories_refuse_by_the_name_of_the_argument()
    {
        Refused("delay", () => RetryPolicy.Fixed(TimeSpan.FromTicks(-1)));
        Refused("maxRetries", () => RetryPolicy.Fixed(TimeSpan.Zero, -1));
        Refused("initialDelay", () => RetryPolicy.Exponential(TimeSpan.FromTicks(-1)));
        Refused("factor", () => RetryPolicy.Exponential(factor: 0));
        Refused("maxDelay", () => RetryPolicy.Exponential(maxDelay: TimeSpan.FromTicks(-1)));
        Refused("maxDelay", () => RetryPolicy.ExponentialWithJitter(TimeSpan.FromSeconds(2), maxDelay: TimeSpan.FromSeconds(1)));
        Refused("maxRetries", () => RetryPolicy.Custom((_, _) => TimeSpan.Zero, -5));
        Assert.Throws<ArgumentNullException>("schedule", () => RetryPolicy.Custom(null!));
    }

    [Fact]
    public void A_longest_delay_below_the_first_is_refused_where_the_policy_is_used_unless_a_schedule_replaces_both()
    {
        RetryPolicy policy = RetryPolicy.Default with { InitialDelay = TimeSpan.FromMinutes(1) };
        Refused("MaxDelay", () => { policy.Validate(); return policy; });
        (policy with { Schedule = (_, _) => TimeSpan.Zero }).Validate();
        (policy with { MaxDelay = TimeSpan.MaxValue }).Validate();
    }

    [Fact]
    public void The_exceptions_carry_the_attempts_and_the_last_error_and_say_both()
    {
        var last = new InvalidOperationException("the server is asleep");
        var exhausted = new RetryExhaustedException(4, last);
        Assert.Equal((4, last), (exhausted.Attempts, exhausted.InnerException));
        Assert.Contains("4", exhausted.Message, StringComparison.Ordinal);
        Assert.Contains(last.Message, exhausted.Message, StringComparison.Ordinal);

        var refused = new NonRetryableException(1, last, new FormatException("odd"));
        Assert.Equal((1, last), (refused.Attempts, refused.InnerException));
        Assert.IsType<FormatException>(refused.CallbackError);
        Assert.Contains("odd", refused.Message, StringComparison.Ordinal);
        Assert.Null(new NonRetryableException(1, last).CallbackError);

        Assert.Throws<ArgumentNullException>("innerException", () => new RetryExhaustedException(1, null!));
        Assert.Throws<ArgumentNullException>("innerException", () => new NonRetryableException(1, null!));
        Assert.Throws<ArgumentOutOfRangeException>("attempts", () => new RetryExhaustedException(0, last));
        Assert.Throws<ArgumentOutOfRangeException>("attempts", () => new NonRetryableException(0, last));
    }

    private static void Refused(string name, Func<object> make)
    {
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(name, make);
        Assert.Contains($"{name} must", refusal.Message, StringComparison.Ordinal);
    }
}
