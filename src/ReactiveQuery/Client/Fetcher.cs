using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>A user's fetcher, whatever its form: one call for each attempt, its outcome handed to an observer.</summary>
/// <remarks>
/// <see cref="Run"/> never throws: what user code throws, before or after it returned, goes to <c>OnError</c>. Disposing what it returns cancels
/// the attempt; what still arrives afterwards is dropped.
/// </remarks>
internal abstract class Fetcher<TParams, T>(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether there may be many values, so that the query streams.</summary>
    public virtual bool IsLive => false;

    /// <summary>What becomes of a fetch that nobody waits for, unless an option says so.</summary>
    public virtual WhenUnobserved WhenUnobserved => WhenUnobserved.Cancel;

    public abstract IDisposable Run(TParams parameters, in Attempt attempt, IObserver<T> observer);

    /// <summary>The same where the fetcher gives a task, which is left to the caller; null where it gives anything else, and nothing was done.</summary>
    /// <param name="parameters">What to fetch.</param>
    /// <param name="attempt">What the fetcher may ask about.</param>
    /// <param name="source">Cancels what runs; null when nothing can.</param>
    public virtual Task<T>? TryCall(TParams parameters, in Attempt attempt, out CancellationTokenSource? source)
    {
        source = null;
        return null;
    }

    protected InvalidOperationException NullResult(string what) => new($"The fetcher of query '{Name}' returned a null {what}.");
}

/// <summary>What an attempt knows of the fetch it belongs to.</summary>
internal readonly record struct Attempt(QueryClient Client, QueryKey Key, object? Meta, int Number, Interest? Interest)
{
    public QueryContext Context(CancellationToken token) => new(Client, Key, Meta, Number, token);

    public void ReportCancellation(Exception error) => Client.Errors.Report(error, UnobservedErrorOrigin.Cancellation, Key);
}

/// <summary>A fetcher that gives one task for each attempt.</summary>
internal abstract class TaskFetcherBase<TParams, T>(string name) : Fetcher<TParams, T>(name)
{
    public sealed override IDisposable Run(TParams parameters, in Attempt attempt, IObserver<T> observer)
    {
        Task<T> task;
        CancellationTokenSource? source;
        try
        {
            task = TryCall(parameters, attempt, out source);
        }
        catch (Exception error)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }

        if (task.IsCompleted) return TaskRun<T>.HandOn(task, observer); // Nothing is left to be cancelled.
        return TaskRun<T>.Follow(task, source is null ? null : new FetchCancellation(attempt.Client, attempt.Key, source), observer);
    }

    public sealed override Task<T> TryCall(TParams parameters, in Attempt attempt, out CancellationTokenSource? source)
    {
        source = IsCancellable ? new CancellationTokenSource() : null;
        return Call(parameters, attempt, source?.Token ?? CancellationToken.None) ?? throw NullResult("task");
    }

    protected virtual bool IsCancellable => true;

    protected abstract Task<T>? Call(TParams parameters, in Attempt attempt, CancellationToken token);
}

internal sealed class TaskFetcher<TParams, T>(string name, Func<TParams, CancellationToken, Task<T>> fetch) : TaskFetcherBase<TParams, T>(name)
{
    protected override Task<T>? Call(TParams parameters, in Attempt attempt, CancellationToken token) => fetch(parameters, token);
}

internal sealed class ContextFetcher<TParams, T>(string name, Func<TParams, QueryContext, Task<T>> fetch) : TaskFetcherBase<TParams, T>(name)
{
    protected override Task<T>? Call(TParams parameters, in Attempt attempt, CancellationToken token) => fetch(parameters, attempt.Context(token));
}

internal sealed class TokenlessFetcher<TParams, T>(string name, Func<TParams, Task<T>> fetch) : TaskFetcherBase<TParams, T>(name)
{
    public override WhenUnobserved WhenUnobserved => WhenUnobserved.Complete;

    protected override bool IsCancellable => false;

    protected override Task<T>? Call(TParams parameters, in Attempt attempt, CancellationToken token) => fetch(parameters);
}

internal sealed class ObservableFetcher<TParams, T>(string name, Func<TParams, IObservable<T>> fetch) : Fetcher<TParams, T>(name)
{
    public override bool IsLive => true;

    public override IDisposable Run(TParams parameters, in Attempt attempt, IObserver<T> observer)
    {
        try
        {
            return fetch(parameters) is { } source
                ? new GuardedDisposable(source.Subscribe(observer), attempt.ReportCancellation)
                : throw NullResult("observable");
        }
        catch (Exception error)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }
    }
}

internal sealed class SequenceFetcher<TParams, T>(string name, Func<TParams, CancellationToken, IAsyncEnumerable<T>> fetch) : Fetcher<TParams, T>(name)
{
    public override bool IsLive => true;

    public override IDisposable Run(TParams parameters, in Attempt attempt, IObserver<T> observer)
    {
        var cancellation = new FetchCancellation(attempt.Client, attempt.Key, new CancellationTokenSource());
        try
        {
            var sequence = fetch(parameters, cancellation.Token) ?? throw NullResult("sequence");
            return SequenceRun<T>.Start(sequence, cancellation, observer, attempt);
        }
        catch (Exception error)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }
    }
}
