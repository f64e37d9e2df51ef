using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <summary>How far a task of a <see cref="TaskScope"/> is.</summary>
public enum TaskHandleStatus
{
    /// <summary>It was started and has not ended; its result, if it delivers one, is not delivered yet.</summary>
    Running,

    /// <summary>It ended, and its result was delivered.</summary>
    Succeeded,

    /// <summary>It threw, or the callback that received its result did.</summary>
    Failed,

    /// <summary>It was aborted, by its handle, its scope or its registry.</summary>
    Aborted,
}

/// <summary>A task that was spawned: to look at, to wait for, to abort. Dropping the handle changes nothing.</summary>
/// <remarks>
/// <para>Safe from any thread, and from inside the task itself.</para>
/// <list type="table">
/// <listheader><term>event</term><description>behaviour</description></listheader>
/// <item><term><see cref="Abort"/></term><description>the token is cancelled and the handle is aborted at once, even if the work ignores its token; a result that comes later is dropped</description></item>
/// <item><term>the work throws</term><description><see cref="TaskHandleStatus.Failed"/>; unless somebody asked for <see cref="Completion"/> or subscribed to
/// <see cref="Ended"/> by then, reported once with <see cref="UnobservedErrorOrigin.Task"/></description></item>
/// <item><term>the work throws before <c>Spawn</c> has returned</term><description>the same, but the report goes by way of the scope's scheduler, so that the caller can look first</description></item>
/// <item><term>the work throws after it was aborted</term><description>an <see cref="OperationCanceledException"/> is what was asked for; anything else is reported</description></item>
/// <item><term>the work throws an <see cref="OperationCanceledException"/> without having been aborted</term><description>a failure like any other</description></item>
/// </list>
/// <para>When it has ended, the handle keeps nothing of the work alive.</para>
/// </remarks>
public class TaskHandle
{
    private static long s_lastId;

    private readonly object _gate = new();
    private readonly Action<Exception> _report;
    private readonly bool _continuesInline;
    private AttemptCancellation? _cancellation;
    private Action? _onEnd;
    private TaskCompletionSource? _completion;
    private TaskHandleStatus _status;
    private Exception? _error;
    private bool _isLookedAt;

    internal TaskHandle(AttemptCancellation cancellation, Action<Exception> report, bool continuesInline = false)
    {
        _cancellation = cancellation;
        _report = report;
        _continuesInline = continuesInline;
        Token = cancellation.Token;
    }

    /// <summary>A number that no other task of this process has.</summary>
    public long Id { get; } = Interlocked.Increment(ref s_lastId);

    /// <summary>How far the task is.</summary>
    public TaskHandleStatus Status
    {
        get { lock (_gate) return _status; }
    }

    /// <summary>What the task threw; null unless it failed. Reading it does not count as having looked.</summary>
    public Exception? Error
    {
        get { lock (_gate) return _error; }
    }

    /// <summary>Whether the task has ended: succeeded, failed or aborted.</summary>
    public bool IsCompleted => Status != TaskHandleStatus.Running;

    /// <summary>Whether the task has not ended.</summary>
    public bool IsRunning => Status == TaskHandleStatus.Running;

    /// <summary>The end of the task, to be awaited.</summary>
    /// <value>Completes when the task has succeeded, fails with its exception, is cancelled when it was aborted. Whoever asks for it counts as having looked. Continuations run as
    /// those of a client's awaited calls do.</value>
    public Task Completion
    {
        get
        {
            TaskCompletionSource completion;
            (TaskHandleStatus Status, Exception? Error) seen;
            lock (_gate)
            {
                _isLookedAt = true;
                completion = _completion ??= new TaskCompletionSource(_continuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
                seen = (_status, _error);
            }

            if (seen.Status != TaskHandleStatus.Running) Complete(completion, seen.Status, seen.Error);
            return completion.Task;
        }
    }

    /// <summary>The end of the task, to be composed.</summary>
    /// <value>
    /// Cold; to each subscriber one value and completion when the task has succeeded, an error when it failed, completion alone when it was aborted. Comes on the thread on
    /// which it ended, or at once. Whoever subscribes counts as having looked; disposal aborts nothing.
    /// </value>
    public IObservable<Unit> Ended => Observable.Create<Unit>(observer =>
    {
        lock (_gate) _isLookedAt = true;
        return WhenEnded(() => Tell(observer));
    });

    internal CancellationToken Token { get; }

    /// <summary>Cancels the task's token and lets go of it. When it has ended: does nothing.</summary>
    public void Abort() => TryEnd(TaskHandleStatus.Aborted, null);

    /// <summary>So that <c>await handle</c> waits for the <see cref="Completion"/>.</summary>
    /// <returns>The awaiter.</returns>
    public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => Completion.GetAwaiter();

    internal bool TrySucceed() => TryEnd(TaskHandleStatus.Succeeded, null);

    /// <summary>The work threw. One that is late is reported unless it is the cancellation that was asked for.</summary>
    /// <param name="error">What it threw.</param>
    /// <param name="later">Puts the report off until the caller of Spawn had the chance to look; null: it is made now.</param>
    internal void Fail(Exception error, Action<Action>? later = null)
    {
        if (TryEnd(TaskHandleStatus.Failed, error))
        {
            if (later is null) ReportIfNobodyLooked();
            else later(ReportIfNobodyLooked);
        }
        else if (error is not OperationCanceledException)
        {
            _report(error);
        }
    }

    /// <summary>Calls back once when the task ends; at once if it has.</summary>
    internal IDisposable WhenEnded(Action callback)
    {
        lock (_gate)
        {
            if (_status == TaskHandleStatus.Running)
            {
                _onEnd += callback;
                return Disposable.Create(() => { lock (_gate) _onEnd -= callback; });
            }
        }

        callback();
        return Disposable.Empty;
    }

    private bool TryEnd(TaskHandleStatus status, Exception? error)
    {
        Action? onEnd;
        TaskCompletionSource? completion;
        AttemptCancellation? cancellation;
        lock (_gate)
        {
            if (_status != TaskHandleStatus.Running) return false;
            (_status, _error) = (status, error);
            (onEnd, _onEnd) = (_onEnd, null);
            (cancellation, _cancellation) = (_cancellation, null);
            completion = _completion;
        }

        if (status == TaskHandleStatus.Aborted) cancellation?.Dispose();
        CallBack(onEnd);
        if (completion is not null) Complete(completion, status, error);
        return true;
    }

    private void CallBack(Action? onEnd)
    {
        if (onEnd is null) return;
        foreach (var callback in onEnd.GetInvocationList().Cast<Action>())
        {
            try
            {
                callback();
            }
            catch (Exception error)
            {
                _report(error);
            }
        }
    }

    private void ReportIfNobodyLooked()
    {
        Exception? unseen;
        lock (_gate) unseen = _isLookedAt ? null : _error;
        if (unseen is not null) _report(unseen);
    }

    private void Tell(IObserver<Unit> observer)
    {
        var (status, error) = (Status, Error);
        if (status == TaskHandleStatus.Failed)
        {
            observer.OnError(error!);
            return;
        }

        if (status == TaskHandleStatus.Succeeded) observer.OnNext(Unit.Default);
        observer.OnCompleted();
    }

    private static void Complete(TaskCompletionSource completion, TaskHandleStatus status, Exception? error)
    {
        if (status == TaskHandleStatus.Succeeded) completion.TrySetResult();
        else if (status == TaskHandleStatus.Aborted) completion.TrySetCanceled();
        else if (completion.TrySetException(error!)) _ = completion.Task.Exception; // Looked at here: it never comes round as an unobserved one.
    }
}
