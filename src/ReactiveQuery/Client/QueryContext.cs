namespace ReactiveQuery;

/// <summary>What a fetcher or a hook may want to know of the fetch it serves.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed class QueryContext
{
    internal QueryContext(QueryClient client, QueryKey key, object? meta, int attempt, CancellationToken cancellationToken)
    {
        Client = client;
        Key = key;
        Meta = meta;
        Attempt = attempt;
        CancellationToken = cancellationToken;
    }

    /// <summary>The client that fetches.</summary>
    public QueryClient Client { get; }

    /// <summary>The key that is fetched.</summary>
    public QueryKey Key { get; }

    /// <summary>The <see cref="QueryOptions.Meta"/> in force, or null.</summary>
    public object? Meta { get; }

    /// <summary>Which attempt of the fetch this is, counted from 1; in a hook, how many attempts there were.</summary>
    public int Attempt { get; }

    /// <summary>Cancelled when the fetch is superseded, cancelled or abandoned, or its attempt timed out. In a hook: none.</summary>
    public CancellationToken CancellationToken { get; }
}
