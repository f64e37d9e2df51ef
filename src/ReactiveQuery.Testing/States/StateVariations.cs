namespace ReactiveQuery.Testing;

/// <summary>What can be said further of a <see cref="State"/>; each returns a new state and leaves the rest as it was.</summary>
/// <threadsafety>Static and stateless: safe from any thread.</threadsafety>
public static class StateVariations
{
    /// <summary>The same with stale data.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="state">The state.</param>
    /// <exception cref="ArgumentNullException"><paramref name="state"/> is null.</exception>
    public static QueryState<T> Stale<T>(this QueryState<T> state) => NotNull(state) with { IsStale = true };

    /// <summary>The same while a fetch runs: <c>State.FailedRefetch(error, "a").Refetching()</c>.</summary>
    /// <inheritdoc cref="Stale"/>
    public static QueryState<T> Refetching<T>(this QueryState<T> state) => NotNull(state) with { FetchStatus = FetchStatus.Fetching, FailureCount = 0, FailureReason = null };

    /// <summary>The same while a fetch is due and waits for the network.</summary>
    /// <inheritdoc cref="Stale"/>
    public static QueryState<T> Paused<T>(this QueryState<T> state) => NotNull(state) with { FetchStatus = FetchStatus.Paused };

    /// <summary>The same after failed attempts of a fetch that goes on: <c>State.Loading&lt;string&gt;().Failing(1, error)</c>.</summary>
    /// <param name="state">The state.</param>
    /// <param name="failures">How many attempts failed so far, at least 1.</param>
    /// <param name="reason">The exception of the last of them; an expectation also accepts another one of the same type and message.</param>
    /// <exception cref="ArgumentNullException"><paramref name="state"/> or <paramref name="reason"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="failures"/> is less than 1.</exception>
    /// <inheritdoc cref="Stale"/>
    public static QueryState<T> Failing<T>(this QueryState<T> state, int failures, Exception reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        ArgumentNullException.ThrowIfNull(reason);
        return NotNull(state) with { FailureCount = failures, FailureReason = reason };
    }

    /// <summary>The same with data that shows an optimistic write.</summary>
    /// <inheritdoc cref="Stale"/>
    public static QueryState<T> Optimistic<T>(this QueryState<T> state) => NotNull(state) with { IsOptimistic = true };

    private static QueryState<T> NotNull<T>(QueryState<T> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state;
    }
}
