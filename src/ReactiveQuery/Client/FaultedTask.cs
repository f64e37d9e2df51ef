using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace ReactiveQuery;

/// <summary>The error of a faulted task, without the <see cref="AggregateException"/> that <see cref="Task.Exception"/> makes anew each time it is asked (W9 in <c>benchmarks/WORKLOADS.md</c>).</summary>
/// <remarks>
/// The runtime keeps the error where <see langword="await"/> finds it, and nothing public gives it without that aggregate or a throw. Where a runtime does not keep it there,
/// nothing is found, and <see cref="Task.Exception"/> is asked.
/// </remarks>
internal static class FaultedTask
{
    private static readonly bool CanBeRead = IsReadable();

    /// <summary>What the task failed with, which then counts as observed; null where there are several errors, or where it cannot be read.</summary>
    /// <param name="task">Faulted.</param>
    public static Exception? OnlyErrorOf(Task task) => CanBeRead && Errors(task) is [var error] ? error.SourceException : null;

    private static bool IsReadable()
    {
        var probe = Task.FromException(new InvalidOperationException());
        var error = probe.Exception!.InnerException; // Looked at first: whatever follows, it is not an unobserved one.
        try
        {
            return Errors(probe) is [var found] && found.SourceException == error;
        }
        catch (Exception)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetExceptionDispatchInfos")]
    private static extern List<ExceptionDispatchInfo> Errors(Task task);
}
