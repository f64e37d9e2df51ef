namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Projects the data of each state and keeps everything else: a view of a part of the data, which emits only when that part changes.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <typeparam name="TResult">The type of the projected data.</typeparam>
    /// <param name="source">The states of a query.</param>
    /// <param name="selector">Called with data, placeholders included, only when it is another reference (value types: another value) than before; on the thread that delivers the state. Must depend on
    /// the data alone: of several observers of a query who hand over one and the same function, it may be called for one and serve for all.</param>
    /// <param name="comparer">Says whether a new result is equal to the one before, whose reference is then kept; <see langword="null"/> for the default of the type.</param>
    /// <returns>A stream as hot or cold as <paramref name="source"/>, with its error and completion. A state equal to the last one delivered is not delivered again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="selector"/> is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>A selector or comparer that throws gives a state with <see cref="QueryStatus.Error"/>, the thrown exception and no data, whatever runs meanwhile; the
    /// next data is projected as ever. Unlike in Rx's <c>Select</c>, the stream goes on.</remarks>
    public static IObservable<QueryState<TResult>> SelectData<T, TResult>(
        this IObservable<QueryState<T>> source, Func<T, TResult> selector, IEqualityComparer<TResult>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        return new SelectData<T, TResult>(source, selector, comparer ?? EqualityComparer<TResult>.Default);
    }
}

internal sealed class SelectData<T, TResult>(IObservable<QueryState<T>> source, Func<T, TResult> selector, IEqualityComparer<TResult> comparer)
    : IObservable<QueryState<TResult>>
{
    public IDisposable Subscribe(IObserver<QueryState<TResult>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var selection = new Selection<T, TResult>(selector, comparer);
        return source is QuerySource<T> query
            ? query.Subscribe(new SelectingMount<T, TResult>(query.Request, selection, observer))
            : new Subscription(observer, selection).Run(source);
    }

    private sealed class Subscription(IObserver<QueryState<TResult>> observer, Selection<T, TResult> selection) : StateSink<T, TResult>(observer)
    {
        private Selection<T, TResult> _selection = selection;
        private QueryState<T>? _seen;

        protected override QueryState<TResult> Project(QueryState<T> state)
        {
            var before = _seen;
            _seen = state;
            var memo = new SelectionMemo();
            return _selection.Next(state, before, ref memo) ?? Last!;
        }

        protected override void Release()
        {
            base.Release();
            _selection.LetGo();
            _seen = null;
        }
    }
}
