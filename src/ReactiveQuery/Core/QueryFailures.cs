namespace ReactiveQuery;

/// <summary>What went wrong with a query, apart from its state: most states have nothing of it, and there may be many (W4 in <c>benchmarks/WORKLOADS.md</c>).</summary>
internal sealed record QueryFailures
{
    private static readonly QueryFailures None = new();

    public Exception? Error { get; private init; }

    public DateTimeOffset? ErrorUpdatedAt { get; private init; }

    public int FailureCount { get; private init; }

    public Exception? FailureReason { get; private init; }

    public static QueryFailures? WithError(QueryFailures? failures, Exception? error) =>
        failures?.Error == error ? failures : OrNull((failures ?? None) with { Error = error });

    public static QueryFailures? WithErrorUpdatedAt(QueryFailures? failures, DateTimeOffset? at) =>
        failures?.ErrorUpdatedAt == at ? failures : OrNull((failures ?? None) with { ErrorUpdatedAt = at });

    public static QueryFailures? WithFailureCount(QueryFailures? failures, int count) =>
        (failures?.FailureCount ?? 0) == count ? failures : OrNull((failures ?? None) with { FailureCount = count });

    public static QueryFailures? WithFailureReason(QueryFailures? failures, Exception? reason) =>
        failures?.FailureReason == reason ? failures : OrNull((failures ?? None) with { FailureReason = reason });

    /// <summary>What is left of them after a success: when they were.</summary>
    public QueryFailures? Past => OrNull(None with { ErrorUpdatedAt = ErrorUpdatedAt });

    private static QueryFailures? OrNull(QueryFailures failures) => failures == None ? null : failures;
}
