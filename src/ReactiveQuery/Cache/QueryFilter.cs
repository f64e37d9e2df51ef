namespace ReactiveQuery;

/// <summary>Which entries a command or a question concerns. What is not set does not restrict; what is set must all hold.</summary>
/// <remarks>Immutable; safe from any thread. A <see cref="QueryKey"/> converts to the filter of everything that begins with it.</remarks>
public sealed record QueryFilter
{
    /// <summary>Exactly this key.</summary>
    /// <value>Default: null, any key.</value>
    public QueryKey? Key { get; init; }

    /// <summary>Keys that begin with this one, itself included.</summary>
    /// <value>Default: null, any key.</value>
    public QueryKey? Prefix { get; init; }

    /// <summary>
    /// Entries of this definition: same name, same data type. If the definition has a key function, every entry of the cache has to be looked at.
    /// </summary>
    /// <value>Default: null, any definition.</value>
    public QueryDefinition? Definition { get; init; }

    /// <summary>Whether somebody watches the entry.</summary>
    /// <value>Default: null, watched or not.</value>
    public bool? IsWatched { get; init; }

    /// <summary>Whether the data is stale by the stale time last used for the entry; an entry without data is not.</summary>
    /// <value>Default: null, either.</value>
    public bool? IsStale { get; init; }

    /// <summary>What runs for the entry.</summary>
    /// <value>Default: null, anything.</value>
    public FetchStatus? FetchStatus { get; init; }

    /// <summary>Anything else. Called outside every lock; what it throws is thrown to the caller of the command.</summary>
    /// <value>Default: null.</value>
    public Func<QueryCacheEntry, bool>? Predicate { get; init; }

    /// <summary>A prefix that all matches have in common, or null.</summary>
    internal QueryKey? IndexedPrefix => Prefix ?? (Definition is { HasOwnKeys: false } definition ? definition.Root : null);

    /// <summary>Whether everything below the prefix matches, so that no entry has to be looked at.</summary>
    internal bool IsPrefixAlone => this is { Prefix: not null, Key: null, Definition: null, IsWatched: null, IsStale: null, FetchStatus: null, Predicate: null };

    /// <summary>Everything that begins with a key.</summary>
    /// <param name="prefix">The key; null converts to null.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(prefix))]
    public static implicit operator QueryFilter?(QueryKey? prefix) => FromQueryKey(prefix);

    /// <summary>Everything that begins with a key.</summary>
    /// <param name="prefix">The key; null converts to null.</param>
    /// <returns>A filter with that prefix.</returns>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(prefix))]
    public static QueryFilter? FromQueryKey(QueryKey? prefix) => prefix is null ? null : new() { Prefix = prefix };

    /// <summary>Everything of a definition.</summary>
    /// <param name="definition">The definition; null converts to null.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(definition))]
    public static implicit operator QueryFilter?(QueryDefinition? definition) => FromQueryDefinition(definition);

    /// <summary>Everything of a definition.</summary>
    /// <param name="definition">The definition; null converts to null.</param>
    /// <returns>A filter with that definition.</returns>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(definition))]
    public static QueryFilter? FromQueryDefinition(QueryDefinition? definition) => definition is null ? null : new() { Definition = definition };

    internal bool Matches(QueryEntry entry) =>
        (Key is null || entry.Key == Key)
        && (Prefix is null || entry.Key.StartsWith(Prefix))
        && (Definition is null || (entry.DefinitionName == Definition.Name && entry.DataType == Definition.DataType))
        && (IsWatched is null || entry.ObserverCount > 0 == IsWatched)
        && ((IsStale is null && FetchStatus is null && Predicate is null) || Matches(entry.Describe()));

    /// <summary>Whether an entry as it stood at one moment matches.</summary>
    internal bool Covers(QueryCacheEntry entry) =>
        (Key is null || entry.Key == Key)
        && (Prefix is null || entry.Key.StartsWith(Prefix))
        && (Definition is null || (entry.DefinitionName == Definition.Name && entry.DataType == Definition.DataType))
        && (IsWatched is null || entry.IsWatched == IsWatched)
        && Matches(entry);

    private bool Matches(QueryCacheEntry entry) =>
        (IsStale is null || entry.IsStale == IsStale)
        && (FetchStatus is null || entry.FetchStatus == FetchStatus)
        && (Predicate is null || Predicate(entry));
}
