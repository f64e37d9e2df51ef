namespace ReactiveQuery;

/// <summary>
/// Several queries as one, for a part of the user interface that needs them all: loading until all are ready, error if any failed, ready with the data of
/// all.
/// </summary>
/// <remarks>
/// <para>
/// What comes of it is a query state like any other: <see cref="QueryStatus.Loading"/>, <see cref="QueryStatus.Error"/> with the first error, or
/// <see cref="QueryStatus.Success"/> with all data (<c>Idle</c> while one of them is disabled). The first state comes when all sources have one. Loading is shown as
/// <see cref="QueryObservable.DelayLoading{T}"/> does.
/// </para>
/// <para>The streams are cold and subscribe to their sources once for each subscriber. They complete when any source does, as queries do with their client. States come on the
/// thread of the source that changed or of the scheduler, outside every lock. Safe from any thread.</para>
/// <example>
/// <code>
/// Suspense.Of(client.Observe(UserById, 42), client.Observe(PostsOf, 42)).Subscribe(state => state.Match(…));
/// </code>
/// </example>
/// </remarks>
public static class Suspense
{
    /// <summary>One query.</summary>
    /// <typeparam name="T">Its data.</typeparam>
    /// <param name="source">Its states.</param>
    /// <param name="options">How loading is shown; null: all defaults.</param>
    /// <returns>One state for all; see the remarks of the type.</returns>
    /// <exception cref="ArgumentNullException">A source is null.</exception>
    public static IObservable<QueryState<T>> Of<T>(IObservable<QueryState<T>> source, SuspenseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new SuspenseOptions();
        var shown = options.KeepReady ? source.KeepPreviousData() : new LoadingWhileFetching<T>(source);
        return shown.DelayLoading(options.Delay, options.Minimum, options.Scheduler);
    }

    /// <summary>Two queries.</summary>
    /// <typeparam name="T1">The data of the first.</typeparam>
    /// <typeparam name="T2">The data of the second.</typeparam>
    /// <param name="first">The states of the first.</param>
    /// <param name="second">The states of the second.</param>
    /// <param name="options">How loading is shown; null: all defaults.</param>
    /// <inheritdoc cref="Of{T}(IObservable{QueryState{T}}, SuspenseOptions)"/>
    public static IObservable<QueryState<(T1 First, T2 Second)>> Of<T1, T2>(
        IObservable<QueryState<T1>> first, IObservable<QueryState<T2>> second, SuspenseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Of(Both(first, second, QueryState.Combine), options);
    }

    /// <summary>Three queries.</summary>
    /// <typeparam name="T1">The data of the first.</typeparam>
    /// <typeparam name="T2">The data of the second.</typeparam>
    /// <typeparam name="T3">The data of the third.</typeparam>
    /// <param name="first">The states of the first.</param>
    /// <param name="second">The states of the second.</param>
    /// <param name="third">The states of the third.</param>
    /// <param name="options">How loading is shown; null: all defaults.</param>
    /// <inheritdoc cref="Of{T}(IObservable{QueryState{T}}, SuspenseOptions)"/>
    /// <remarks>More of different types: combine the data of some of them first, by <c>SelectData</c> to a common type and the overload for any number.</remarks>
    public static IObservable<QueryState<(T1 First, T2 Second, T3 Third)>> Of<T1, T2, T3>(
        IObservable<QueryState<T1>> first, IObservable<QueryState<T2>> second, IObservable<QueryState<T3>> third, SuspenseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        var pair = Both(first, second, QueryState.Combine);
        return Of(Both(pair, third, (both, one) => QueryState.Combine(both, one).Select(all => (all.First.First, all.First.Second, all.Second))), options);
    }

    /// <summary>Any number of queries of one type.</summary>
    /// <typeparam name="T">The data of each.</typeparam>
    /// <param name="sources">The states of each; none: ready with an empty list, for ever.</param>
    /// <param name="options">How loading is shown; null: all defaults.</param>
    /// <returns>One state for all, with the data in the order of the sources; see the remarks of the type.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="sources"/> or one of them is null.</exception>
    /// <inheritdoc cref="Of{T}(IObservable{QueryState{T}}, SuspenseOptions)"/>
    public static IObservable<QueryState<IReadOnlyList<T>>> Of<T>(IReadOnlyCollection<IObservable<QueryState<T>>> sources, SuspenseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        foreach (var source in sources) ArgumentNullException.ThrowIfNull(source, nameof(sources));
        return Of(new CombineAll<T>([.. sources]), options);
    }

    /// <remarks>An observer that throws does so to whoever emitted, as in plain Rx; a client's streams guard their own.</remarks>
    private static CombineStates<T1, T2, TResult> Both<T1, T2, TResult>(
        IObservable<QueryState<T1>> first, IObservable<QueryState<T2>> second, Func<QueryState<T1>, QueryState<T2>, QueryState<TResult>> combine) =>
        new(first, second, combine, onObserverError: null);

    /// <summary>Without the last ready value: a state that fetches is a loading one.</summary>
    private sealed class LoadingWhileFetching<T>(IObservable<QueryState<T>> source) : IObservable<QueryState<T>>
    {
        public IDisposable Subscribe(IObserver<QueryState<T>> observer) => new Subscription(observer).Run(source);

        private sealed class Subscription(IObserver<QueryState<T>> observer) : StateSink<T, T>(observer)
        {
            protected override QueryState<T> Project(QueryState<T> state) =>
                state.IsFetching ? QueryState.Loading<T>() with { FailureCount = state.FailureCount, FailureReason = state.FailureReason } : state;
        }
    }
}
