using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <content>Optimistic patches by hand. Mutations lay, commit and roll back theirs by themselves.</content>
public sealed partial class QueryClient
{
    private long _lastPatchId;

    /// <summary>
    /// Shows at once what a write will make of a query's data. What is shown is always the data that the server last said with all pending patches applied in
    /// order, whatever arrives, is committed or is rolled back in between.
    /// </summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="update">
    /// Given the data, returns the new; it must change nothing in place and depend on nothing else, for it is applied again to every new value from the server. Called
    /// outside every lock, on the thread of whoever looks at the data first. If it throws on some value, it is skipped there and reported
    /// (<see cref="UnobservedErrorOrigin.Patch"/>).
    /// </param>
    /// <returns>The handle that commits the patch or rolls it back. As long as neither has happened the entry stays in the cache.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">The key holds data of another type, or <see cref="QueryOptions.OptimisticUpdates"/> is false for the query.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    /// <remarks>Without data nothing is shown until there is some. Nothing is fetched.</remarks>
    public OptimisticHandle<T> Mutate<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, Func<T, T> update)
        where TParams : notnull =>
        Mutate(definition, parameters, update, null);

    /// <summary>Shows at once what a write will make of the data of every query that matches and holds data of this type.</summary>
    /// <typeparam name="T">The type of the data; entries of other types are left alone.</typeparam>
    /// <param name="filter">Which queries: a key prefix, a definition, or any filter.</param>
    /// <param name="update"><inheritdoc cref="Mutate{TParams, T}(QueryDefinition{TParams, T}, TParams, Func{T, T})" path="/param[@name='update']"/></param>
    /// <returns>A handle for each query patched; none when nothing matches.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException"><see cref="QueryOptions.OptimisticUpdates"/> is false for one of the queries; then none is patched.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public IReadOnlyList<OptimisticHandle<T>> Mutate<T>(QueryFilter filter, Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        var entries = Selected(filter).OfType<QueryEntry<T>>().ToList();
        if (entries.Find(entry => entry.Remembered.RefusesPatches) is { } refusing)
            throw Refused(refusing.DefinitionName);
        return [.. entries.Select(entry => entry.TryPatch(null, new OptimisticHandle<T>(update))).OfType<OptimisticHandle<T>>()];
    }

    /// <summary>Reads what the server last said, without pending patches. Counts as a use; starts nothing.</summary>
    /// <inheritdoc cref="TryGetData{TParams, T}(QueryDefinition{TParams, T}, TParams, out T)"/>
    public bool TryGetBaseData<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, [MaybeNullWhen(false)] out T data)
        where TParams : notnull
    {
        ThrowIfDisposed();
        var request = Request(definition, parameters);
        data = default;
        return Cache.TryGet<T>(request.Key) is { } entry && entry.ReadBase(request.Options).TryGetData(out data);
    }

    /// <summary>The patches that lie on a query's data, oldest first.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <returns>A snapshot; settled patches are among them until data includes them.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> or <paramref name="parameters"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public IReadOnlyList<OptimisticPatch> GetPatches<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        ThrowIfDisposed();
        return Cache.TryGet(definition.KeyOf(parameters))?.Patches() ?? [];
    }

    /// <summary>Takes away every patch of one query that was not committed, in one state.</summary>
    /// <inheritdoc cref="GetPatches{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>
    public void RollbackAll<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        RollbackAll(Exactly(definition, parameters));

    /// <summary>Takes away every patch that was not committed from what matches.</summary>
    /// <inheritdoc cref="Invalidate(QueryFilter)"/>
    /// <remarks>The mutations that laid them go on; their commits find nothing left to do.</remarks>
    public void RollbackAll(QueryFilter filter)
    {
        foreach (var entry in Selected(filter))
            entry.RollbackAll();
    }

    internal long NextPatchId() => Interlocked.Increment(ref _lastPatchId);

    internal OptimisticHandle<T> Mutate<TParams, T>(
        QueryDefinition<TParams, T> definition, TParams parameters, Func<T, T> update, Func<QueryOptions<T>, QueryOptions<T>>? configure)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(update);
        return Patch(definition, parameters, new OptimisticHandle<T>(update), configure);
    }

    internal OptimisticHandle<T> Patch<TParams, T>(
        QueryDefinition<TParams, T> definition, TParams parameters, OptimisticHandle<T> patch, Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        ThrowIfDisposed();
        var request = Find(definition, parameters, configure);
        if (request.Options.OptimisticUpdates == false)
            throw Refused(definition.Name);
        while (true)
        {
            if (Cache.GetOrAdd(request).TryPatch(request.Options, patch) is { } handle) return handle;
        }
    }

    /// <summary>
    /// Writes the server's answer to a mutation, or what <paramref name="make"/> makes of the base as it is then: fresh data, which the data of an older fetch does not replace.
    /// The patches of the same call go in the same state.
    /// </summary>
    internal void SetResponse<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, T? data, Func<T?, T>? make, OptimisticHandle? own)
        where TParams : notnull
    {
        ThrowIfDisposed();
        var request = Find(definition, parameters);
        while (!Cache.GetOrAdd(request).TryRespond(request.Options, data, make, own))
            ThrowIfDisposed();
    }

    private static InvalidOperationException Refused(string name) =>
        new($"The option {nameof(QueryOptions.OptimisticUpdates)} is false for the query '{name}': optimistic writes to it are refused.");
}
