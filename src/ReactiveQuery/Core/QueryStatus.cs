namespace ReactiveQuery;

/// <summary>What is known of a query: the first of the two independent axes of a <see cref="QueryState{T}"/>.</summary>
/// <remarks>The other axis, what is running, is <see cref="FetchStatus"/>.</remarks>
public enum QueryStatus
{
    /// <summary>Nothing is known and nothing was asked: the query is disabled, or was cancelled before any data came.</summary>
    Idle,

    /// <summary>There is no data yet, and a first fetch is running or waits for the network.</summary>
    Loading,

    /// <summary>There is data, and the last thing that arrived was data.</summary>
    Success,

    /// <summary>The last fetch failed. Data of an earlier success is kept beside the error.</summary>
    Error,
}

/// <summary>What runs for a query at the moment: the second of the two independent axes of a <see cref="QueryState{T}"/>.</summary>
public enum FetchStatus
{
    /// <summary>Nothing runs.</summary>
    Idle,

    /// <summary>A fetch is under way, or waits between two attempts.</summary>
    Fetching,

    /// <summary>A fetch is due and waits for the network.</summary>
    Paused,

    /// <summary>A live query has delivered its first value and may deliver more.</summary>
    Streaming,
}
