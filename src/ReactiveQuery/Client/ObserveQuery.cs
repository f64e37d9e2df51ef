namespace ReactiveQuery;

/// <summary>Queries driven by a stream of parameters.</summary>
/// <remarks>Safe from any thread, like the client.</remarks>
public static class ParameterizedQueries
{
    /// <summary>The states of the query for the latest parameters: a search box, a selection, <c>WhenAnyValue</c>.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="parameters">The parameters over time. Null disables: an idle state, and nothing is fetched.</param>
    /// <param name="client">The client that holds the cache.</param>
    /// <param name="definition">Which query.</param>
    /// <param name="configure">Changes the options for this observer; null: the definition's hold. Called once, now.</param>
    /// <returns>
    /// Cold. A new parameter leaves the old key at once: its result or error never appears any more, and no idle, failed or emptied state flashes between.
    /// Parameters with equal keys change nothing. With <see cref="QueryOptions.KeepPreviousData"/> the old data stays as a placeholder while the new key loads.
    /// Never ends with an error: a parameter source that fails, a key function that throws, and a key in use with another data type give an error state.
    /// A parameter source that completes leaves the last key alive; the stream completes when the client is disposed.
    /// </returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    /// <remarks>
    /// Each key is observed by the defaults of its own prefixes (<see cref="QueryClient.SetDefaults"/>). The exception is <see cref="QueryOptions.DispatchOn"/>: a
    /// stream is delivered at one place, so that it is taken once, from the levels that hold for the definition's name.
    /// </remarks>
    public static IObservable<QueryState<T>> ObserveQuery<TParams, T>(
        this IObservable<TParams?> parameters,
        QueryClient client,
        QueryDefinition<TParams, T> definition,
        Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(definition);
        return Follow<TParams, TParams, T>(client, definition, configure, parameters, static given => given!);
    }

    /// <inheritdoc cref="ObserveQuery{TParams, T}(IObservable{TParams}, QueryClient, QueryDefinition{TParams, T}, Func{QueryOptions{T}, QueryOptions{T}}?)"/>
    public static IObservable<QueryState<T>> ObserveQuery<TParams, T>(
        this IObservable<TParams?> parameters,
        QueryClient client,
        QueryDefinition<TParams, T> definition,
        Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : struct
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(definition);
        return Follow(client, definition, configure, parameters, given => given!.Value);
    }

    /// <summary>
    /// Two queries driven by one parameter that switch together: never the first one's data for the new parameter beside the second one's for the old.
    /// </summary>
    /// <typeparam name="TParams">The parameters of both.</typeparam>
    /// <typeparam name="T1">The data of the first.</typeparam>
    /// <typeparam name="T2">The data of the second.</typeparam>
    /// <param name="parameters">The parameters over time.</param>
    /// <param name="client">The client that holds the cache.</param>
    /// <param name="first">A query.</param>
    /// <param name="second">Another query.</param>
    /// <returns>The combined state, as <see cref="QueryState.Combine{T1, T2}"/> makes it; else as <c>ObserveQuery</c>.</returns>
    /// <remarks>
    /// <see cref="QueryOptions.KeepPreviousData"/> does not apply: one query's previous data beside the other's new is what this stream is there to prevent.
    /// <see cref="QueryObservable.KeepPreviousData{T}"/> behind it keeps the previous pair as a whole.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IObservable<QueryState<(T1 First, T2 Second)>> ObserveQueries<TParams, T1, T2>(
        this IObservable<TParams> parameters, QueryClient client, QueryDefinition<TParams, T1> first, QueryDefinition<TParams, T2> second)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var states = Follow<TParams, (QueryKey, QueryKey), QueryState<(T1 First, T2 Second)>>(
            client,
            parameters,
            given => (first.KeyOf(given), second.KeyOf(given)),
            (parent, given, _) => new StreamFollower<QueryState<(T1 First, T2 Second)>>(parent, new CombineStates<T1, T2, (T1 First, T2 Second)>(
                client.Observe(first, given), client.Observe(second, given), QueryState.Combine, client.ReportObserver)),
            QueryState.Error<(T1 First, T2 Second)>,
            () => new DistinctView<QueryState<(T1 First, T2 Second)>>(EqualityComparer<QueryState<(T1 First, T2 Second)>>.Default, client.Report));
        return new Guarded<QueryState<(T1 First, T2 Second)>>(states, client.ReportObserver);
    }

    private static IObservable<QueryState<T>> Follow<TParams, TGiven, T>(
        QueryClient client,
        QueryDefinition<TParams, T> definition,
        Func<QueryOptions<T>, QueryOptions<T>>? configure,
        IObservable<TGiven?> parameters,
        Func<TGiven?, TParams> toParams)
        where TParams : notnull
    {
        var own = configure is null ? null : definition.Configured(configure);
        var asked = new RecentlyAsked<TParams, T>(client, definition, own);
        var view = Follow<TGiven?, Keyed<T>?, QueryState<T>>(
            client,
            parameters,
            given => given is null ? null : asked.For(toParams(given)),
            (parent, _, key) => key is null ? new StreamFollower<QueryState<T>>(parent, client.Disabled<T>()) : new KeyedMount<T>(parent, key),
            QueryState.Error<T>,
            () => new AcrossKeys<T>(client.Errors.Report));
        var dispatched = client.Dispatched(view, client.Merge(definition, definition.Root, own), definition.Root);
        return dispatched == view ? view : new Guarded<QueryState<T>>(dispatched, client.ReportObserver); // Without a dispatch the switch reports what the observer throws.
    }

    /// <remarks>Each subscription has a key of its own that it follows. Rx's <c>Defer</c> would make it so, too, and pass every value on through two observers more (W11b in
    /// <c>benchmarks/WORKLOADS.md</c>).</remarks>
    private static Deferred<TShown> Follow<TGiven, TKey, TShown>(
        QueryClient client,
        IObservable<TGiven> parameters,
        Func<TGiven, TKey> keyOf,
        Func<Switch<TShown>, TGiven, TKey, IFollower<TShown>> observe,
        Func<Exception, TShown> fromError,
        Func<SwitchView<TShown>> view) => new(() =>
        {
            var current = default(TKey);
            var isFollowing = false;
            return new SwitchLatest<TGiven, TShown>(
                parameters,
                (parent, given) =>
                {
                    var key = keyOf(given);
                    if (isFollowing && EqualityComparer<TKey>.Default.Equals(key, current)) return null;
                    (isFollowing, current) = (true, key);
                    return observe(parent, given, key);
                },
                error =>
                {
                    isFollowing = false;
                    return fromError(error);
                },
                client.Report,
                client.Lifetime,
                view);
        });

    private sealed class Deferred<T>(Func<IObservable<T>> make) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer) => make().Subscribe(observer);
    }
}
