namespace ReactiveQuery;

/// <content>Boundaries.</content>
public sealed partial class QueryClient
{
    /// <summary>The errors of many queries in one place, with one way to try again.</summary>
    /// <param name="below">
    /// Which cached queries belong to it: a key prefix, a definition, any filter. Looked at whenever an entry changes; a predicate that throws counts as false and is reported. Null (the default): only what
    /// is observed through <see cref="QueryErrorBoundary.Watch{TParams, T}"/>.
    /// </param>
    /// <returns>A boundary that listens until it is disposed.</returns>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public QueryErrorBoundary CreateErrorBoundary(QueryFilter? below = null)
    {
        ThrowIfDisposed();
        return new(this, below);
    }
}
