using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <summary>An infinite query as an object with methods, for view-models that prefer one to a bare stream. Made by <c>client.CreateInfiniteStore</c>.</summary>
/// <typeparam name="TParams">The parameters.</typeparam>
/// <typeparam name="TCursor">The cursors.</typeparam>
/// <typeparam name="TPage">The pages.</typeparam>
/// <remarks>
/// <para>Lazy: nothing runs until the store or one of its projections is subscribed, and all of them share one subscription to the cache.</para>
/// <para>Disposal is unmount: every subscription through the store ends silently, and a fetch nobody else waits for is abandoned.</para>
/// <para>Safe from any thread.</para>
/// </remarks>
public sealed class InfiniteQueryStore<TParams, TCursor, TPage> : IAsyncStore<TParams, InfiniteData<TCursor, TPage>>
    where TParams : notnull
{
    private readonly QueryClient _client;
    private readonly InfiniteQueryDefinition<TParams, TCursor, TPage> _definition;
    private readonly Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? _configure;
    private readonly QueryStore<TParams, InfiniteData<TCursor, TPage>> _store;

    internal InfiniteQueryStore(
        QueryClient client,
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition,
        TParams initialParams,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure)
    {
        _client = client;
        _definition = definition;
        _configure = configure;
        _store = new(client, definition, initialParams, configure);
    }

    /// <inheritdoc cref="QueryStore{TParams, T}.Current"/>
    public QueryState<InfiniteData<TCursor, TPage>> Current => _store.Current;

    /// <summary>The parameters in force.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public TParams Parameters => _store.Parameters;

    /// <inheritdoc/>
    public IObservable<InfiniteData<TCursor, TPage>> Data => _store.Data;

    /// <inheritdoc/>
    public IObservable<bool> Loading => _store.Loading;

    /// <inheritdoc/>
    public IObservable<Exception?> Error => _store.Error;

    /// <summary>Whether a page follows the last one that is shown; false while there is no data. Begins with what holds.</summary>
    /// <remarks>A cursor function that throws counts as false and is reported to <see cref="QueryClientOptions.OnUnobservedError"/>.</remarks>
    public IObservable<bool> HasNextPage => Project(state => Has(state, _definition.HasNextPage));

    /// <summary>Whether a page comes before the first one that is shown; see <see cref="HasNextPage"/>.</summary>
    public IObservable<bool> HasPreviousPage => Project(state => Has(state, _definition.HasPreviousPage));

    /// <summary>Whether the next page is being fetched; begins with what holds.</summary>
    public IObservable<bool> IsFetchingNextPage => Project(static state => state.IsFetchingNextPage);

    /// <summary>Whether the previous page is being fetched; begins with what holds.</summary>
    public IObservable<bool> IsFetchingPreviousPage => Project(static state => state.IsFetchingPreviousPage);

    /// <summary>Fetches the page behind the last one; see <see cref="QueryClient.FetchNextPage{TParams, TCursor, TPage}"/>.</summary>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public void FetchNextPage() => FetchPage(PageDirection.Next, isAwaited: false);

    /// <summary>Fetches the page behind the last one and waits for the end.</summary>
    /// <returns>Completes when the page has landed, has failed, or was found not to exist. Never fails.</returns>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public Task FetchNextPageAsync() => FetchPage(PageDirection.Next, isAwaited: true);

    /// <summary>Fetches the page before the first one; see <see cref="QueryClient.FetchNextPage{TParams, TCursor, TPage}"/>.</summary>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public void FetchPreviousPage() => FetchPage(PageDirection.Previous, isAwaited: false);

    /// <summary>Fetches the page before the first one and waits for the end.</summary>
    /// <inheritdoc cref="FetchNextPageAsync"/>
    public Task FetchPreviousPageAsync() => FetchPage(PageDirection.Previous, isAwaited: true);

    /// <summary>Fetches the next page at each value of a trigger, such as the end of the list scrolled into view.</summary>
    /// <param name="trigger">Subscribed to now, and until the store is disposed. An error of it is reported.</param>
    /// <returns>Ends the subscription to the trigger earlier.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="trigger"/> is null.</exception>
    public IDisposable FetchNextPageOn(IObservable<Unit> trigger) => FetchOn(trigger, PageDirection.Next);

    /// <summary>Fetches the previous page at each value of a trigger; see <see cref="FetchNextPageOn"/>.</summary>
    /// <inheritdoc cref="FetchNextPageOn"/>
    public IDisposable FetchPreviousPageOn(IObservable<Unit> trigger) => FetchOn(trigger, PageDirection.Previous);

    /// <summary>Walks all pages anew for the present parameters, whether somebody watches or not; waits for a page that is on its way.</summary>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public void Refetch() => _store.Refetch();

    /// <summary>Walks all pages anew and waits for the end.</summary>
    /// <returns>Completes when the fetch has settled, also when it failed. Never fails.</returns>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public Task RefetchAsync() => _store.RefetchAsync();

    /// <inheritdoc cref="QueryStore{TParams, T}.Mutate"/>
    /// <remarks>
    /// <see cref="InfiniteData{TCursor, TPage}.UpdateItems"/> and <see cref="InfiniteData{TCursor, TPage}.Select"/> make such an update; pages that are fetched meanwhile join the data
    /// below the patch, and are patched too. A patch that was committed stays until all pages were walked anew.
    /// </remarks>
    public OptimisticHandle<InfiniteData<TCursor, TPage>> Mutate(Func<InfiniteData<TCursor, TPage>, InfiniteData<TCursor, TPage>> update) => _store.Mutate(update);

    /// <inheritdoc cref="QueryStore{TParams, T}.RollbackAll"/>
    public void RollbackAll() => _store.RollbackAll();

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void UpdateParams(TParams parameters) => _store.UpdateParams(parameters);

    /// <inheritdoc cref="QueryStore{TParams, T}.Subscribe"/>
    public IDisposable Subscribe(IObserver<QueryState<InfiniteData<TCursor, TPage>>> observer) => _store.Subscribe(observer);

    /// <summary>Ends every subscription through the store. Again: does nothing.</summary>
    public void Dispose() => _store.Dispose();

    private Task FetchPage(PageDirection direction, bool isAwaited)
    {
        _store.ThrowIfDisposed();
        return _client.FetchPage(_definition, Parameters, direction, isAwaited, _configure);
    }

    private IDisposable FetchOn(IObservable<Unit> trigger, PageDirection direction)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        return _store.Own(trigger, Observer.Create<Unit>(_ => OnTrigger(direction), Report));
    }

    private void OnTrigger(PageDirection direction)
    {
        try
        {
            if (!_client.IsDisposed)
                FetchPage(direction, isAwaited: false);
        }
        catch (ObjectDisposedException) when (_store.IsDisposed || _client.IsDisposed)
        {
            // Disposed at this very moment by another thread: nothing is to be fetched any more.
        }
        catch (Exception error)
        {
            Report(error); // A key function that throws must not end the trigger's source.
        }
    }

    private void Report(Exception error) => _client.Errors.Report(error, UnobservedErrorOrigin.Trigger);

    private Guarded<bool> Project(Func<QueryState<InfiniteData<TCursor, TPage>>, bool> selector) =>
        new(((IObservable<QueryState<InfiniteData<TCursor, TPage>>>)this).Select(selector).DistinctUntilChanged(), _client.ReportObserver);

    private bool Has(QueryState<InfiniteData<TCursor, TPage>> state, Func<InfiniteData<TCursor, TPage>, bool> hasPage)
    {
        try
        {
            return state.Data is { } data && hasPage(data);
        }
        catch (Exception error)
        {
            _client.Errors.Report(error, UnobservedErrorOrigin.Callback);
            return false;
        }
    }
}

/// <summary>Makes stores over infinite queries.</summary>
public static class InfiniteStoreFactory
{
    /// <summary>A store over one infinite query.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="TCursor">The cursors.</typeparam>
    /// <typeparam name="TPage">The pages.</typeparam>
    /// <param name="client">The client that holds the cache.</param>
    /// <param name="definition">Which query.</param>
    /// <param name="initialParams">The parameters to begin with.</param>
    /// <param name="configure">Changes the options for this store; null: the definition's hold.</param>
    /// <returns>A store that nothing has been asked of yet; dispose it with its view-model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/>, <paramref name="definition"/> or <paramref name="initialParams"/> is null.</exception>
    public static InfiniteQueryStore<TParams, TCursor, TPage> CreateInfiniteStore<TParams, TCursor, TPage>(
        this QueryClient client,
        InfiniteQueryDefinition<TParams, TCursor, TPage> definition,
        TParams initialParams,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(initialParams);
        return new(client, definition, initialParams, configure);
    }

    /// <summary>A store over an infinite query without parameters.</summary>
    /// <inheritdoc cref="CreateInfiniteStore{TParams, TCursor, TPage}(QueryClient, InfiniteQueryDefinition{TParams, TCursor, TPage}, TParams, Func{QueryOptions{InfiniteData{TCursor, TPage}}, QueryOptions{InfiniteData{TCursor, TPage}}}?)"/>
    public static InfiniteQueryStore<Unit, TCursor, TPage> CreateInfiniteStore<TCursor, TPage>(
        this QueryClient client,
        InfiniteQueryDefinition<Unit, TCursor, TPage> definition,
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>>? configure = null) =>
        client.CreateInfiniteStore(definition, Unit.Default, configure);
}
