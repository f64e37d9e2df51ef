namespace ReactiveQuery;

/// <summary>
/// The queries that a stream of parameters asked for lately: going back to one of them makes no key and merges no options again (W11b in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
/// <remarks>
/// A few, each in the one slot of its hash, where the next of that hash takes its place. An entry that one of them leads to has let go of its data when it leaves the cache.
/// Threads may write slots at once: what stands in one is complete.
/// </remarks>
internal sealed class RecentlyAsked<TParams, T>(QueryClient client, QueryDefinition<TParams, T> definition, QueryOptions<T>? own)
    where TParams : notnull
{
    private const int Slots = 32;
    private readonly Asked?[]? _recent = !definition.HasOwnKeys && ReadIndex<TParams, T>.SuitsParameters ? new Asked[Slots] : null;

    public Keyed<T> For(TParams parameters)
    {
        if (_recent is null) return new(client, Request(parameters));
        var defaults = client.DefaultsByPrefix;
        ref var slot = ref _recent[EqualityComparer<TParams>.Default.GetHashCode(parameters) & (Slots - 1)];
        if (Volatile.Read(ref slot) is { } asked && ReferenceEquals(asked.Defaults, defaults) && EqualityComparer<TParams>.Default.Equals(asked.Parameters, parameters))
            return asked;
        asked = new(client, Request(parameters), parameters, defaults);
        Volatile.Write(ref slot, asked);
        return asked;
    }

    private QueryRequest<T> Request(TParams parameters) => client.Request(definition, parameters, definition.KeyOf(parameters), own);

    /// <param name="client">The client.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="parameters">What was asked for.</param>
    /// <param name="defaults">The client's defaults when its options were merged.</param>
    private sealed class Asked(QueryClient client, QueryRequest<T> request, TParams parameters, object defaults) : Keyed<T>(client, request)
    {
        public TParams Parameters { get; } = parameters;

        public object Defaults { get; } = defaults;
    }
}
