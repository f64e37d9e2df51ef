namespace ReactiveQuery;

/// <summary>An observable or sequence fetcher ended without a single value. Not retried; old data is kept.</summary>
public sealed class EmptyFetchException : Exception
{
    internal EmptyFetchException(string queryName)
        : base($"The fetcher of query '{queryName}' ended without a value.") => QueryName = queryName;

    /// <summary>The name of the query's definition.</summary>
    public string QueryName { get; }
}
