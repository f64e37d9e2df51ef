namespace ReactiveQuery;

/// <summary>Infinite queries driven by a stream of parameters.</summary>
/// <remarks>Safe from any thread, like the client.</remarks>
public static class ParameterizedInfiniteQueries
{
    /// <summary>The states of an infinite query for the latest parameters; see <c>ObserveQuery</c>, which this is.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="TCursor">The cursors.</typeparam>
    /// <typeparam name="TPage">The pages.</typeparam>
    /// <param name="parameters">The parameters over time. Null disables: an idle state, nothing is fetched, and triggers for pages do nothing.</param>
    /// <param name="client">The client that holds the cache.</param>
    /// <param name="definition">Which query.</param>
    /// <param name="configure">
    /// Changes the options for this observer, such as <see cref="QueryOptions{T}.FetchNextPageOn"/>, which then fetches the next page of the latest parameters.
    /// Null: the definition's hold. Called once for each new key.
    /// </param>
    /// <returns>Cold; never ends with an error; completes when the client is disposed. A new parameter leaves the old key at once, and a page on its way there is abandoned.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IObservable<QueryState<InfiniteData<TCursor, TPage>>> ObserveInfinite<TParams, TCursor, TPage>(
        this IObservable<TParams?> parameters,
        QueryClient client,
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure = null)
        where TParams : notnull =>
        parameters.ObserveQuery<TParams, InfiniteData<TCursor, TPage>>(client, definition, configure);

    /// <inheritdoc cref="ObserveInfinite{TParams, TCursor, TPage}(IObservable{TParams}, QueryClient, InfiniteQueryDefinition{TParams, TCursor, TPage}, Func{QueryOptions{InfiniteData{TCursor, TPage}}, QueryOptions{InfiniteData{TCursor, TPage}}}?)"/>
    public static IObservable<QueryState<InfiniteData<TCursor, TPage>>> ObserveInfinite<TParams, TCursor, TPage>(
        this IObservable<TParams?> parameters,
        QueryClient client,
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure = null)
        where TParams : struct =>
        parameters.ObserveQuery<TParams, InfiniteData<TCursor, TPage>>(client, definition, configure);
}
