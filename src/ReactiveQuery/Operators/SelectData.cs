namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Projects the data of each state and keeps everything else: a view of a part of the data, which emits only when that part changes.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <typeparam name="TResult">The type of the projected data.</typeparam>
    /// <param name="source">The states of a query.</param>
    /// <param name="selector">Called with data, placeholders included, only when it is another reference (value types: another value) than before; on the thread that delivers the state.</param>
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
        return new Subscription(observer, selector, comparer).Run(source);
    }

    private sealed class Subscription(IObserver<QueryState<TResult>> observer, Func<T, TResult> selector, IEqualityComparer<TResult> comparer)
        : StateSink<T, TResult>(observer)
    {
        private Func<T, TResult>? _selector = selector;
        private QueryState<T>? _seen; // Not its data alone: the state also tells what else has changed, and is the same one for all who select from a query.
        private bool _hasResult;
        private TResult? _result;
        private Exception? _error;

        /// <remarks>
        /// Most selections are unchanged by most states, and there may be a thousand of them: those make no state, nor do they look at the one they made before
        /// (W14 in <c>benchmarks/WORKLOADS.md</c>).
        /// </remarks>
        protected override QueryState<TResult> Project(QueryState<T> state)
        {
            QueryState<T>? before = _seen;
            _seen = state;
            var hadError = _error is not null;
            var isSameResult = KeepsResult(before, state);
            if (_error is not null) return Failed(state, _error);
            return isSameResult && !hadError && !typeof(TResult).IsValueType && before!.IsSameBut(state) && Last is { } last ? last : state.WithData(_result);
        }

        protected override void Release()
        {
            base.Release();
            _selector = null; // It may capture a view-model, and the subscription may be held for longer than it.
            _seen = null;
        }

        private bool KeepsResult(QueryState<T>? before, QueryState<T> state)
        {
            if (!state.HasData)
            {
                (_result, _hasResult) = (default, false);
                _error = null;
                return false;
            }

            return (!typeof(T).IsValueType && before is { HasData: true } && ReferenceEquals(before.Data, state.Data)) || KeepsResultOf(before, state.Data!);
        }

        /// <summary>All that runs user code.</summary>
        private bool KeepsResultOf(QueryState<T>? before, T data)
        {
            if (_selector is not { } select) return false;
            try
            {
                if (typeof(T).IsValueType && before is { HasData: true } && QueryState<T>.IsSameData(before.Data, data)) return true;
                TResult result = select(data);
                var isSame = _hasResult && (IsSame(_result, result) || comparer.Equals(_result!, result));
                if (!isSame) (_result, _hasResult) = (result, true);
                _error = null;
                return isSame;
            }
            catch (Exception error)
            {
                _error = error;
                return false;
            }
        }

        /// <summary>One object is equal to itself, whatever the comparer; asking it is a fifth of W14.</summary>
        private static bool IsSame(TResult? left, TResult right) => !typeof(TResult).IsValueType && ReferenceEquals(left, right);

        private static QueryState<TResult> Failed(QueryState<T> state, Exception error) => state.WithData<TResult>(default) with
        {
            Status = QueryStatus.Error,
            Error = error,
            HasData = false,
            DataUpdatedAt = null,
            IsStale = false,
            IsPlaceholder = false,
            IsOptimistic = false,
        };
    }
}
