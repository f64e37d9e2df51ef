using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>One call of spawned work: calls it, and settles its handle when the task ends.</summary>
/// <param name="handle">The handle; when it has ended, nothing of the user's is kept here, though the work may go on for long.</param>
/// <param name="onSuccess">Receives the task when it has succeeded.</param>
/// <param name="clock">Puts off the report of what fails before the caller has the handle.</param>
internal sealed class TaskWork(TaskHandle handle, Action<Task> onSuccess, IScheduler clock)
{
    private Action<Task>? _onSuccess = onSuccess;
    private volatile bool _isSpawning = true;

    /// <summary>Spawn returns now: from here on the caller has the handle.</summary>
    public void HasSpawned() => _isSpawning = false;

    public void Call(Func<CancellationToken, Task> work)
    {
        handle.WhenEnded(() => _onSuccess = null);
        Task task;
        try
        {
            task = work(handle.Token) ?? throw new InvalidOperationException("Spawned work returned a null task.");
        }
        catch (Exception error)
        {
            Fail(error);
            return;
        }

        if (task.IsCompleted) End(task);
        else task.ContinueInline(static (ended, call) => ((TaskWork)call!).End(ended), this);
    }

    private void End(Task task)
    {
        if (task.IsCompletedSuccessfully) _onSuccess?.Invoke(task);
        else Fail(TaskRun<object>.ErrorOf(task));
    }

    private void Fail(Exception error) => handle.Fail(error, _isSpawning ? Later : null);

    private void Later(Action report) => clock.Schedule(report, static (_, act) => { act(); return Disposable.Empty; });
}
