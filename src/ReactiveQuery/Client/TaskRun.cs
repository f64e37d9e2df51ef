using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>One attempt of a task fetcher: calls it, and hands its outcome on when the task ends.</summary>
internal sealed class TaskRun<T> : IDisposable
{
    private readonly Task<T> _task;
    private readonly GuardedCancellation? _cancellation;
    private IObserver<T>? _observer;

    private TaskRun(Task<T> task, GuardedCancellation? cancellation, IObserver<T> observer)
    {
        _task = task;
        _cancellation = cancellation;
        _observer = observer;
    }

    public static IDisposable Start(
        Func<Task<T>> fetch, GuardedCancellation? cancellation, IObserver<T> observer, Func<string, Exception> nullResult)
    {
        Task<T> task;
        try
        {
            task = fetch() ?? throw nullResult("task");
        }
        catch (Exception error)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }

        return task.IsCompleted ? HandOn(task, observer) : Follow(task, cancellation, observer);
    }

    /// <summary>The same for a task that runs already.</summary>
    public static TaskRun<T> Follow(Task<T> task, GuardedCancellation? cancellation, IObserver<T> observer)
    {
        var run = new TaskRun<T>(task, cancellation, observer);
        task.ContinueInline(static (_, run) => ((TaskRun<T>)run!).Ended(), run);
        return run;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _observer, null) is not null)
            _cancellation?.Dispose();
    }

    /// <summary>The fetcher's own exception; for a cancelled task the one an await would throw.</summary>
    public static Exception ErrorOf(Task task)
    {
        if (task.IsFaulted && FaultedTask.OnlyErrorOf(task) is { } error) return error;
        if (task.Exception is { } aggregate)
            return aggregate.InnerExceptions.Count == 1 ? aggregate.InnerExceptions[0] : aggregate;
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException cancelled)
        {
            return cancelled;
        }

        return new TaskCanceledException(task);
    }

    private void Ended()
    {
        _ = _task.Exception; // A superseded failure is nobody's business; looked at, it is not an unobserved one either.
        if (Interlocked.Exchange(ref _observer, null) is { } observer)
            HandOn(_task, observer);
    }

    /// <summary>Hands the outcome of a task that has ended on.</summary>
    /// <returns><see cref="Disposable.Empty"/>: nothing runs any more.</returns>
    public static IDisposable HandOn(Task<T> task, IObserver<T> observer)
    {
        if (task.IsCompletedSuccessfully)
        {
            observer.OnNext(task.Result);
            observer.OnCompleted();
        }
        else
        {
            observer.OnError(ErrorOf(task));
        }

        return Disposable.Empty;
    }
}
