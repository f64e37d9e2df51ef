namespace ReactiveQuery;

/// <summary>Somebody who hears of the end of a task, on the thread that brings it.</summary>
/// <remarks>
/// <para>ContinueWith, not await: it runs inline on the completing thread whatever its <see cref="SynchronizationContext"/>, which is what makes virtual time deterministic and saves real time
/// a hop.</para>
/// <para>Not generic, nor is the continuation: what is shared by all types finds out its own each time it is asked (W8 in <c>benchmarks/WORKLOADS.md</c>).</para>
/// </remarks>
internal abstract class TaskFollower
{
    private static readonly Action<Task, object?> TellEnded = static (_, follower) => ((TaskFollower)follower!).Ended();

    /// <summary>The task has ended.</summary>
    protected abstract void Ended();

    /// <summary>Begins; called once.</summary>
    public void Follow(Task task) =>
        task.ContinueWith(TellEnded, this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
