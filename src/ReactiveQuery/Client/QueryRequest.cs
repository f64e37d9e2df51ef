namespace ReactiveQuery;

/// <summary>One query asked by somebody: which key, under which options, and how to fetch it. Whoever starts a fetch brings it.</summary>
internal abstract class QueryRequest<T>(QueryKey key, EffectiveOptions<T> options)
{
    public QueryKey Key { get; } = key;

    public EffectiveOptions<T> Options { get; } = options;

    public abstract string Name { get; }

    public abstract bool IsLive { get; }

    /// <summary>Runs one attempt; see <see cref="Fetcher{TParams, T}.Run"/>.</summary>
    public abstract IDisposable Run(QueryClient client, int attempt, Interest? interest, IObserver<T> observer);
}

/// <summary>
/// Whether what a live fetch brings is still wanted. An attempt that has not returned yet cannot be disposed, and looks here; it must not look at the fetch itself,
/// which an attempt whose work never ends would keep alive.
/// </summary>
internal sealed class Interest
{
    private volatile bool _isLost;

    public bool IsLost => _isLost;

    public void Lose() => _isLost = true;
}

internal sealed class QueryRequest<TParams, T>(
    QueryDefinition<TParams, T> definition, TParams parameters, QueryKey key, EffectiveOptions<T> options) : QueryRequest<T>(key, options)
    where TParams : notnull
{
    public override string Name => definition.Name;

    public override bool IsLive => definition.Fetcher.IsLive;

    public override IDisposable Run(QueryClient client, int attempt, Interest? interest, IObserver<T> observer) =>
        definition.Fetcher.Run(parameters, new Attempt(client, Key, Options.Meta, attempt, interest), observer);
}
