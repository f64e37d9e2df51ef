namespace ReactiveQuery;

/// <summary>An entry of the cache as it stood at one moment, whatever the type of its data.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public sealed record QueryCacheEntry
{
    internal QueryCacheEntry()
    {
    }

    /// <summary>The key.</summary>
    public required QueryKey Key { get; init; }

    /// <summary>The name of the definition that made or last fetched the entry.</summary>
    public required string DefinitionName { get; init; }

    /// <summary>The type of the data.</summary>
    public required Type DataType { get; init; }

    /// <summary>What is known.</summary>
    public required QueryStatus Status { get; init; }

    /// <summary>What runs.</summary>
    public required FetchStatus FetchStatus { get; init; }

    /// <summary>Whether there is data.</summary>
    public required bool HasData { get; init; }

    /// <summary>
    /// The data that observers are shown, pending patches included; boxed where it is a value type, null without data. Looking at it may run the patches.
    /// </summary>
    public object? Data => Fold is null ? BaseData : Fold.Value;

    /// <summary>The data as the server last said it, without pending patches; boxed where it is a value type, null without data.</summary>
    public required object? BaseData { get; init; }

    /// <summary>Whether at least one optimistic patch awaits its confirmation.</summary>
    public required bool IsOptimistic { get; init; }

    /// <summary>The error, or null.</summary>
    public required Exception? Error { get; init; }

    /// <summary>How many subscriptions watch the entry.</summary>
    public required int ObserverCount { get; init; }

    /// <summary>Whether the data is stale by the stale time last used for the entry, or invalidated. False without data.</summary>
    public required bool IsStale { get; init; }

    /// <summary>When the data arrived (the seed's <c>timestamp</c>); null without data.</summary>
    public required DateTimeOffset? Timestamp { get; init; }

    /// <summary>When the data turns or turned stale by the stale time last used; null without data, or when it never does.</summary>
    public required DateTimeOffset? StaleAt { get; init; }

    /// <summary>When the data is too old to be served to a newcomer (<see cref="QueryOptions.CacheTtl"/>); null without data, or when it never is.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Folds the pending patches in; null without any.</summary>
    internal IOptimisticFold? Fold { get; init; }

    /// <summary>Whether somebody watches the entry.</summary>
    public bool IsWatched => ObserverCount > 0;
}
