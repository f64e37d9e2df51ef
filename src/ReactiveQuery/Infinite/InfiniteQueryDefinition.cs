namespace ReactiveQuery;

/// <summary>
/// A query of many pages described once: a name, a fetcher of one page, how a page tells the next, a policy. It is a query whose data is
/// <see cref="InfiniteData{TCursor, TPage}"/>: whatever takes a definition takes it, too.
/// </summary>
/// <typeparam name="TParams">The parameters: one value, a tuple, or <see cref="System.Reactive.Unit"/> for none. They make the key; cursors do not.</typeparam>
/// <typeparam name="TCursor">What tells the server which page is meant.</typeparam>
/// <typeparam name="TPage">A page.</typeparam>
/// <remarks>Immutable; safe from any thread. Made by <c>Query.DefineInfinite</c>.</remarks>
public sealed class InfiniteQueryDefinition<TParams, TCursor, TPage> : QueryDefinition<TParams, InfiniteData<TCursor, TPage>>
    where TParams : notnull
{
    private readonly Fetcher<PageParams<TParams, TCursor>, TPage> _fetcher;
    private readonly Paging<TCursor, TPage> _paging;

    internal InfiniteQueryDefinition(string name, Fetcher<PageParams<TParams, TCursor>, TPage> fetcher, Paging<TCursor, TPage> paging)
        : base(name, new() { ShareData = static (previous, next) => next.SharedWith(previous) })
    {
        _fetcher = fetcher;
        _paging = paging;
    }

    private InfiniteQueryDefinition(
        InfiniteQueryDefinition<TParams, TCursor, TPage> origin,
        Paging<TCursor, TPage> paging,
        QueryOptions<InfiniteData<TCursor, TPage>> options,
        Func<TParams, QueryKey>? keyOf)
        : base(origin, options, keyOf)
    {
        _fetcher = origin._fetcher;
        _paging = paging;
    }

    /// <summary>How many pages are kept.</summary>
    /// <value>Default: null, all.</value>
    public int? MaxPages => _paging.MaxPages == int.MaxValue ? null : _paging.MaxPages;

    internal override WhenUnobserved WhenUnobserved => _fetcher.WhenUnobserved;

    /// <inheritdoc/>
    /// <remarks>
    /// <see cref="QueryOptions{T}.ShareData"/> is set beforehand: it keeps the references of equal pages. Put
    /// <c>(a, b) => b.SharedWith(a, share)</c> in its place to open pages.
    /// </remarks>
    public override InfiniteQueryDefinition<TParams, TCursor, TPage> With(
        Func<QueryOptions<InfiniteData<TCursor, TPage>>, QueryOptions<InfiniteData<TCursor, TPage>>> configure) =>
        new(this, _paging, Configured(configure), OwnKeyOf);

    /// <inheritdoc/>
    public override InfiniteQueryDefinition<TParams, TCursor, TPage> WithKey(Func<TParams, QueryKey> keyOf)
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        return new(this, _paging, Options, keyOf);
    }

    /// <summary>The same query with a bound on the pages kept: a page too many at one end drops one at the other.</summary>
    /// <param name="count">How many pages are kept, at least 1. The dropped ones come back only if the list can grow at that end.</param>
    /// <returns>A new definition; this one stays as it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public InfiniteQueryDefinition<TParams, TCursor, TPage> WithMaxPages(int count)
    {
        if (count < 1)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"{nameof(count)} must be at least 1.");
        return new(this, _paging with { MaxPages = count }, Options, OwnKeyOf);
    }

    /// <summary>The same query with cursor functions that look at all pages.</summary>
    /// <param name="next">From the last page and all pages, the cursor of the page behind it; null when it is the last one. Called outside every lock; must be pure.</param>
    /// <param name="previous">From the first page and all pages, the cursor of the page before it; null: the list does not grow to the front.</param>
    /// <returns>A new definition; this one stays as it is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> is null.</exception>
    public InfiniteQueryDefinition<TParams, TCursor, TPage> WithCursors(
        Func<TPage, InfiniteData<TCursor, TPage>, PageCursor<TCursor>?> next,
        Func<TPage, InfiniteData<TCursor, TPage>, PageCursor<TCursor>?>? previous = null)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new(this, _paging with { Next = next, Previous = previous }, Options, OwnKeyOf);
    }

    /// <summary>Whether a page follows the last one, as the cursor function says.</summary>
    /// <param name="data">The pages. Without any, the first page follows.</param>
    /// <returns>Whether <c>FetchNextPage</c> would fetch something. What the cursor function throws is thrown.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="data"/> is null.</exception>
    public bool HasNextPage(InfiniteData<TCursor, TPage> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return _paging.CursorOf(PageDirection.Next, data) is not null;
    }

    /// <summary>Whether a page comes before the first one, as the cursor function says; false where there is no such function.</summary>
    /// <param name="data">The pages. Without any, none comes before.</param>
    /// <returns>Whether <c>FetchPreviousPage</c> would fetch something. What the cursor function throws is thrown.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="data"/> is null.</exception>
    public bool HasPreviousPage(InfiniteData<TCursor, TPage> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return _paging.CursorOf(PageDirection.Previous, data) is not null;
    }

    internal override QueryRequest<InfiniteData<TCursor, TPage>> Request(
        TParams parameters, QueryKey key, EffectiveOptions<InfiniteData<TCursor, TPage>> options) =>
        new InfiniteRequest<TParams, TCursor, TPage>(Name, _fetcher, _paging, parameters, key, options);
}
