namespace ReactiveQuery;

/// <summary>What can happen to a call. The instant comes with the event: the reducer knows no clock.</summary>
internal abstract record MutationEvent;

internal sealed record CallStarted<TArgs>(QueryInstant Instant, TArgs Variables, bool IsPaused) : MutationEvent;

internal sealed record CallPaused : MutationEvent
{
    public static CallPaused Instance { get; } = new();
}

internal sealed record CallResumed : MutationEvent
{
    public static CallResumed Instance { get; } = new();
}

internal sealed record CallAttemptFailed(Exception Error, int FailureCount) : MutationEvent;

internal sealed record CallEnded<T>(MutationOutcome<T> Outcome) : MutationEvent;

/// <summary>What became of a call. Every call has one, so that it is a value (W9 in <c>benchmarks/WORKLOADS.md</c>).</summary>
/// <param name="Status">Success, Error, or Idle for a cancelled call.</param>
/// <param name="Data">The result of a success.</param>
/// <param name="Error">Of a failure.</param>
/// <param name="FailureCount">How many attempts have failed, of a failure.</param>
internal readonly record struct MutationOutcome<T>(MutationStatus Status, T? Data, Exception? Error, int FailureCount)
{
    public static MutationOutcome<T> Cancelled => default;

    public bool IsSuccess => Status == MutationStatus.Success;

    public bool IsCancelled => Status == MutationStatus.Idle;

    public static MutationOutcome<T> Succeeded(T data) => new(MutationStatus.Success, data, null, 0);

    public static MutationOutcome<T> Failed(Exception error, int failureCount) => new(MutationStatus.Error, default, error, failureCount);
}
