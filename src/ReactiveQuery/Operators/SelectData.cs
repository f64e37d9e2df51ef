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
        private bool _hasInput;
        private T? _input;
        private bool _hasResult;
        private TResult? _result;
        private Exception? _error;

        protected override QueryState<TResult> Project(QueryState<T> state)
        {
            if (state.HasData) Remember(state.Data!);
            else Forget();
            if (_error is not null) return Failed(state, _error);
            // Most selections are unchanged by most states, and there may be a thousand of them: those make no state.
            return Last is { } last && !typeof(TResult).IsValueType && ReferenceEquals(last.Data, _result) && last.IsSameBut(state) ? last : state.WithData(_result);
        }

        protected override void Release()
        {
            base.Release();
            _selector = null; // It may capture a view-model, and the subscription may be held for longer than it.
        }

        private void Remember(T data)
        {
            if (_selector is not { } select) return;
            try
            {
                if (_hasInput && QueryState<T>.IsSameData(_input, data)) return;
                (_input, _hasInput) = (data, true);
                TResult result = select(data);
                if (!_hasResult || !(IsSame(_result, result) || comparer.Equals(_result!, result))) (_result, _hasResult) = (result, true);
                _error = null;
            }
            catch (Exception error)
            {
                _error = error;
            }
        }

        /// <summary>One object is equal to itself, whatever the comparer; asking it is a fifth of W14.</summary>
        private static bool IsSame(TResult? left, TResult right) => !typeof(TResult).IsValueType && ReferenceEquals(left, right);

        private void Forget()
        {
            (_input, _hasInput) = (default, false);
            (_result, _hasResult) = (default, false);
            _error = null;
        }

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
