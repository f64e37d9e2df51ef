namespace ReactiveQuery;

/// <content>Several states as one: error if any failed, else loading if any loads, else idle if any is idle, else success.</content>
public static partial class QueryState
{
    /// <summary>Two states as one whose data is the pair of both.</summary>
    /// <typeparam name="T1">The data of the first.</typeparam>
    /// <typeparam name="T2">The data of the second.</typeparam>
    /// <param name="first">A state.</param>
    /// <param name="second">Another state.</param>
    /// <returns>
    /// A state that has data when both have, the first error if any failed, and is fetching, paused or streaming when any is
    /// (in this order). <c>IsStale</c>, <c>IsPlaceholder</c> and <c>IsOptimistic</c> are true when true for any; the failure
    /// count is the highest, <c>DataUpdatedAt</c> the oldest.
    /// </returns>
    /// <exception cref="ArgumentNullException">A state is null.</exception>
    public static QueryState<(T1 First, T2 Second)> Combine<T1, T2>(QueryState<T1> first, QueryState<T2> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var summary = Merge(first.WithData<object?>(null), second.WithData<object?>(null));
        return summary.WithData<(T1, T2)>(summary.HasData ? (first.Data!, second.Data!) : default);
    }

    /// <summary>Three states as one whose data is the triple of all.</summary>
    /// <typeparam name="T1">The data of the first.</typeparam>
    /// <typeparam name="T2">The data of the second.</typeparam>
    /// <typeparam name="T3">The data of the third.</typeparam>
    /// <param name="first">A state.</param>
    /// <param name="second">Another state.</param>
    /// <param name="third">A third state.</param>
    /// <returns>As for two states.</returns>
    /// <exception cref="ArgumentNullException">A state is null.</exception>
    public static QueryState<(T1 First, T2 Second, T3 Third)> Combine<T1, T2, T3>(
        QueryState<T1> first, QueryState<T2> second, QueryState<T3> third)
    {
        ArgumentNullException.ThrowIfNull(third);
        var pair = Combine(first, second);
        var summary = Merge(pair.WithData<object?>(null), third.WithData<object?>(null));
        return summary.WithData<(T1, T2, T3)>(summary.HasData ? (first.Data!, second.Data!, third.Data!) : default);
    }

    /// <summary>Any number of states of one type as one whose data is the list of all, in the order given.</summary>
    /// <typeparam name="T">The data of each.</typeparam>
    /// <param name="states">The states; none at all combine to success with an empty list.</param>
    /// <returns>As for two states.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="states"/> or one of them is null.</exception>
    public static QueryState<IReadOnlyList<T>> Combine<T>(IReadOnlyCollection<QueryState<T>> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        var summary = Success<object?>(null);
        foreach (var state in states)
        {
            ArgumentNullException.ThrowIfNull(state, nameof(states));
            summary = Merge(summary, state.WithData<object?>(null));
        }

        return summary.WithData<IReadOnlyList<T>>(summary.HasData ? [.. states.Select(s => s.Data!)] : null);
    }

    private static QueryState<object?> Merge(QueryState<object?> left, QueryState<object?> right)
    {
        var error = left.Error ?? right.Error;
        return new()
        {
            Status = Worse(left.Status, right.Status),
            FetchStatus = Busier(left.FetchStatus, right.FetchStatus),
            HasData = left.HasData && right.HasData,
            Error = error,
            DataUpdatedAt = Earlier(left.DataUpdatedAt, right.DataUpdatedAt),
            ErrorUpdatedAt = left.Error is not null ? left.ErrorUpdatedAt : right.ErrorUpdatedAt ?? left.ErrorUpdatedAt,
            FailureCount = Math.Max(left.FailureCount, right.FailureCount),
            FailureReason = left.FailureCount >= right.FailureCount ? left.FailureReason : right.FailureReason,
            IsStale = left.IsStale || right.IsStale,
            IsPlaceholder = left.IsPlaceholder || right.IsPlaceholder,
            IsOptimistic = left.IsOptimistic || right.IsOptimistic,
        };
    }

    private static QueryStatus Worse(QueryStatus left, QueryStatus right) =>
        First(s => left == s || right == s, QueryStatus.Error, QueryStatus.Loading, QueryStatus.Idle, QueryStatus.Success);

    private static FetchStatus Busier(FetchStatus left, FetchStatus right) =>
        First(s => left == s || right == s, FetchStatus.Fetching, FetchStatus.Paused, FetchStatus.Streaming, FetchStatus.Idle);

    private static TStatus First<TStatus>(Func<TStatus, bool> matches, params ReadOnlySpan<TStatus> ranked)
    {
        foreach (var status in ranked)
            if (matches(status))
                return status;
        return ranked[^1];
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) =>
        left is null ? right : right is null || left < right ? left : right;
}
