namespace ReactiveQuery.Testing;

/// <summary>Work that a thread other than the test's scheduled, or a result that it handed in: it was queued to the test's thread.</summary>
/// <param name="Frame">The frame the clock stood in.</param>
/// <param name="ThreadId">The managed id of the foreign thread.</param>
/// <param name="ThreadName">Its name; null if it has none.</param>
/// <param name="StackTrace">Where the work came from.</param>
public sealed record ForeignCompletion(long Frame, int ThreadId, string? ThreadName, string StackTrace)
{
    /// <summary>A report of the calling thread.</summary>
    internal static ForeignCompletion Here(long frame) =>
        new(frame, Environment.CurrentManagedThreadId, Thread.CurrentThread.Name, Environment.StackTrace);
}
