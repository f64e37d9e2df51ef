namespace ReactiveQuery.Testing;

/// <summary>The states of an expectation, in few words: <c>new() { ['R'] = State.Refetching("a").Stale() }</c>.</summary>
/// <remarks>Pure functions. <see cref="StateVariations"/> has what can be said further of each.</remarks>
/// <threadsafety>Static and stateless: safe from any thread.</threadsafety>
public static class State
{
    /// <summary>Idle + Idle: disabled, or cancelled before any data. The letter <c>I</c>.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    public static QueryState<T> Idle<T>() => QueryState.Idle<T>();

    /// <summary>Loading + Fetching: a first load. The letter <c>L</c>.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    public static QueryState<T> Loading<T>() => QueryState.Loading<T>();

    /// <summary>Loading + Paused: a first load that waits for the network. The letter <c>P</c>.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    public static QueryState<T> Paused<T>() => QueryState.Loading<T>(FetchStatus.Paused);

    /// <summary>Success + Idle: fresh data. The letter of the data.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="data">The data; null is data.</param>
    public static QueryState<T> Success<T>(T data) => QueryState.Success(data);

    /// <summary>Success + Idle, stale.</summary>
    /// <inheritdoc cref="Success{T}(T)"/>
    public static QueryState<T> Stale<T>(T data) => Success(data).Stale();

    /// <summary>Success + Fetching: data with a fetch behind it. Fresh; <see cref="StateVariations.Stale"/> says the other.</summary>
    /// <inheritdoc cref="Success{T}(T)"/>
    public static QueryState<T> Refetching<T>(T data) => QueryState.Success(data, FetchStatus.Fetching);

    /// <summary>Success + Streaming: a live query and the last value it delivered.</summary>
    /// <inheritdoc cref="Success{T}(T)"/>
    public static QueryState<T> Streaming<T>(T data) => QueryState.Success(data, FetchStatus.Streaming);

    /// <summary>Success + Fetching, placeholder: a stand-in while the key loads.</summary>
    /// <inheritdoc cref="Success{T}(T)"/>
    public static QueryState<T> Placeholder<T>(T data) => QueryState.Success(data, FetchStatus.Fetching, isPlaceholder: true);

    /// <summary>Error + Idle without data: a failed first load.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="error">The fetcher's exception; an expectation also accepts another one of the same type and message.</param>
    /// <param name="failures">How many attempts failed: 1 plus the retries; 1 by default, at least 1.</param>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="failures"/> is less than 1.</exception>
    public static QueryState<T> Failed<T>(Exception error, int failures = 1)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        return QueryState.ErrorAfter<T>(failures, error);
    }

    /// <summary>Error + Idle beside the data that was kept: a failed refetch. Fresh; <see cref="StateVariations.Stale"/> says the other.</summary>
    /// <param name="error">The fetcher's exception; an expectation also accepts another one of the same type and message.</param>
    /// <param name="data">The data that was kept.</param>
    /// <param name="failures">How many attempts failed: 1 plus the retries; 1 by default, at least 1.</param>
    /// <inheritdoc cref="Failed{T}(Exception, int)"/>
    public static QueryState<T> FailedRefetch<T>(Exception error, T data, int failures = 1)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        return QueryState.Error(error, data, failures, isStale: false);
    }
}
