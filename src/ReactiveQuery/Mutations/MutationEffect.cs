namespace ReactiveQuery;

/// <summary>What a mutation does to the cache: before its answer, with its answer, after it. Each member runs user code, outside every lock.</summary>
internal abstract class MutationEffect<TArgs, T>
{
    /// <summary>Lays patches and gives the first of their chain, or null; throws what the user's functions throw.</summary>
    public virtual OptimisticHandle? Patch(QueryClient client, TArgs args) => null;

    /// <summary>Writes the response; the call's own patches on what it writes, of which the first is given, go with it.</summary>
    public virtual void Respond(QueryClient client, TArgs args, T result, OptimisticHandle? own)
    {
    }

    /// <summary>Whether <see cref="Invalidates"/> is worth asking.</summary>
    public virtual bool HasInvalidations => false;

    /// <summary>What has turned stale; null: nothing.</summary>
    public virtual QueryFilter? Invalidates(TArgs args) => null;
}

internal sealed class PatchOne<TArgs, T, TParams, TData>(
    QueryDefinition<TParams, TData> definition, Func<TArgs, TParams> parameters, Func<TData, TArgs, TData> update) : MutationEffect<TArgs, T>
    where TParams : notnull
{
    private readonly PatchFunction<TData, TArgs> _update = new(update);

    public override OptimisticHandle? Patch(QueryClient client, TArgs args) =>
        client.Patch(definition, parameters(args), new OptimisticHandle<TData>(_update, args));
}

internal sealed class PatchMany<TArgs, T, TData>(Func<TArgs, QueryFilter> filter, Func<TData, TArgs, TData> update) : MutationEffect<TArgs, T>
{
    public override OptimisticHandle? Patch(QueryClient client, TArgs args)
    {
        var laid = client.Mutate<TData>(filter(args), data => update(data, args));
        for (var i = laid.Count - 1; i > 0; i--)
            laid[i - 1].Append(laid[i]);
        return laid.Count > 0 ? laid[0] : null;
    }
}

/// <summary>The result is the data.</summary>
internal sealed class WriteResult<TArgs, T, TParams>(QueryDefinition<TParams, T> definition, Func<TArgs, T, TParams> parameters) : MutationEffect<TArgs, T>
    where TParams : notnull
{
    public override void Respond(QueryClient client, TArgs args, T result, OptimisticHandle? own) =>
        client.SetResponse(definition, parameters(args, result), result, null, own);
}

/// <param name="definition">The query.</param>
/// <param name="parameters">Of which parameters.</param>
/// <param name="make">The data, from the data so far.</param>
/// <param name="needsData">Whether nothing is written where there is no data.</param>
internal sealed class WriteOne<TArgs, T, TParams, TData>(
    QueryDefinition<TParams, TData> definition, Func<TArgs, T, TParams> parameters, Func<TData?, TArgs, T, TData> make, bool needsData)
    : MutationEffect<TArgs, T>
    where TParams : notnull
{
    public override void Respond(QueryClient client, TArgs args, T result, OptimisticHandle? own)
    {
        var which = parameters(args, result);
        if (!needsData || client.TryGetBaseData(definition, which, out _))
            client.SetResponse(definition, which, default, data => make(data, args, result), own);
    }
}

internal sealed class InvalidateMatching<TArgs, T>(Func<TArgs, QueryFilter> filter) : MutationEffect<TArgs, T>
{
    public override bool HasInvalidations => true;

    public override QueryFilter? Invalidates(TArgs args) => filter(args);
}
