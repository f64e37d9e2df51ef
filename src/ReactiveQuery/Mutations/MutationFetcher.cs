using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>One attempt of a write, whatever the form of the user's function: at most one value, then the end, or an error.</summary>
internal abstract class MutationFetcher<TArgs, T>(string name)
{
    public abstract IDisposable Run(TArgs args, Action<Exception> reportCancellation, IObserver<T> observer);

    protected InvalidOperationException NullResult(string what) => new($"The fetcher of mutation '{name}' returned a null {what}.");
}

/// <param name="name">The mutation's.</param>
/// <param name="fetch">The user's function, whether or not it takes a token.</param>
/// <param name="takesToken">Whether it does; where not, none is made.</param>
internal sealed class MutationTaskFetcher<TArgs, T>(string name, Func<TArgs, CancellationToken, Task<T>> fetch, bool takesToken) : MutationFetcher<TArgs, T>(name)
{
    public bool TakesToken => takesToken;

    /// <summary>Calls the function: what it throws, or that it returned null, is thrown here.</summary>
    public Task<T> Call(TArgs args, CancellationToken token) => fetch(args, token) ?? throw NullResult("task");

    public override IDisposable Run(TArgs args, Action<Exception> reportCancellation, IObserver<T> observer)
    {
        var cancellation = takesToken ? new AttemptCancellation(reportCancellation) : null;
        return TaskRun<T>.Start(() => Call(args, cancellation?.Token ?? default), cancellation, observer, NullResult);
    }
}

internal sealed class MutationObservableFetcher<TArgs, T>(string name, Func<TArgs, IObservable<T>> fetch) : MutationFetcher<TArgs, T>(name)
{
    public override IDisposable Run(TArgs args, Action<Exception> reportCancellation, IObserver<T> observer)
    {
        try
        {
            var source = fetch(args) ?? throw NullResult("observable");
            var subscription = source.Subscribe(new LastValue(observer));
            return new GuardedDisposable(subscription, reportCancellation);
        }
        catch (Exception error)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }
    }

    /// <summary>Rx's <c>TakeLast(1)</c> without its scheduler: the value comes with the end, on the thread of the end.</summary>
    private sealed class LastValue(IObserver<T> observer) : IObserver<T>
    {
        private T? _last;
        private bool _hasValue;

        public void OnNext(T value)
        {
            _last = value;
            _hasValue = true;
        }

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted()
        {
            if (_hasValue)
                observer.OnNext(_last!);
            observer.OnCompleted();
        }
    }
}

/// <summary>A task without a result as one with <see cref="Unit"/>, ended inline on the thread that ended the task.</summary>
internal static class UnitTask
{
    public static Task<Unit> Of(Task? task)
    {
        if (task is null) return null!; // The fetcher's failure, which TaskRun names.
        if (task.IsCompletedSuccessfully) return Task.FromResult(Unit.Default);
        var unit = new TaskCompletionSource<Unit>();
        task.ContinueInline(static (ended, unit) => End((TaskCompletionSource<Unit>)unit!, ended), unit);
        return unit.Task;
    }

    private static void End(TaskCompletionSource<Unit> unit, Task ended)
    {
        if (ended.IsCompletedSuccessfully)
            unit.SetResult(Unit.Default);
        else
            unit.SetException(TaskRun<Unit>.ErrorOf(ended));
    }
}
