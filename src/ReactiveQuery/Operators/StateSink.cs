using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>A sink that turns each state into another and does not deliver one that is equal to the last.</summary>
internal abstract class StateSink<TSource, TResult>(IObserver<QueryState<TResult>> observer) : Sink<QueryState<TResult>>(observer), IObserver<QueryState<TSource>>
{
    private SingleAssignmentDisposableValue _upstream;
    private QueryState<TResult>? _last;

    internal IDisposable Run(IObservable<QueryState<TSource>> source)
    {
        SubscribeTo(source, this, ref _upstream);
        return this;
    }

    /// <summary>The state last delivered.</summary>
    protected QueryState<TResult>? Last => _last;

    /// <summary>
    /// What is shown for a state; <see cref="Last"/> itself if it would be equal to it. Must not throw: what user code throws becomes part of the state.
    /// </summary>
    protected abstract QueryState<TResult> Project(QueryState<TSource> state);

    public void OnNext(QueryState<TSource> value)
    {
        if (IsStopped) return;
        QueryState<TResult> next = Project(value);
        if (ReferenceEquals(next, _last) || IsRepeated(next, _last)) return;
        _last = next;
        ForwardNext(next);
    }

    public void OnError(Exception error) => ForwardError(error);

    public void OnCompleted() => ForwardCompleted();

    protected override void Release()
    {
        _upstream.Dispose();
        _last = null;
    }

    /// <remarks>Data that is a value type brings its own equality, which may throw; then the state counts as a new one.</remarks>
    public static bool IsRepeated(QueryState<TResult> next, QueryState<TResult>? last)
    {
        try
        {
            return next.Equals(last);
        }
        catch (Exception)
        {
            return false;
        }
    }
}
