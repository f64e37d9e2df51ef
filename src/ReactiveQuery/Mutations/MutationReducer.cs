namespace ReactiveQuery;

/// <summary>The whole life of a call as one pure, total function: (state, event) → state. What cannot happen in a state changes nothing.</summary>
internal static class MutationReducer
{
    public static MutationState<TArgs, T> Reduce<TArgs, T>(MutationState<TArgs, T> state, MutationEvent happened) => happened switch
    {
        CallStarted<TArgs> e => new()
        {
            Status = e.IsPaused ? MutationStatus.Paused : MutationStatus.Pending,
            Variables = e.Variables,
            SubmittedAt = e.Instant.At,
        },
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
            HasData = true,
            FailureCount = 0,
            FailureReason = null,
        },
        CallFailed e when state.IsUnderWay => state with
        {
            Status = MutationStatus.Error,
            Error = e.Error,
            FailureCount = e.FailureCount,
            FailureReason = e.Error,
        },
        CallCancelled when state.IsUnderWay => MutationState<TArgs, T>.Idle,
        _ => state,
    };
}
