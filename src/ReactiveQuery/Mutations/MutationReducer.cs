namespace ReactiveQuery;

/// <summary>The whole life of a call as one pure, total function: (state, event) → state. What cannot happen in a state changes nothing.</summary>
internal static class MutationReducer
{
    public static MutationState<TArgs, T> Reduce<TArgs, T>(MutationState<TArgs, T> state, MutationEvent happened) => happened switch
    {
        CallStarted<TArgs> e => Start<TArgs, T>(e.Instant.At, e.Variables, e.IsPaused),
        CallPaused when state.IsPending => state with { Status = MutationStatus.Paused },
        CallResumed when state.IsPaused => state with { Status = MutationStatus.Pending },
        CallAttemptFailed e when state.IsUnderWay => state with
        {
            Status = MutationStatus.Pending,
            FailureCount = e.FailureCount,
            FailureReason = e.Error,
        },
        CallSucceeded<T> e when state.IsUnderWay => state with
        {
            Status = MutationStatus.Success,
            Data = e.Data,
            FailureCount = 0,
            FailureReason = null,
        },
        CallFailed e when state.IsUnderWay => state with
        {
            Status = MutationStatus.Error,
            FailureCount = e.FailureCount,
            FailureReason = e.Error,
        },
        CallCancelled when state.IsUnderWay => MutationState<TArgs, T>.Idle,
        _ => state,
    };

    /// <summary><see cref="CallStarted{TArgs}"/>, for a call that has no use for the event (W9 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    public static MutationState<TArgs, T> Start<TArgs, T>(DateTimeOffset submittedAt, TArgs variables, bool isPaused) => new()
    {
        Status = isPaused ? MutationStatus.Paused : MutationStatus.Pending,
        Variables = variables,
        SubmittedAt = submittedAt,
    };
}
