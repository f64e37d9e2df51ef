namespace ReactiveQuery;

/// <summary>
/// One moment, read once from the client's scheduler. Rules compare differences of <paramref name="Elapsed"/>,
/// which a jump of the wall clock does not touch; <paramref name="At"/> is for display and hydration.
/// </summary>
internal readonly record struct QueryInstant(TimeSpan Elapsed, DateTimeOffset At);
