namespace ReactiveQuery;

/// <summary>The delay before the n-th retry: a pure function of the policy, the number and a random value.</summary>
internal static class Backoff
{
    /// <param name="policy">Gives the first delay, the factor, the limit and whether to jitter; its schedule is not looked at.</param>
    /// <param name="retry">Which retry, counted from 1.</param>
    /// <param name="random">In [0, 1); looked at only with jitter.</param>
    internal static TimeSpan Delay(RetryPolicy policy, int retry, double random)
    {
        double longest = Longest(policy.InitialDelay.Ticks, policy.Factor, retry, policy.MaxDelay.Ticks);

        // "Full jitter", sleep = random_between(0, min(cap, base * 2 ** attempt)):
        // Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        double ticks = policy.UseJitter ? longest * Math.Clamp(random, 0, 1) : longest;

        // At the limit the comparison, not a cast, decides: (double)long.MaxValue is one more than long.MaxValue.
        return ticks < policy.MaxDelay.Ticks ? new TimeSpan((long)ticks) : policy.MaxDelay;
    }

    private static double Longest(long initial, double factor, int retry, long longest)
    {
        // Zero times an infinite power is not a number, and a power that is infinite must still be cut to the limit.
        if (initial == 0) return 0;
        return Math.Min(initial * Math.Pow(factor, retry - 1), longest);
    }
}
