namespace ReactiveQuery;

/// <summary>The whole life of a query as one pure, total function: (state, event) → state.</summary>
/// <remarks>
/// The steps that every fetch and every write takes are functions of their own as well, for an entry that has no use for the event (W8, W10, W11a and W13 in <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal static class QueryReducer
{
    public static QueryState<T> Reduce<T>(QueryState<T> state, QueryEvent happened) => happened switch
    {
        FetchStarted e => Start(state, e.IsPaused, e.Direction),
        FetchPaused when IsUnderWay(state) => state with { FetchStatus = FetchStatus.Paused },
        FetchResumed when state.IsPaused => state with { FetchStatus = FetchStatus.Fetching },
        AttemptFailed e when state.FetchStatus != FetchStatus.Idle => state with
        {
            FetchStatus = FetchStatus.Fetching,
            FailureCount = e.FailureCount,
            FailureReason = e.Error,
        },
        FetchSucceeded<T> e => Land(state, e.Instant, e.Data, e.IsCurrent),
        PageLanded<T> e => LandPage(state, e.Data, e.IsCurrent),
        LegEnded when state is { FailureCount: > 0, FetchStatus: not FetchStatus.Idle } => state with { FailureCount = 0, FailureReason = null },
        ValueArrived<T> e => Received(state, e.Instant, e.Data, !e.IsCurrent, FetchStatus.Streaming),
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
        FetchCancelled => Cancel(state),
        DataSet<T> e => Write(state, e.Instant, e.Data),
        Invalidated when state.HasData => Invalidate(state),
        Dropped => QueryState<T>.Idle,
        Expired => state.FetchStatus is FetchStatus.Fetching or FetchStatus.Paused ? LoadingAnew(state) : QueryState<T>.Idle,
        _ => state,
    };

    /// <summary><see cref="FetchStarted"/>.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="isPaused">Whether it begins by waiting for the network.</param>
    /// <param name="direction">Which page it fetches, if one.</param>
    /// <param name="isInvalidated">Whether <see cref="Invalidated"/> comes before it: one state instead of two, the first of which nobody sees (W5b in <c>benchmarks/WORKLOADS.md</c>).</param>
    public static QueryState<T> Start<T>(QueryState<T> state, bool isPaused, PageDirection direction, bool isInvalidated = false)
    {
        if (ReferenceEquals(state, QueryState<T>.Idle) && !isPaused && direction == PageDirection.None) return QueryState<T>.LoadingFromIdle;
        if (!IsNothingButData(state)) return Started(isInvalidated && state.HasData ? Invalidate(state) : state, isPaused, direction);
        return state.Begun(isPaused ? FetchStatus.Paused : FetchStatus.Fetching, direction, isInvalidated);
    }

    private static QueryState<T> Started<T>(QueryState<T> state, bool isPaused, PageDirection direction) => state with
    {
        Status = state.HasData ? state.Status : QueryStatus.Loading,
        FetchStatus = isPaused ? FetchStatus.Paused : FetchStatus.Fetching,
        Error = state.HasData ? state.Error : null,
        FailureCount = 0,
        FailureReason = null,
        Before = state.Before ?? Settled(state),
        Direction = direction,
    };

    /// <summary><see cref="FetchSucceeded{T}"/>.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="instant">When it landed.</param>
    /// <param name="data">What it brought.</param>
    /// <param name="isCurrent">Whether nothing was invalidated since it began.</param>
    /// <param name="isStale">
    /// Whether observers are likely to find the data stale at once. Whoever finds otherwise is shown a copy that says so; it is made for all the others if nobody foresees it
    /// (W15 in <c>benchmarks/WORKLOADS.md</c>).
    /// </param>
    public static QueryState<T> Land<T>(QueryState<T> state, in QueryInstant instant, T data, bool isCurrent, bool isStale = false) =>
        Received(state, instant, data, !isCurrent, isStale: isStale);

    /// <summary><see cref="FetchCancelled"/>.</summary>
    public static QueryState<T> Cancel<T>(QueryState<T> state) => state.Before ?? Settled(state);

    /// <summary><see cref="PageLanded{T}"/>: what is shown is no younger for it.</summary>
    public static QueryState<T> LandPage<T>(QueryState<T> state, T data, bool isCurrent) =>
        Received(state, state.DataInstant, data, state.IsInvalidated || !isCurrent);

    /// <summary><see cref="DataSet{T}"/>: a write is shown at once and is what a cancel returns to; the fetch that runs goes on and will still land.</summary>
    public static QueryState<T> Write<T>(QueryState<T> state, in QueryInstant instant, T data) => state.FetchStatus switch
    {
        FetchStatus.Idle => Received(state, instant, data, isInvalidated: false),
        FetchStatus.Streaming => Received(state, instant, data, isInvalidated: false, FetchStatus.Streaming),
        _ => WrittenBehindFetch(state, Received(state, instant, data, isInvalidated: false)),
    };

    private static QueryState<T> Received<T>(
        QueryState<T> state, in QueryInstant instant, T data, bool isInvalidated, FetchStatus fetchStatus = FetchStatus.Idle, bool isStale = false) =>
        state.Received(data, instant, fetchStatus, isInvalidated, isStale || (isInvalidated && fetchStatus != FetchStatus.Streaming)); // Without patches: those the entry puts on.

    private static QueryState<T> WrittenBehindFetch<T>(QueryState<T> state, QueryState<T> settled) => settled with
    {
        FetchStatus = state.FetchStatus,
        FailureCount = state.FailureCount,
        FailureReason = state.FailureReason,
        Before = settled,
        Direction = state.Direction,
    };

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

    /// <summary>Whether it is settled with data and nothing else, so that what a fetch adds to it can be taken off again; no state before the fetch need be kept.</summary>
    private static bool IsNothingButData<T>(QueryState<T> state) => state is { HasData: true, FetchStatus: FetchStatus.Idle, Aside: null };

    /// <summary>Everybody finds such data stale, whatever their stale time, and need not make a copy that says so.</summary>
    private static QueryState<T> Invalidate<T>(QueryState<T> state) => state with
    {
        IsInvalidated = true,
        IsStale = !state.IsStreaming,
        Before = state.Before is { HasData: true } before ? Invalidate(before) : state.Before,
    };
}
