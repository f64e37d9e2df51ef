namespace ReactiveQuery;

/// <summary>An observable or sequence fetcher ended without a single value. Not retried; old data is kept.</summary>
public sealed class EmptyFetchException : Exception
{
    internal EmptyFetchException(string queryName)
        : base($"The fetcher of query '{queryName}' ended without a value.") => QueryName = queryName;

    private EmptyFetchException(string message, string name)
        : base(message) => QueryName = name;

    /// <summary>The name of the query's or mutation's definition.</summary>
    public string QueryName { get; }

    internal static EmptyFetchException OfMutation(string name) => new($"The fetcher of mutation '{name}' ended without a value.", name);
}
