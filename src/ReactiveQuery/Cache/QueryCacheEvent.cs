namespace ReactiveQuery;

/// <summary>What happened to an entry of the cache.</summary>
public enum QueryCacheEventKind
{
    /// <summary>An entry came into being.</summary>
    Added,

    /// <summary>The state of an entry changed; see <see cref="QueryCacheEvent.UpdateCause"/>.</summary>
    Updated,

    /// <summary>An entry left; see <see cref="QueryCacheEvent.RemovalCause"/>.</summary>
    Removed,
}

/// <summary>What changed the state of an entry.</summary>
public enum QueryUpdateCause
{
    /// <summary>A fetch was started.</summary>
    FetchStarted,

    /// <summary>A fetch began to wait for the network.</summary>
    FetchPaused,

    /// <summary>A fetch that waited for the network goes on.</summary>
    FetchResumed,

    /// <summary>An attempt failed and another follows.</summary>
    AttemptFailed,

    /// <summary>A fetch ended with data.</summary>
    FetchSucceeded,

    /// <summary>A live query delivered a value.</summary>
    ValueArrived,

    /// <summary>A live query came to its end.</summary>
    StreamCompleted,

    /// <summary>A fetch failed for good.</summary>
    FetchFailed,

    /// <summary>A fetch was ended silently.</summary>
    FetchCancelled,

    /// <summary>Data was written by hand.</summary>
    DataSet,

    /// <summary>The data was invalidated.</summary>
    Invalidated,

    /// <summary>Data and error were dropped.</summary>
    Dropped,

    /// <summary>An optimistic patch was laid on the data.</summary>
    Patched,

    /// <summary>An optimistic patch was confirmed.</summary>
    PatchCommitted,

    /// <summary>Optimistic patches were taken back.</summary>
    PatchRolledBack,
}

/// <summary>Why an entry left the cache.</summary>
public enum QueryRemovalCause
{
    /// <summary>It was removed, reset or cleared by a call.</summary>
    Removed,

    /// <summary>Its <see cref="QueryOptions.GcTime"/> was over.</summary>
    Expired,

    /// <summary>The cache was full and it was the least recently used.</summary>
    Evicted,

    /// <summary>Its last passenger left and there was nothing worth keeping, or <see cref="QueryOptions.CacheEnabled"/> is false.</summary>
    Abandoned,

    /// <summary>The client was disposed.</summary>
    Disposed,
}

/// <summary>One change in the cache.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Entry">The entry as it was right after.</param>
/// <param name="UpdateCause">What changed it; null unless updated.</param>
/// <param name="RemovalCause">Why it left; null unless removed.</param>
public sealed record QueryCacheEvent(
    QueryCacheEventKind Kind, QueryCacheEntry Entry, QueryUpdateCause? UpdateCause = null, QueryRemovalCause? RemovalCause = null)
{
    /// <summary>The key of the entry.</summary>
    public QueryKey Key => Entry.Key;
}
