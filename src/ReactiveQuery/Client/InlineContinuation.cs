using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>What follows the end of a task, on the thread that brings it, before that goes on; this is what makes virtual time deterministic, and saves real time a hop.</summary>
/// <remarks>
/// <para>What awaits a task hops to the pool where the completing thread has a <see cref="SynchronizationContext"/>. ContinueWith does not, but makes a task of its own and takes twice as long
/// (W8 in <c>benchmarks/WORKLOADS.md</c>). So this awaits under a context of its own: the runtime hands that the continuation on the completing thread, whatever the context there, and it
/// runs it at once.</para>
/// <para>For the rest as with ContinueWith: the execution context is that of whoever asked; a task that runs its continuations asynchronously does so, and one that completes where no stack is
/// left goes on in the pool; what a continuation throws becomes the unobserved exception of a task.</para>
/// </remarks>
internal static class InlineContinuation
{
    /// <summary>Calls <paramref name="continuation"/> when the task has ended.</summary>
    /// <param name="task">One that has not ended, as far as is known. If it has, what follows goes to the pool: here, the caller has not done yet.</param>
    /// <param name="continuation">What follows.</param>
    public static void ContinueInline(this Task task, Action continuation)
    {
        var surroundings = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext((task.CreationOptions & TaskCreationOptions.RunContinuationsAsynchronously) == 0 ? Inline.Instance : Pooled.Instance);
        try
        {
            task.GetAwaiter().OnCompleted(continuation);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(surroundings);
        }
    }

    /// <summary>The same with the task that has ended.</summary>
    public static void ContinueInline<TTask>(this TTask task, Action<TTask> continuation)
        where TTask : Task =>
        task.ContinueInline(() => continuation(task));

    private class Pooled : SynchronizationContext
    {
        public static readonly Pooled Instance = new();

        public override void Post(SendOrPostCallback d, object? state) => base.Post(state => Run(d, state), state);

        protected static void Run(SendOrPostCallback continuation, object? state)
        {
            try
            {
                continuation(state);
            }
            catch (Exception error)
            {
                _ = Task.FromException(error); // The await would end the process.
            }
        }
    }

    private sealed class Inline : Pooled
    {
        public static readonly new Inline Instance = new();

        /// <remarks>If it is the present context, the task has ended within <see cref="ContinueInline(Task, Action)"/>, and user code would find the wrong one.</remarks>
        public override void Post(SendOrPostCallback d, object? state)
        {
            if (!ReferenceEquals(Current, this) && RuntimeHelpers.TryEnsureSufficientExecutionStack())
                Run(d, state);
            else
                base.Post(d, state);
        }
    }
}
