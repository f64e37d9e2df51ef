namespace ReactiveQuery;

/// <summary>
/// What most states have nothing of: what went wrong with the query, and where a cancel returns to. There may be many states, and each fetch makes two (W4 and W8 in
/// <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
internal sealed record StateAside
{
    private static readonly StateAside None = new();

    public Exception? Error { get; private init; }

    public DateTimeOffset? ErrorUpdatedAt { get; private init; }

    public int FailureCount { get; private init; }

    public Exception? FailureReason { get; private init; }

    /// <summary>The state before the running fetch, whatever its data's type.</summary>
    public object? Before { get; private init; }

    /// <summary>What is left of it after a success: when it last failed.</summary>
    public StateAside? Past => ErrorUpdatedAt is null ? null : None with { ErrorUpdatedAt = ErrorUpdatedAt };

    public static StateAside? WithError(StateAside? aside, Exception? error) =>
        aside?.Error == error ? aside : OrNull((aside ?? None) with { Error = error });

    public static StateAside? WithErrorUpdatedAt(StateAside? aside, DateTimeOffset? at) =>
        aside?.ErrorUpdatedAt == at ? aside : OrNull((aside ?? None) with { ErrorUpdatedAt = at });

    public static StateAside? WithFailureCount(StateAside? aside, int count) =>
        (aside?.FailureCount ?? 0) == count ? aside : OrNull((aside ?? None) with { FailureCount = count });

    public static StateAside? WithFailureReason(StateAside? aside, Exception? reason) =>
        aside?.FailureReason == reason ? aside : OrNull((aside ?? None) with { FailureReason = reason });

    public static StateAside? WithBefore(StateAside? aside, object? before) =>
        ReferenceEquals(aside?.Before, before) ? aside : OrNull((aside ?? None) with { Before = before });

    private static StateAside? OrNull(StateAside aside) => aside.Before is null && aside == None ? null : aside;
}
