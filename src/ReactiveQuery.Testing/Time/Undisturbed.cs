namespace ReactiveQuery.Testing;

/// <summary>
/// Runs code where tasks continue inline: the runtime hands the continuation of an <c>await</c> to the thread pool when the completing thread has a
/// synchronization context or a task scheduler of its own, and test frameworks install both.
/// </summary>
internal static class Undisturbed
{
    public static void Run(Action action)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            if (TaskScheduler.Current == TaskScheduler.Default) action();
            else RunOnDefaultScheduler(action);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    // RunSynchronously stays on this thread: only what TaskScheduler.Current says changes.
    private static void RunOnDefaultScheduler(Action action)
    {
        var task = new Task(action);
        task.RunSynchronously(TaskScheduler.Default);
        task.GetAwaiter().GetResult();
    }
}
