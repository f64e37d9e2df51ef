using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <summary>A query as an object with methods, for view-models that prefer one to a bare stream. Made by <see cref="StoreFactory.CreateStore{TParams, T}"/>.</summary>
/// <typeparam name="TParams">The parameters.</typeparam>
/// <typeparam name="T">The type of the data.</typeparam>
/// <remarks>
/// <para>Lazy: nothing runs until the store or one of its projections is subscribed, and all of them share one subscription to the cache.</para>
/// <para>Disposal is unmount: every subscription through the store ends silently, and a fetch nobody else waits for is abandoned.</para>
/// <para>Safe from any thread.</para>
/// </remarks>
public sealed class QueryStore<TParams, T> : IAsyncStore<TParams, T>
    where TParams : notnull
{
    private readonly QueryClient _client;
    private readonly QueryDefinition<TParams, T> _definition;
    private readonly LatestSubject<TParams> _parameters = new();
    private readonly Func<QueryOptions<T>, QueryOptions<T>>? _configure;
    private readonly CompositeDisposable _subscriptions = [];
    private readonly ReplayLatest<QueryState<T>> _states;

    internal QueryStore(
        QueryClient client, QueryDefinition<TParams, T> definition, TParams initialParams, Func<QueryOptions<T>, QueryOptions<T>>? configure)
    {
        _client = client;
        _definition = definition;
        _configure = configure;
        _parameters.OnNext(initialParams);
        _states = new(_parameters.ObserveQuery<TParams, T>(client, definition, configure), TimeSpan.Zero, client.Options.Scheduler);
    }

    /// <summary>
    /// What a new subscriber of the store would be shown first: the state its subscribers see, previous data and placeholders included; while there are none, what the
    /// first of them would see, the fetch it would start included. Reading it starts nothing.
    /// </summary>
    /// <remarks>Without subscribers, initial and placeholder data are asked for at each call, and a query with <see cref="QueryOptions.EnabledWhen"/> counts as disabled.</remarks>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public QueryState<T> Current
    {
        get
        {
            _client.ThrowIfDisposed();
            return _states.TryGetLatest(out var shown) ? shown : FirstState.Of(_client, _client.Request(_definition, Parameters, _configure));
        }
    }

    /// <summary>The parameters in force.</summary>
    public TParams Parameters => _parameters.TryGetLatest(out var parameters) ? parameters : throw new ObjectDisposedException(GetType().FullName);

    /// <inheritdoc/>
    public IObservable<T> Data => Guarded(this.DistinctData());

    /// <inheritdoc/>
    public IObservable<bool> Loading => Guarded(this.Select(state => state.IsFetching).DistinctUntilChanged());

    /// <inheritdoc/>
    public IObservable<Exception?> Error =>
        Guarded(this.Select(state => state.Error).DistinctUntilChanged<Exception?>(ReferenceEqualityComparer.Instance));

    /// <summary>Fetches anew for the present parameters, whether somebody watches or not.</summary>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public void Refetch()
    {
        ThrowIfDisposed();
        _client.RefetchOne(_definition, Parameters, isAwaited: false, _configure);
    }

    /// <summary>Fetches anew and waits for the end.</summary>
    /// <returns>Completes when the fetch has settled, also when it failed. Never fails.</returns>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public Task RefetchAsync()
    {
        ThrowIfDisposed();
        return _client.RefetchOne(_definition, Parameters, isAwaited: true, _configure);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="update"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><see cref="QueryOptions.OptimisticUpdates"/> is false for the query.</exception>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    /// <remarks>For the parameters in force now; the patch stays on their data when the store turns to others.</remarks>
    public OptimisticHandle<T> Mutate(Func<T, T> update)
    {
        ThrowIfDisposed();
        return _client.Mutate(_definition, Parameters, update, _configure);
    }

    /// <summary>Takes away every patch on the present parameters' data that was not committed, in one state.</summary>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public void RollbackAll()
    {
        ThrowIfDisposed();
        _client.RollbackAll(_definition, Parameters);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void UpdateParams(TParams parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ThrowIfDisposed();
        _parameters.OnNext(parameters);
    }

    /// <summary>Subscribes to the states; see <see cref="QueryClient.Observe{TParams, T}"/>. After disposal of the store: nothing is delivered.</summary>
    /// <param name="observer">Receives the present state before this returns, then every later one.</param>
    /// <returns>Ends the subscription.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="observer"/> is null.</exception>
    public IDisposable Subscribe(IObserver<QueryState<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Own(_states, observer);
    }

    /// <summary>Ends every subscription through the store. Again: does nothing.</summary>
    public void Dispose() => _subscriptions.Dispose();

    /// <summary>A subscription that ends with the store.</summary>
    internal IDisposable Own<TValue>(IObservable<TValue> source, IObserver<TValue> observer)
    {
        if (_subscriptions.IsDisposed) return Disposable.Empty;
        var subscription = new SingleAssignmentDisposable();
        _subscriptions.Add(subscription);
        subscription.Disposable = Guarded(source).Subscribe(observer);
        return Disposable.Create((_subscriptions, subscription), static own => own._subscriptions.Remove(own.subscription));
    }

    internal bool IsDisposed => _subscriptions.IsDisposed;

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_subscriptions.IsDisposed, this);

    private Guarded<TValue> Guarded<TValue>(IObservable<TValue> source) => new(source, _client.ReportObserver);
}

/// <summary>Makes stores.</summary>
public static class StoreFactory
{
    /// <summary>A store over one query.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="client">The client that holds the cache.</param>
    /// <param name="definition">Which query.</param>
    /// <param name="initialParams">The parameters to begin with.</param>
    /// <param name="configure">Changes the options for this store; null: the definition's hold.</param>
    /// <returns>A store that nothing has been asked of yet; dispose it with its view-model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/>, <paramref name="definition"/> or <paramref name="initialParams"/> is null.</exception>
    public static QueryStore<TParams, T> CreateStore<TParams, T>(
        this QueryClient client,
        QueryDefinition<TParams, T> definition,
        TParams initialParams,
        Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(initialParams);
        return new QueryStore<TParams, T>(client, definition, initialParams, configure);
    }

    /// <summary>A store over a query without parameters.</summary>
    /// <inheritdoc cref="CreateStore{TParams, T}(QueryClient, QueryDefinition{TParams, T}, TParams, Func{QueryOptions{T}, QueryOptions{T}}?)"/>
    public static QueryStore<Unit, T> CreateStore<T>(
        this QueryClient client, QueryDefinition<Unit, T> definition, Func<QueryOptions<T>, QueryOptions<T>>? configure = null) =>
        client.CreateStore(definition, Unit.Default, configure);
}
