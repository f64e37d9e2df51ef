using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <content>Spawning.</content>
public sealed partial class TaskScope
{
    /// <summary>Starts work that ends with the scope.</summary>
    /// <param name="work">
    /// Called now, on the caller's thread unless <see cref="TaskScopeOptions.StartOn"/> says otherwise; its token is cancelled when the task is aborted or the scope unmounted. Cancellation
    /// is cooperative: nothing stops code that does not look at it.
    /// </param>
    /// <returns>The task's handle; dropping it changes nothing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> is null.</exception>
    /// <remarks>What <paramref name="work"/> throws, a null task too, makes the task fail; it is never thrown here. See <see cref="TaskHandle"/> for who hears of it.</remarks>
    public TaskHandle Spawn(Func<CancellationToken, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var handle = NewHandle();
        Start(handle, work, _ => handle.TrySucceed());
        return handle;
    }

    /// <summary>Starts work that ends with the scope and delivers a result.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">As for work without a result.</param>
    /// <param name="onResult">
    /// Receives the result on <see cref="TaskScopeOptions.Ui"/>, never after the task was aborted or the scope unmounted. What it throws makes the task fail.
    /// </param>
    /// <returns>The task's handle; it has succeeded when <paramref name="onResult"/> has returned.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> or <paramref name="onResult"/> is null.</exception>
    /// <inheritdoc cref="Spawn(Func{CancellationToken, Task})" path="/remarks"/>
    public TaskHandle Spawn<T>(Func<CancellationToken, Task<T>> work, Action<T> onResult)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(onResult);
        var handle = NewHandle();
        var delivery = new ResultDelivery<T>(handle, onResult);
        Start(handle, work, ended => RunOn(Options.Ui, handle, () => delivery.Deliver(((Task<T>)ended).Result)));
        return handle;
    }

    /// <summary>A handle that belongs to the scope; ended from the beginning if the scope is unmounted.</summary>
    internal TaskHandle NewHandle()
    {
        // The handle may outlive the scope in work that ignores its token: it is given the way to the hook, and nothing else of the scope.
        var handle = new TaskHandle(
            new AttemptCancellation(_errors.To(UnobservedErrorOrigin.Cancellation)), _errors.To(UnobservedErrorOrigin.Task), Options.ContinuesInline);
        handle.WhenEnded(() => Forget(handle));
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _tasks.Add(handle);
                return handle;
            }
        }

        handle.Abort();
        return handle;
    }

    /// <summary>Has code of a task run elsewhere, in the scope; null: here. A scheduler that refuses work (a dispatcher that has shut down) ends the task; nothing escapes.</summary>
    internal void RunOn(IScheduler? scheduler, TaskHandle handle, Action code)
    {
        if (handle.IsCompleted) return;
        if (scheduler is null)
        {
            Run(code);
            return;
        }

        try
        {
            var item = scheduler.Schedule((Scope: this, code), static (_, work) => { work.Scope.Run(work.code); return Disposable.Empty; });
            handle.WhenEnded(item.Dispose); // A scheduler that nobody drives any more holds nothing of a scope that was unmounted.
        }
        catch (Exception error)
        {
            _errors.Report(error, UnobservedErrorOrigin.Scheduler);
            handle.Abort();
        }
    }

    internal UnobservedErrors Errors => _errors;

    private void Start(TaskHandle handle, Func<CancellationToken, Task> work, Action<Task> onSuccess)
    {
        var call = new TaskWork(handle, onSuccess, Options.Scheduler);
        RunOn(Options.StartOn, handle, () =>
        {
            if (handle.IsRunning) call.Call(work);
        });
        call.HasSpawned();
    }

    private void Forget(TaskHandle handle)
    {
        lock (_gate) _tasks.Remove(handle);
    }

    /// <summary>The last step of a task with a result. Holds the callback until the handle has ended, wherever the work item lies.</summary>
    private sealed class ResultDelivery<T>
    {
        private readonly TaskHandle _handle;
        private Action<T>? _onResult;

        public ResultDelivery(TaskHandle handle, Action<T> onResult)
        {
            _handle = handle;
            _onResult = onResult;
            handle.WhenEnded(() => _onResult = null);
        }

        public void Deliver(T result)
        {
            if (_onResult is not { } onResult) return;
            try
            {
                onResult(result);
            }
            catch (Exception error)
            {
                _handle.Fail(error);
                return;
            }

            _handle.TrySucceed();
        }
    }
}
