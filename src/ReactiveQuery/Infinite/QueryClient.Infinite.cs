using System.Reactive;

namespace ReactiveQuery;

/// <content>Infinite queries: the stream, and the pages one by one. All other calls take an infinite query like any other.</content>
public sealed partial class QueryClient
{
    /// <summary>The states of an infinite query: all its pages as one data.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="TCursor">The cursors.</typeparam>
    /// <typeparam name="TPage">The pages.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="configure">Changes the options for this observer, such as <see cref="QueryOptions{T}.FetchNextPageOn"/>. Null: the definition's hold. Called once, now.</param>
    /// <returns>
    /// What <see cref="Observe{TParams, T}"/> returns; all observers share the pages, whoever fetched them. While a page is fetched the state says so by
    /// <see cref="QueryState{T}.IsFetchingNextPage"/> or <see cref="QueryState{T}.IsFetchingPreviousPage"/>.
    /// </returns>
    /// <inheritdoc cref="Observe{TParams, T}(QueryDefinition{TParams, T}, TParams, Func{QueryOptions{T}, QueryOptions{T}}?)" path="/exception"/>
    public IObservable<QueryState<InfiniteData<TCursor, TPage>>> ObserveInfinite<TParams, TCursor, TPage>(
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition,
        TParams parameters,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure = null)
        where TParams : notnull =>
        Observe(definition, parameters, configure);

    /// <summary>The states of an infinite query without parameters.</summary>
    /// <inheritdoc cref="ObserveInfinite{TParams, TCursor, TPage}"/>
    public IObservable<QueryState<InfiniteData<TCursor, TPage>>> ObserveInfinite<TCursor, TPage>(
        InfiniteQueryDefinition<Unit, TCursor, TPage> definition,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure = null) =>
        Observe(definition, Unit.Default, configure);

    /// <summary>Fetches the page behind the last one.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="TCursor">The cursors.</typeparam>
    /// <typeparam name="TPage">The pages.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> or <paramref name="parameters"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>when</term><description>what happens</description></listheader>
    /// <item><term>that page is being fetched</term><description>joins: however often it is called, one page is fetched</description></item>
    /// <item><term>there is no such page</term><description>nothing</description></item>
    /// <item><term>there is no data yet</term><description>joins the first load, or starts it</description></item>
    /// <item><term>a refetch runs, or a page at the other end is being fetched</term><description>waits for its end, then fetches the page behind the end the list has then</description></item>
    /// <item><term>a refetch or an invalidation comes while the page is being fetched</term><description>the page lands and is shown, then all pages are walked again</description></item>
    /// <item><term>the fetch fails</term><description>an error state that keeps all pages; call again to retry</description></item>
    /// </list>
    /// <para>A page joins the list, which stays as old and as stale as it was. An unwatched fetch is kept alive until it ends.</para>
    /// </remarks>
    public void FetchNextPage<TParams, TCursor, TPage>(InfiniteQueryDefinition<TParams, TCursor, TPage> definition, TParams parameters)
        where TParams : notnull =>
        FetchPage(definition, parameters, PageDirection.Next, isAwaited: false);

    /// <summary>Fetches the page behind the last one and waits for the end.</summary>
    /// <inheritdoc cref="FetchNextPage{TParams, TCursor, TPage}"/>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="cancellationToken">Ends this wait only; the fetch goes on while somebody else watches or waits.</param>
    /// <returns>Completes when the page has landed, has failed, or was found not to exist. Never fails; cancelled only by its token.</returns>
    public Task FetchNextPageAsync<TParams, TCursor, TPage>(
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition, TParams parameters, CancellationToken cancellationToken = default)
        where TParams : notnull =>
        FetchPage(definition, parameters, PageDirection.Next, isAwaited: true, null, cancellationToken);

    /// <summary>Fetches the page before the first one; see <see cref="FetchNextPage{TParams, TCursor, TPage}"/>.</summary>
    /// <inheritdoc cref="FetchNextPage{TParams, TCursor, TPage}"/>
    public void FetchPreviousPage<TParams, TCursor, TPage>(InfiniteQueryDefinition<TParams, TCursor, TPage> definition, TParams parameters)
        where TParams : notnull =>
        FetchPage(definition, parameters, PageDirection.Previous, isAwaited: false);

    /// <summary>Fetches the page before the first one and waits for the end; see <see cref="FetchNextPageAsync{TParams, TCursor, TPage}"/>.</summary>
    /// <inheritdoc cref="FetchNextPageAsync{TParams, TCursor, TPage}"/>
    public Task FetchPreviousPageAsync<TParams, TCursor, TPage>(
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition, TParams parameters, CancellationToken cancellationToken = default)
        where TParams : notnull =>
        FetchPage(definition, parameters, PageDirection.Previous, isAwaited: true, null, cancellationToken);

    internal Task FetchPage<TParams, TCursor, TPage>(
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition,
        TParams parameters,
        PageDirection direction,
        bool isAwaited,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure = null,
        CancellationToken token = default)
        where TParams : notnull
    {
        ThrowIfDisposed();
        var request = Find(definition, parameters, configure);
        Environment.Connect();
        Environment.LetQueriesGo();
        if (token.IsCancellationRequested) return Task.FromCanceled(token);
        while (true)
        {
            if (Cache.GetOrAdd(request).FetchPage(request, direction, isAwaited, token) is { } settled) return settled;
        }
    }
}
