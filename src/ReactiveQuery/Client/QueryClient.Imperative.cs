using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <content>For code that is not a view: awaited fetches, reads and writes.</content>
public sealed partial class QueryClient
{
    /// <summary>Fresh data of a query: at once if the cache has it, else from a fetch that is joined or started.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="cancellationToken">Ends this wait only. The fetch goes on while it has other passengers; without any, <see cref="WhenUnobserved"/> decides.</param>
    /// <returns>
    /// A task with the data (of a live query: its first value), or with the fetcher's own exception. It is cancelled when the token is, when the fetch is cancelled and
    /// there is no data, when the entry is removed, and when the client is disposed. It completes after the state was committed and waits for nobody's delivery.
    /// For data that is there it may be one completed task for all callers.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> or <paramref name="parameters"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The key holds data of another type.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task<T> FetchAsync<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, CancellationToken cancellationToken = default)
        where TParams : notnull
    {
        ThrowIfDisposed();
        Environment.Connect();
        Environment.LetQueriesGo(); // Also when the data is there: whether it is found here or below is nobody's business.
        if (!cancellationToken.IsCancellationRequested && Indexed(definition, parameters, out var options) is { } indexed && indexed.TryServe(options!) is { } served)
            return served;
        return AwaitData(Find(definition, parameters), AwaitMode.Fresh, cancellationToken);
    }

    /// <summary>Any data of a query, however old; a fetch only when there is none.</summary>
    /// <inheritdoc cref="FetchAsync{TParams, T}(QueryDefinition{TParams, T}, TParams, CancellationToken)"/>
    public Task<T> EnsureAsync<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, CancellationToken cancellationToken = default)
        where TParams : notnull =>
        AwaitData(Find(definition, parameters), AwaitMode.Any, cancellationToken);

    /// <summary>Fetches what will be needed soon, unless fresh data is there.</summary>
    /// <inheritdoc cref="FetchAsync{TParams, T}(QueryDefinition{TParams, T}, TParams, CancellationToken)"/>
    /// <returns>A task that completes when the fetch has settled, also when it failed: the state shows the error. Cancelled only by its token.</returns>
    public Task PrefetchAsync<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, CancellationToken cancellationToken = default)
        where TParams : notnull =>
        Settled(FetchAsync(definition, parameters, cancellationToken), cancellationToken);

    /// <summary>Reads the data that the cache holds, fresh or stale. Counts as a use; starts nothing.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="data">The data, never a placeholder; or <c>default</c>.</param>
    /// <returns>Whether there is data; false for data nobody watches that is older than <see cref="QueryOptions.CacheTtl"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> or <paramref name="parameters"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The key holds data of another type.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public bool TryGetData<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, [MaybeNullWhen(false)] out T data)
        where TParams : notnull =>
        GetState(definition, parameters).TryGetData(out data);

    /// <summary>The state that a new observer would begin with, but for the fetch it would start.</summary>
    /// <inheritdoc cref="TryGetData{TParams, T}(QueryDefinition{TParams, T}, TParams, out T)"/>
    /// <returns>The present state; idle when the cache does not know the key.</returns>
    public QueryState<T> GetState<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull
    {
        ThrowIfDisposed();
        if (Indexed(definition, parameters, out var options) is { } indexed) return indexed.Read(options!);
        var key = definition.KeyOf(parameters);
        if (Cache.TryGet<T>(key) is not { } entry) return QueryState<T>.Idle;
        AddToIndex(definition, parameters, entry);
        return entry.Read(Merge(definition, key, null));
    }

    /// <summary>Writes data into the cache: a state for whoever watches, fresh from now on.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="data">The data; null is data. Equal to the old, it keeps the old references.</param>
    /// <param name="updatedAt">Since when the data holds, for hydration: stale data stays stale. Null, or in the future: now.</param>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> or <paramref name="parameters"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The key holds data of another type.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    /// <remarks>A fetch that is running goes on and will replace what was written; a cancel of it returns to what was written.</remarks>
    public void SetData<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, T data, DateTimeOffset? updatedAt = null)
        where TParams : notnull
    {
        ThrowIfDisposed();
        var request = Find(definition, parameters);
        while (!Cache.GetOrAdd(request).TrySet(request, data, updatedAt))
            ThrowIfDisposed();
    }

    /// <summary>Writes what a function makes of the data that is there.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="update">
    /// Given the data, returns the new; must be pure, for it is called again when somebody else wrote meanwhile. Called outside every lock. What it throws is thrown
    /// to the caller, and nothing is written.
    /// </param>
    /// <returns>False when there was no data to update; then <paramref name="update"/> was not called.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">The key holds data of another type.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public bool UpdateData<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, Func<T, T> update)
        where TParams : notnull
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(update);
        var request = Find(definition, parameters);
        return request.Entry is { } entry && entry.TryUpdate(request, update);
    }

    private Task<T> AwaitData<T>(QueryRequest<T> request, AwaitMode mode, CancellationToken token)
    {
        ThrowIfDisposed();
        Environment.Connect();
        Environment.LetQueriesGo();
        if (token.IsCancellationRequested) return Task.FromCanceled<T>(token);
        while (true)
        {
            if (Cache.GetOrAdd(request).Await(request, mode, token) is { } answer) return answer;
        }
    }

    /// <summary>Ends when the fetch has, whatever came of it.</summary>
    /// <remarks>A continuation, not an await: under a SynchronizationContext an await would go on elsewhere and later, also in virtual time.</remarks>
    internal static Task Settled(Task fetch, CancellationToken token = default) =>
        fetch.IsCompletedSuccessfully && !token.IsCancellationRequested ? Task.CompletedTask : fetch.ContinueWith(static ended => _ = ended.Exception, token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
