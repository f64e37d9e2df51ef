namespace ReactiveQuery;

/// <summary>Makes states by hand, for tests and design-time data, and combines the states of several queries into one.</summary>
/// <remarks>Pure functions; safe from any thread.</remarks>
public static partial class QueryState
{
    /// <summary>A query that was never asked.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <returns><see cref="QueryState{T}.Idle"/>.</returns>
    public static QueryState<T> Idle<T>() => QueryState<T>.Idle;

    /// <summary>A first load.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="fetchStatus"><see cref="FetchStatus.Fetching"/> (the default) or <see cref="FetchStatus.Paused"/>.</param>
    /// <returns>Loading, without data.</returns>
    public static QueryState<T> Loading<T>(FetchStatus fetchStatus = FetchStatus.Fetching) =>
        new() { Status = QueryStatus.Loading, FetchStatus = fetchStatus };

    /// <summary>Data.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="data">The data; null is data.</param>
    /// <param name="fetchStatus">What runs behind the data; nothing by default.</param>
    /// <param name="isStale">Whether the data counts as stale; false by default.</param>
    /// <param name="isPlaceholder">Whether the data is a stand-in; false by default.</param>
    /// <returns>Success with the data.</returns>
    public static QueryState<T> Success<T>(T data, FetchStatus fetchStatus = FetchStatus.Idle, bool isStale = false, bool isPlaceholder = false) =>
        new()
        {
            Status = QueryStatus.Success,
            FetchStatus = fetchStatus,
            Data = data,
            HasData = true,
            IsStale = isStale,
            IsPlaceholder = isPlaceholder,
        };

    /// <summary>A failed fetch without data, after one attempt.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="error">The fetcher's exception.</param>
    /// <returns>Error, nothing running.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    public static QueryState<T> Error<T>(Exception error) => ErrorAfter<T>(1, error);

    /// <summary>A failed fetch without data, after several attempts.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="failureCount">How many attempts failed; at least 1.</param>
    /// <param name="error">The exception of the last.</param>
    /// <returns>Error, nothing running.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="failureCount"/> is less than 1.</exception>
    public static QueryState<T> ErrorAfter<T>(int failureCount, Exception error)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failureCount, 1);
        ArgumentNullException.ThrowIfNull(error);
        return new() { Status = QueryStatus.Error, Error = error, FailureCount = failureCount, FailureReason = error };
    }

    /// <summary>A failed refetch beside the data it was to replace.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="error">The fetcher's exception.</param>
    /// <param name="data">The data that was kept.</param>
    /// <param name="failureCount">How many attempts failed; 1 by default, at least 1.</param>
    /// <param name="isStale">Whether the data counts as stale; true by default.</param>
    /// <returns>Error with data, nothing running.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="failureCount"/> is less than 1.</exception>
    public static QueryState<T> Error<T>(Exception error, T data, int failureCount = 1, bool isStale = true) =>
        ErrorAfter<T>(failureCount, error) with { Data = data, HasData = true, IsStale = isStale };
}
