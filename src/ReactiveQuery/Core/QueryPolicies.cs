namespace ReactiveQuery;

/// <summary>When a mount, a focus or a reconnect fetches.</summary>
public enum RefetchPolicy
{
    /// <summary>Only when there is no data or it is stale. The default everywhere.</summary>
    IfStale,

    /// <summary>Always, fresh data or not.</summary>
    Always,

    /// <summary>Never; a mount still loads what has no data at all.</summary>
    Never,
}

/// <summary>How a fetch treats a lost connection (<see cref="QueryClientOptions.Online"/>).</summary>
public enum NetworkMode
{
    /// <summary>Every attempt waits for the connection. The default.</summary>
    Online,

    /// <summary>The first attempt runs in any case, retries wait for the connection.</summary>
    OfflineFirst,

    /// <summary>The connection is not looked at.</summary>
    Always,
}

/// <summary>What becomes of a running fetch when its last passenger (observer or awaiting caller) leaves.</summary>
public enum WhenUnobserved
{
    /// <summary>
    /// It is cancelled and the query returns at once to what it was, even if the work ignores its token. The default for fetchers that
    /// take a token, for observables and for sequences.
    /// </summary>
    Cancel,

    /// <summary>
    /// It runs on into the cache, without further retries. The default for fetchers without a token. A live query, which may never end, runs on
    /// until its first value and is cancelled then; one that has brought a value already is cancelled at once.
    /// </summary>
    Complete,
}

/// <summary>Which states an observer with a dispatch scheduler receives.</summary>
public enum DispatchMode
{
    /// <summary>Every state, in order. The default.</summary>
    EveryState,

    /// <summary>The latest only: states that the scheduler is too slow for are skipped, and at most one is ever queued.</summary>
    LatestState,
}
