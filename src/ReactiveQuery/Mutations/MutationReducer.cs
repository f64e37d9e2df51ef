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
        CallEnded<T> e when state.IsUnderWay => End(state, e.Outcome),
        _ => state,
    };

    /// <summary><see cref="CallStarted{TArgs}"/>, for a call that has no use for the event (W9 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    public static MutationState<TArgs, T> Start<TArgs, T>(DateTimeOffset submittedAt, TArgs variables, bool isPaused) => new()
    {
        Status = isPaused ? MutationStatus.Paused : MutationStatus.Pending,
        Variables = variables,
        SubmittedAt = submittedAt,
    };

    /// <summary><see cref="CallEnded{T}"/>, of a call that is under way.</summary>
    public static MutationState<TArgs, T> End<TArgs, T>(MutationState<TArgs, T> state, MutationOutcome<T> outcome) => outcome.IsCancelled
        ? MutationState<TArgs, T>.Idle
        : state with
        {
            Status = outcome.Status,
            Data = outcome.Data,
            FailureCount = outcome.FailureCount,
            FailureReason = outcome.Error,
        };
}
