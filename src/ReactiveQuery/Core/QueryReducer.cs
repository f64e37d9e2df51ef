namespace ReactiveQuery;

/// <summary>The whole life of a query as one pure, total function: (state, event) → state.</summary>
internal static class QueryReducer
{
    public static QueryState<T> Reduce<T>(QueryState<T> state, QueryEvent happened) => happened switch
    {
        FetchStarted e => state with
        {
            Status = state.HasData ? state.Status : QueryStatus.Loading,
            FetchStatus = e.IsPaused ? FetchStatus.Paused : FetchStatus.Fetching,
            Error = state.HasData ? state.Error : null,
            FailureCount = 0,
            FailureReason = null,
            Before = state.Before ?? Settled(state),
            Direction = e.Direction,
        },
        FetchPaused when IsUnderWay(state) => state with { FetchStatus = FetchStatus.Paused },
        FetchResumed when state.IsPaused => state with { FetchStatus = FetchStatus.Fetching },
        AttemptFailed e when state.FetchStatus != FetchStatus.Idle => state with
        {
            FetchStatus = FetchStatus.Fetching,
            FailureCount = e.FailureCount,
            FailureReason = e.Error,
        },
        FetchSucceeded<T> e => Received(state, e.Instant, e.Data) with { IsInvalidated = !e.IsCurrent },
        PageLanded<T> e => Received(state, e.Instant, e.Data) with
        {
            DataUpdatedAt = state.DataUpdatedAt,
            DataElapsed = state.DataElapsed,
            IsInvalidated = state.IsInvalidated || !e.IsCurrent,
        },
        LegEnded when state is { FailureCount: > 0, FetchStatus: not FetchStatus.Idle } => state with { FailureCount = 0, FailureReason = null },
        ValueArrived<T> e => Received(state, e.Instant, e.Data) with { IsInvalidated = !e.IsCurrent, FetchStatus = FetchStatus.Streaming },
        StreamCompleted when state is { HasData: true, FetchStatus: not FetchStatus.Idle } => state with
        {
            FetchStatus = FetchStatus.Idle,
            FailureCount = 0,
            FailureReason = null,
            Before = null,
        },
        StreamCompleted when state.FetchStatus != FetchStatus.Idle => state.Before ?? Settled(state),
        FetchFailed e => state with
        {
            Status = QueryStatus.Error,
            FetchStatus = FetchStatus.Idle,
            Error = e.Error,
            ErrorUpdatedAt = e.Instant.At,
            FailureCount = e.FailureCount,
            FailureReason = e.Error,
            Before = null,
            Direction = PageDirection.None,
        },
        FetchCancelled => state.Before ?? Settled(state),
        DataSet<T> e => Written(state, e),
        Invalidated when state.HasData => state with { IsInvalidated = true, Before = Stale(state.Before) },
        Dropped => QueryState<T>.Idle,
        Expired => state.FetchStatus is FetchStatus.Fetching or FetchStatus.Paused ? LoadingAnew(state) : QueryState<T>.Idle,
        _ => state, // Patches among the rest: they lie over the data and are no part of it.
    };

    private static QueryState<T> Received<T>(QueryState<T> state, QueryInstant instant, T data) => state with
    {
        Status = QueryStatus.Success,
        FetchStatus = FetchStatus.Idle,
        Data = data,
        HasData = true,
        DataUpdatedAt = instant.At,
        DataElapsed = instant.Elapsed,
        Error = null,
        FailureCount = 0,
        FailureReason = null,
        Before = null,
        Direction = PageDirection.None,
    };

    /// <summary>A write is shown at once and is what a cancel returns to; the fetch that runs goes on and will still land.</summary>
    private static QueryState<T> Written<T>(QueryState<T> state, DataSet<T> written)
    {
        var settled = Received(state, written.Instant, written.Data) with { IsInvalidated = false };
        return state.FetchStatus switch
        {
            FetchStatus.Idle => settled,
            FetchStatus.Streaming => settled with { FetchStatus = FetchStatus.Streaming },
            _ => settled with
            {
                FetchStatus = state.FetchStatus,
                FailureCount = state.FailureCount,
                FailureReason = state.FailureReason,
                Before = settled,
                Direction = state.Direction,
            },
        };
    }

    /// <summary>What was a refetch is a first load now, and a cancel of it returns to nothing.</summary>
    private static QueryState<T> LoadingAnew<T>(QueryState<T> state) => QueryState<T>.Idle with
    {
        Status = QueryStatus.Loading,
        FetchStatus = state.FetchStatus,
        FailureCount = state.FailureCount,
        FailureReason = state.FailureReason,
        Before = QueryState<T>.Idle,
    };

    private static bool IsUnderWay<T>(QueryState<T> state) => state.FetchStatus is FetchStatus.Fetching or FetchStatus.Streaming;

    private static QueryState<T> Settled<T>(QueryState<T> state) =>
        state.FetchStatus == FetchStatus.Idle
            ? state
            : state with { FetchStatus = FetchStatus.Idle, FailureCount = 0, FailureReason = null, Before = null, Direction = PageDirection.None };

    private static QueryState<T>? Stale<T>(QueryState<T>? state) => state is { HasData: true } ? state with { IsInvalidated = true } : state;
}
