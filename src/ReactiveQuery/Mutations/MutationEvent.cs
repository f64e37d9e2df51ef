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

internal sealed record CallSucceeded<T>(T Data) : MutationEvent;

internal sealed record CallFailed(Exception Error, int FailureCount) : MutationEvent;

internal sealed record CallCancelled : MutationEvent
{
    public static CallCancelled Instance { get; } = new();
}
