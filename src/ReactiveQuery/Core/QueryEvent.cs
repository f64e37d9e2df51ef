namespace ReactiveQuery;

/// <summary>Something that happened to a query, with the instant at which it did. Past tense; the hierarchy is closed.</summary>
internal abstract record QueryEvent(QueryInstant Instant)
{
    /// <summary>The name under which the stream of cache events reports it.</summary>
    public abstract QueryUpdateCause Cause { get; }
}

/// <summary>A fetch was started, at once or as soon as the network is back.</summary>
internal sealed record FetchStarted(QueryInstant Instant, bool IsPaused, PageDirection Direction = PageDirection.None) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchStarted;
}

/// <summary>The running fetch began to wait for the network.</summary>
internal sealed record FetchPaused(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchPaused;
}

/// <summary>The fetch that waited for the network goes on.</summary>
internal sealed record FetchResumed(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchResumed;
}

/// <summary>An attempt failed and another will follow.</summary>
internal sealed record AttemptFailed(QueryInstant Instant, Exception Error, int FailureCount) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.AttemptFailed;
}

/// <summary>The fetch ended with data. <paramref name="IsCurrent"/> is false when an invalidation came after its start.</summary>
internal sealed record FetchSucceeded<T>(QueryInstant Instant, T Data, bool IsCurrent) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchSucceeded;
}

/// <summary>One page of the data came; the others are as old, and as invalid, as they were. <paramref name="IsCurrent"/> as for the whole data.</summary>
internal sealed record PageLanded<T>(QueryInstant Instant, T Data, bool IsCurrent) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchSucceeded;
}

/// <summary>A leg of the fetch came to its end and another begins: failures are counted anew.</summary>
internal sealed record LegEnded(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchResumed;
}

/// <summary>A live query delivered a value and goes on.</summary>
internal sealed record ValueArrived<T>(QueryInstant Instant, T Data, bool IsCurrent) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.ValueArrived;
}

/// <summary>A live query came to its end.</summary>
internal sealed record StreamCompleted(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.StreamCompleted;
}

/// <summary>The fetch ended with an error, all retries used.</summary>
internal sealed record FetchFailed(QueryInstant Instant, Exception Error, int FailureCount) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchFailed;
}

/// <summary>The fetch was ended silently; the query returns to what it was.</summary>
internal sealed record FetchCancelled(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.FetchCancelled;
}

/// <summary>Data was written by hand. The instant may lie in the past (hydration).</summary>
internal sealed record DataSet<T>(QueryInstant Instant, T Data) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.DataSet;
}

/// <summary>The data was declared stale.</summary>
internal sealed record Invalidated(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.Invalidated;
}

/// <summary>Data and error were dropped.</summary>
internal sealed record Dropped(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.Dropped;
}

/// <summary>Data that nobody watched was asked for when it was too old to be served. A fetch that runs behind it goes on, as a first load.</summary>
internal sealed record Expired(QueryInstant Instant) : QueryEvent(Instant)
{
    public override QueryUpdateCause Cause => QueryUpdateCause.Dropped;
}
