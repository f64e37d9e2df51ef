using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.Given;

namespace ReactiveQuery.MarbleTests.Operators;

public class RetryWithBackoffMarbles
{
    private static readonly MarbleErrorException Failure = new();
    private readonly Marbles m = new();

    [Fact]
    public void Each_retry_waits_twice_as_long_as_the_one_before_and_the_last_failure_ends_the_stream()
    {
        var source   = m.Cold("-#");                     // fails one frame after each subscription
        var first    =        "^!                 ";
        var second   =        "---^!              ";     // 2 frames later
        var third    =        "--------^!         ";     // 4 frames later
        var fourth   =        "-----------------^!";     // 8 frames later
        var expected =        "------------------#";

        var policy = RetryPolicy.Exponential(Frames(2), maxRetries: 3);
        m.Expect(source.RetryWithBackoff(policy, m.Scheduler)).ToBe(expected, error: new RetryExhaustedException(4, Failure));
        m.Expect(source.Subscriptions).ToBe(first, second, third, fourth);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void No_delay_is_longer_than_the_longest()
    {
        var source   = m.Cold("#");
        var expected =        "----------#";             // 2 + 4 + 4

        m.Expect(source.RetryWithBackoff(RetryPolicy.Exponential(Frames(2), factor: 10, maxDelay: Frames(4)), m.Scheduler)).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe("(^!)", "--(^!)", "------(^!)", "----------(^!)");
    }

    [Fact]
    public void Values_go_through_and_start_the_count_anew()
    {
        var first    = m.Cold("-#            ");
        var second   = m.Cold("   a-#        ");         // one failure in a row, after a value
        var third    = m.Cold("       #      ");         // two
        var fourth   = m.Cold("         -b-c|");
        var expected =        "---a------b-c|";

        m.Expect(Attempts(first, second, third, fourth).RetryWithBackoff(RetryPolicy.Fixed(Frames(2), maxRetries: 2), m.Scheduler)).ToBe(expected);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void An_error_that_is_not_worth_another_attempt_ends_the_stream_at_once()
    {
        var source   = m.Cold("--a-#");
        var sub      =        "^---!";
        var expected =        "--a-#";

        var policy = RetryPolicy.Default with { ShouldRetry = error => error is TimeoutException };
        m.Expect(source.RetryWithBackoff(policy, m.Scheduler)).ToBe(expected, error: new NonRetryableException(1, Failure));
        m.Expect(source.Subscriptions).ToBe(sub);
    }

    [Fact]
    public void Without_retries_the_first_failure_is_the_last()
    {
        var source   = m.Cold("--#");
        var expected =        "--#";

        m.Expect(source.RetryWithBackoff(RetryPolicy.None, m.Scheduler)).ToBe(expected, error: new RetryExhaustedException(1, Failure));
    }

    [Fact]
    public void Jitter_takes_a_random_share_of_each_delay()
    {
        var source   = m.Cold("#");
        var expected =        "-------#";                // half of 2 + 4 + 8

        m.Expect(source.RetryWithBackoff(RetryPolicy.ExponentialWithJitter(Frames(2)), m.Scheduler, () => 0.5)).ToBe(expected);
    }

    [Fact]
    public void A_schedule_of_ones_own_may_look_at_the_error_and_the_number_of_the_retry()
    {
        var source   = m.Cold("#");
        var expected =        "---------#";              // 3 + 6

        var policy = RetryPolicy.Custom((retry, error) => error is MarbleErrorException ? Frames(3 * retry) : TimeSpan.Zero, maxRetries: 2);
        m.Expect(source.RetryWithBackoff(policy, m.Scheduler)).ToBe(expected);
    }

    [Fact]
    public void Leaving_during_the_wait_leaves_nothing_behind()
    {
        var source   = m.Cold("-#     ");
        var sub      =        "^---!  ";
        var first    =        "^!     ";
        var expected =        "-------";

        m.Expect(source.RetryWithBackoff(RetryPolicy.Fixed(Frames(5)), m.Scheduler), sub).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(first);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void A_source_that_completes_is_not_repeated()
    {
        var source   = m.Cold("-a-|");
        var sub      =        "^--!";
        var expected =        "-a-|";

        m.Expect(source.RetryWithBackoff(RetryPolicy.Default, m.Scheduler)).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(sub);
    }
}
