namespace ReactiveQuery;

/// <summary>What can happen to a call. The instant comes with the event: the reducer knows no clock.</summary>
internal abstract record MutationEvent;

internal sealed record CallStarted<TArgs>(QueryInstant Instant, TArgs Variables, bool IsPaused) : MutationEvent;

internal sealed record CallPaused : MutationEvent;

internal sealed record CallResumed : MutationEvent;

internal sealed record CallAttemptFailed(Exception Error, int FailureCount) : MutationEvent;

internal sealed record CallSucceeded<T>(T Data) : MutationEvent;

internal sealed record CallFailed(Exception Error, int FailureCount) : MutationEvent;

internal sealed record CallCancelled : MutationEvent;
