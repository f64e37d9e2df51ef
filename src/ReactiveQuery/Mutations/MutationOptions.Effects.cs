using System.Reactive;

namespace ReactiveQuery;

/// <content>
/// What a call does to the cache. Patches are laid when the call is made, in the order in which they were declared; the rest follows the answer, before the callbacks:
/// response data, then settled patches, then invalidations. A failed or cancelled call takes back its own patches and no others.
/// </content>
public sealed partial record MutationOptions<TArgs, T>
{
    /// <summary>Whether a call ends only when the refetches that its <c>Invalidates</c> started have settled.</summary>
    /// <value>Default: false; the call ends when its callbacks have.</value>
    /// <remarks>Without the connection a refetch waits, and then so does the call.</remarks>
    public bool AwaitRefetches { get; init; }

    internal MutationEffect<TArgs, T>[] Effects { get; private init; } = [];

    /// <summary>
    /// Shows at once what the write will make of a query's data. The patch goes in the state in which the response lands (<c>SetsData</c>) or the refetch does
    /// (<c>Invalidates</c>); with neither it stays until the query is fetched anew. It is taken back when the call fails or is cancelled.
    /// </summary>
    /// <typeparam name="TParams">The query's parameters.</typeparam>
    /// <typeparam name="TData">The query's data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Of which parameters, from the arguments. If it throws, the call fails.</param>
    /// <param name="update">
    /// Given the data and the arguments, returns the new data; must change nothing in place and depend on nothing else, for it is applied again to every new value from
    /// the server. If it throws on some value, it is skipped there and reported.
    /// </param>
    /// <returns>New options; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <remarks>A query that refuses optimistic updates (<see cref="QueryOptions.OptimisticUpdates"/> false) fails the call.</remarks>
    public MutationOptions<TArgs, T> Optimistic<TParams, TData>(
        QueryDefinition<TParams, TData> definition, Func<TArgs, TParams> parameters, Func<TData, TArgs, TData> update)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        return Adding(new PatchOne<TArgs, T, TParams, TData>(definition, Callback.NotNull(parameters), Callback.NotNull(update)));
    }

    /// <summary>Shows at once what the write will make of the data of a query without parameters.</summary>
    /// <inheritdoc cref="Optimistic{TParams, TData}(QueryDefinition{TParams, TData}, Func{TArgs, TParams}, Func{TData, TArgs, TData})"/>
    public MutationOptions<TArgs, T> Optimistic<TData>(QueryDefinition<Unit, TData> definition, Func<TData, TArgs, TData> update) =>
        Optimistic(definition, static _ => Unit.Default, update);

    /// <summary>Shows at once what the write will make of the data of every query in the cache that matches and holds data of this type.</summary>
    /// <inheritdoc cref="Optimistic{TParams, TData}(QueryDefinition{TParams, TData}, Func{TArgs, TParams}, Func{TData, TArgs, TData})"/>
    /// <param name="filter">Which queries: a key prefix, a definition, or any filter. Looked at once, when the call is made.</param>
    /// <param name="update">Given the data and the arguments, returns the new data; see the other overload.</param>
    public MutationOptions<TArgs, T> Optimistic<TData>(QueryFilter filter, Func<TData, TArgs, TData> update)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Optimistic(_ => filter, update);
    }

    /// <inheritdoc cref="Optimistic{TData}(QueryFilter, Func{TData, TArgs, TData})"/>
    /// <param name="filter">Which queries, from the arguments. If it throws, the call fails.</param>
    /// <param name="update">Given the data and the arguments, returns the new data; see the other overload.</param>
    public MutationOptions<TArgs, T> Optimistic<TData>(Func<TArgs, QueryFilter> filter, Func<TData, TArgs, TData> update) =>
        Adding(new PatchMany<TArgs, T, TData>(Callback.NotNull(filter), Callback.NotNull(update)));

    /// <summary>
    /// The response is the data of a query: it is written there as fresh data, which the data of an older fetch does not replace, and the call's own patch on it goes in the
    /// same state.
    /// </summary>
    /// <typeparam name="TParams">The query's parameters.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Of which parameters, from the arguments and the result. What it throws goes to the client's hook, and nothing is written.</param>
    /// <returns>New options; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public MutationOptions<TArgs, T> SetsData<TParams>(QueryDefinition<TParams, T> definition, Func<TArgs, T, TParams> parameters)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        return Adding(new WriteResult<TArgs, T, TParams>(definition, Callback.NotNull(parameters)));
    }

    /// <summary>The response tells the data of a query; see <see cref="SetsData{TParams}(QueryDefinition{TParams, T}, Func{TArgs, T, TParams})"/>.</summary>
    /// <inheritdoc cref="SetsData{TParams}(QueryDefinition{TParams, T}, Func{TArgs, T, TParams})"/>
    /// <typeparam name="TParams">The query's parameters.</typeparam>
    /// <typeparam name="TData">The query's data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Of which parameters, from the arguments and the result.</param>
    /// <param name="data">The data, from the arguments and the result. What it throws goes to the client's hook, and nothing is written.</param>
    public MutationOptions<TArgs, T> SetsData<TParams, TData>(
        QueryDefinition<TParams, TData> definition, Func<TArgs, T, TParams> parameters, Func<TArgs, T, TData> data)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(data);
        return SetsData(definition, parameters, (_, args, result) => data(args, result));
    }

    /// <summary>The response and the data so far tell the data of a query; see <see cref="SetsData{TParams}(QueryDefinition{TParams, T}, Func{TArgs, T, TParams})"/>.</summary>
    /// <inheritdoc cref="SetsData{TParams, TData}(QueryDefinition{TParams, TData}, Func{TArgs, T, TParams}, Func{TArgs, T, TData})"/>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Of which parameters, from the arguments and the result.</param>
    /// <param name="data">
    /// The data, from what the server last said (without any patches; <c>default</c> when nothing is known), the arguments and the result. Called again when somebody else
    /// writes meanwhile.
    /// </param>
    public MutationOptions<TArgs, T> SetsData<TParams, TData>(
        QueryDefinition<TParams, TData> definition, Func<TArgs, T, TParams> parameters, Func<TData?, TArgs, T, TData> data)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        return Adding(new WriteOne<TArgs, T, TParams, TData>(definition, Callback.NotNull(parameters), Callback.NotNull(data), needsData: false));
    }

    /// <summary>
    /// The response changes the data of a query, where there is some: an item of a list, say. Written as by
    /// <see cref="SetsData{TParams}(QueryDefinition{TParams, T}, Func{TArgs, T, TParams})"/>; a query without data stays without.
    /// </summary>
    /// <inheritdoc cref="SetsData{TParams, TData}(QueryDefinition{TParams, TData}, Func{TArgs, T, TParams}, Func{TArgs, T, TData})"/>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Of which parameters, from the arguments and the result.</param>
    /// <param name="update">
    /// The data, from what the server last said (without any patches), the arguments and the result. Called again when somebody else writes meanwhile.
    /// </param>
    public MutationOptions<TArgs, T> UpdatesData<TParams, TData>(
        QueryDefinition<TParams, TData> definition, Func<TArgs, T, TParams> parameters, Func<TData, TArgs, T, TData> update)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        Callback.NotNull(update);
        return Adding(new WriteOne<TArgs, T, TParams, TData>(
            definition, Callback.NotNull(parameters), (data, args, result) => update(data!, args, result), needsData: true));
    }

    /// <summary>
    /// What matches is stale once the write has been answered: what is watched is refetched. Also after a failure, and after a cancellation of a write that was sent, for the
    /// server may have done it all the same; not when nothing was sent.
    /// </summary>
    /// <param name="filter">What: a definition, a key (everything below it), or any filter. Its predicate runs when the call is answered; what it throws is reported.</param>
    /// <returns>New options; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="filter"/> is null.</exception>
    /// <remarks>The refetches are awaited only with <see cref="AwaitRefetches"/>.</remarks>
    public MutationOptions<TArgs, T> Invalidates(QueryFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Invalidates(_ => filter);
    }

    /// <inheritdoc cref="Invalidates(QueryFilter)"/>
    /// <param name="filter">What, from the arguments. What it throws goes to the client's hook.</param>
    public MutationOptions<TArgs, T> Invalidates(Func<TArgs, QueryFilter> filter) => Adding(new InvalidateMatching<TArgs, T>(Callback.NotNull(filter)));

    /// <inheritdoc cref="Invalidates(QueryFilter)"/>
    /// <typeparam name="TParams">The query's parameters.</typeparam>
    /// <typeparam name="TData">The query's data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Of which parameters, from the arguments. What it throws goes to the client's hook.</param>
    public MutationOptions<TArgs, T> Invalidates<TParams, TData>(QueryDefinition<TParams, TData> definition, Func<TArgs, TParams> parameters)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(parameters);
        return Invalidates(args => new QueryFilter { Key = definition.KeyOf(parameters(args)) });
    }

    private MutationOptions<TArgs, T> Adding(MutationEffect<TArgs, T> effect) => this with { Effects = [.. Effects, effect] };
}
