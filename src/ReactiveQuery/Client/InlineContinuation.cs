using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>
/// What follows the end of a task, within the call that ends it: whoever completes a task finds that what it brought is there, virtual time is deterministic, and real time is saved a hop. What
/// awaits a task hops to the pool where the completing thread has a <see cref="SynchronizationContext"/>.
/// </summary>
internal static class InlineContinuation
{
    /// <summary>In its turn among all that follow the task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="continuation">Called with the task and <paramref name="state"/>; what it throws becomes the unobserved exception of a task.</param>
    /// <param name="state">Whom it is for.</param>
    public static void ContinueInline(this Task task, Action<Task, object?> continuation, object state) =>
        task.ContinueWith(continuation, state, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>The same at a lower price, for real time (W8b in <c>benchmarks/WORKLOADS.md</c>).</summary>
    /// <param name="task">One that has not ended, as far as is known; if it has, the continuation goes to the pool.</param>
    /// <param name="continuation">What follows.</param>
    /// <remarks>
    /// ContinueWith makes a task of its own, and a box for the execution context where that is not the empty one, as in any program that sets a culture. Here the task is awaited under a context that the runtime hands the continuation on the completing thread,
    /// and that runs it at once. To the runtime it is an await all the same, and it lets only the first await of a task go on inline, after the others were sent to their contexts or to the
    /// pool. So those who follow one task this way do so in another order than they came in, and user code that awaits the task as well goes on in the pool. In virtual time this would be a race.
    /// </remarks>
    public static void ContinueInlineUnordered(this Task task, Action continuation)
    {
        if ((task.CreationOptions & TaskCreationOptions.RunContinuationsAsynchronously) != 0)
        {
            task.ContinueInline(static (_, continuation) => ((Action)continuation!)(), continuation); // The context would not be told.
            return;
        }

        var surroundings = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Context.Instance);
        try
        {
            task.GetAwaiter().OnCompleted(continuation);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(surroundings);
        }
    }

    private sealed class Context : SynchronizationContext
    {
        public static readonly Context Instance = new();

        /// <remarks>If it is the present one, the task has ended within <see cref="ContinueInlineUnordered"/>, and user code would find the wrong one.</remarks>
        public override void Post(SendOrPostCallback d, object? state)
        {
            if (!ReferenceEquals(Current, this) && RuntimeHelpers.TryEnsureSufficientExecutionStack())
                Run(d, state);
            else
                base.Post(state => Run(d, state), state);
        }

        private static void Run(SendOrPostCallback continuation, object? state)
        {
            try
            {
                continuation(state);
            }
            catch (Exception error)
            {
                _ = Task.FromException(error); // As with ContinueWith; the await would end the process.
            }
        }
    }
}
