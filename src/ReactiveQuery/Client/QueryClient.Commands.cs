using System.Reactive.Linq;

namespace ReactiveQuery;

/// <content>Commands on the entries that a filter selects. A key is a filter (everything below it), and so is a definition.</content>
public sealed partial class QueryClient
{
    /// <summary>Declares one query stale. If somebody watches it and it is enabled, it is refetched.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> or <paramref name="parameters"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    /// <remarks>
    /// A fetch that started before may still be shown, but is not taken for fresh: a refetch behind data is restarted, a first load is followed by another
    /// fetch if anybody is still waiting. Costs what matches, not what is held.
    /// </remarks>
    public void Invalidate<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        Invalidate(Exactly(definition, parameters));

    /// <summary>Declares stale what matches; see <see cref="Invalidate{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>.</summary>
    /// <param name="filter">What to invalidate: a key prefix, a definition, or any filter.</param>
    /// <exception cref="ArgumentNullException"><paramref name="filter"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Invalidate(QueryFilter filter)
    {
        var selected = Selected(filter);
        var happened = new Invalidated(Cache.Clock.Now);
        foreach (var entry in selected)
            entry.Invalidate(happened, isAwaited: false);
    }

    /// <summary>Declares everything stale and refetches what is watched and enabled.</summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void InvalidateAll() => Invalidate(new QueryFilter());

    /// <summary>Declares one query stale and waits for its refetch, if there is one.</summary>
    /// <inheritdoc cref="Invalidate{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>
    /// <returns>Completes when the refetch has settled, also when it failed. Never fails.</returns>
    public Task InvalidateAsync<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        InvalidateAsync(Exactly(definition, parameters));

    /// <summary>Declares stale what matches and waits for the refetches.</summary>
    /// <inheritdoc cref="Invalidate(QueryFilter)"/>
    /// <returns>Completes when all refetches have settled, also when they failed. Never fails.</returns>
    public Task InvalidateAsync(QueryFilter filter)
    {
        var selected = Awaited(filter);
        var happened = new Invalidated(Cache.Clock.Now);
        return AllSettled(selected, entry => entry.Invalidate(happened, isAwaited: true));
    }

    /// <summary>Declares everything stale and waits for the refetches of what is watched and enabled.</summary>
    /// <returns>Completes when all refetches have settled, also when they failed. Never fails.</returns>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task InvalidateAllAsync() => InvalidateAsync(new QueryFilter());

    /// <summary>Fetches one query anew, watched or not, fresh or not, enabled or not.</summary>
    /// <inheritdoc cref="Invalidate{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>
    /// <remarks>A refetch that is running behind data is restarted; a first load is joined. An unwatched fetch is kept alive until it ends.</remarks>
    public void Refetch<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        RefetchOne(definition, parameters, isAwaited: false);

    /// <summary>Refetches the watched and enabled entries that match; those that nobody watches are marked stale.</summary>
    /// <inheritdoc cref="Invalidate(QueryFilter)"/>
    public void Refetch(QueryFilter filter)
    {
        foreach (var entry in Selected(filter))
            entry.Refetch(isAwaited: false);
    }

    /// <summary>Fetches one query anew and waits for the end.</summary>
    /// <inheritdoc cref="Refetch{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>
    /// <returns>Completes when the fetch has settled, also when it failed. Never fails.</returns>
    public Task RefetchAsync<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        RefetchOne(definition, parameters, isAwaited: true);

    /// <summary>Refetches the watched and enabled entries that match, and waits for the end.</summary>
    /// <inheritdoc cref="Refetch(QueryFilter)"/>
    /// <returns>Completes when all fetches have settled, also when they failed. Never fails.</returns>
    public Task RefetchAsync(QueryFilter filter) => AllSettled(Awaited(filter), entry => entry.Refetch(isAwaited: true));

    /// <summary>
    /// Ends the fetch of one query silently: the state is as it was before it. Awaiting callers get the data there is, otherwise they are cancelled.
    /// </summary>
    /// <inheritdoc cref="Invalidate{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>
    /// <remarks>The query is as usable as ever; the next trigger fetches it.</remarks>
    public void Cancel<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        Cancel(Exactly(definition, parameters));

    /// <summary>Ends the fetches of what matches silently; see <see cref="Cancel{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>.</summary>
    /// <inheritdoc cref="Invalidate(QueryFilter)"/>
    public void Cancel(QueryFilter filter)
    {
        foreach (var entry in Selected(filter))
            entry.Cancel();
    }

    /// <summary>
    /// Takes one query out of the cache. If somebody watches it, it shows Idle instead and loads anew if enabled. Nothing from before can land.
    /// </summary>
    /// <inheritdoc cref="Invalidate{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>
    /// <remarks>A running fetch is cancelled, and so are its awaiting callers.</remarks>
    public void Remove<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        Remove(Exactly(definition, parameters));

    /// <summary>Takes what matches out of the cache; see <see cref="Remove{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>.</summary>
    /// <inheritdoc cref="Invalidate(QueryFilter)"/>
    public void Remove(QueryFilter filter)
    {
        foreach (var entry in Selected(filter))
            entry.Drop(DropMode.Remove);
    }

    /// <summary>Puts one query back to its beginning: as <see cref="Remove{TParams, T}"/>, but a watched one begins with its initial data, if it has some.</summary>
    /// <inheritdoc cref="Remove{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>
    public void Reset<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull =>
        Reset(Exactly(definition, parameters));

    /// <summary>Puts what matches back to its beginning; see <see cref="Reset{TParams, T}(QueryDefinition{TParams, T}, TParams)"/>.</summary>
    /// <inheritdoc cref="Invalidate(QueryFilter)"/>
    public void Reset(QueryFilter filter)
    {
        foreach (var entry in Selected(filter))
            entry.Drop(DropMode.Reset);
    }

    /// <summary>
    /// Empties the cache, as on sign-out: cancels every fetch and every awaiting caller, drops all data. What is watched shows Idle and loads anew if
    /// enabled. Nothing from before can land.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Clear() => Remove(new QueryFilter());

    /// <summary>How many of the matching queries are fetching, as it changes.</summary>
    /// <param name="filter">Which queries count; null: all. Its predicate runs at every change, outside every lock.</param>
    /// <returns>
    /// Hot in what it tells, begins with the present number on subscription, then each change, never two equal ones in a row. A predicate that throws
    /// counts as false and is reported. Completes when the client is disposed.
    /// </returns>
    public IObservable<int> IsFetching(QueryFilter? filter = null) =>
        new Guarded<int>(
            Observable.Create<int>(observer => Cache.Follow(() => observer.OnNext(CountFetching(filter)), observer.OnCompleted)).DistinctUntilChanged(),
            ReportObserver);

    private int CountFetching(QueryFilter? filter)
    {
        try
        {
            return Cache.CountFetching(filter);
        }
        catch (Exception error)
        {
            Errors.Report(error, UnobservedErrorOrigin.Callback);
            return 0;
        }
    }

    internal Task RefetchOne<TParams, T>(
        QueryDefinition<TParams, T> definition, TParams parameters, bool isAwaited, Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        ThrowIfDisposed();
        Environment.Connect();
        Environment.LetQueriesGo();
        var request = Find(definition, parameters, configure);
        while (true)
        {
            if (Cache.GetOrAdd(request).Refetch(request, isAwaited) is { } settled) return settled;
        }
    }

    private static QueryFilter Exactly<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new() { Key = definition.KeyOf(parameters) };
    }

    private List<QueryEntry> Selected(QueryFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ThrowIfDisposed();
        return Cache.Matching(filter);
    }

    private List<QueryEntry> Awaited(QueryFilter filter)
    {
        var selected = Selected(filter);
        Environment.LetQueriesGo();
        return selected;
    }

    private static Task AllSettled(List<QueryEntry> entries, Func<QueryEntry, Task?> command)
    {
        List<Task> settled = [];
        foreach (var entry in entries)
            if (command(entry) is { IsCompleted: false } task)
                settled.Add(task);
        return settled.Count == 0 ? Task.CompletedTask : Task.WhenAll(settled);
    }
}
