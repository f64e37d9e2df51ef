using System.Reactive;

namespace ReactiveQuery;

/// <content>Describes infinite queries.</content>
public static partial class Query
{
    /// <summary>A query of many pages whose fetcher takes a token. An abandoned fetch is cancelled.</summary>
    /// <typeparam name="TParams">The parameters: one value, or a tuple of several. They become the key's segments after the name.</typeparam>
    /// <typeparam name="TCursor">What tells the server which page is meant: a number, an offset, an opaque text; a value type or a reference type.</typeparam>
    /// <typeparam name="TPage">A page.</typeparam>
    /// <param name="name">The first segment of every key of the query; not empty.</param>
    /// <param name="fetcher">
    /// Fetches the page of a cursor. Called for each attempt at each page, outside every lock, on the thread of whoever starts the fetch (of a later page of a refetch: where
    /// the page before it arrived) unless <see cref="QueryOptions.FetchScheduler"/> says otherwise. Failures are what they are for any query; a null page is a page.
    /// </param>
    /// <param name="firstCursor">The cursor of the first page; null is a cursor here, such as the absent one of an opaque scheme.</param>
    /// <param name="nextCursor">From the last page, the cursor of the page behind it; null when it is the last one. Called outside every lock; must be pure.</param>
    /// <param name="previousCursor">From the first page, the cursor of the page before it; null when it is the first one. Null: the list grows at its end only.</param>
    /// <returns>An immutable description. For cursor functions that look at all pages: <see cref="InfiniteQueryDefinition{TParams, TCursor, TPage}.WithCursors"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/>, <paramref name="fetcher"/> or <paramref name="nextCursor"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <remarks>
    /// <example>
    /// <code>
    /// static readonly InfiniteQueryDefinition&lt;string, int, PostPage&gt; Posts = Query.DefineInfinite(
    ///     "posts", (string topic, int cursor, CancellationToken ct) => api.GetPostsAsync(topic, cursor, ct),
    ///     firstCursor: 0, nextCursor: page => page.Next);
    /// </code>
    /// </example>
    /// </remarks>
    public static InfiniteQueryDefinition<TParams, TCursor, TPage> DefineInfinite<TParams, TCursor, TPage>(
        string name,
        Func<TParams, TCursor, CancellationToken, Task<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Infinite(
            name,
            new TaskFetcher<PageParams<TParams, TCursor>, TPage>(name, (page, token) => fetcher(page.Parameters, page.Cursor, token)),
            firstCursor,
            nextCursor,
            previousCursor);
    }

    /// <summary>A query of many pages whose fetcher takes no token. An abandoned fetch runs on into the cache.</summary>
    /// <inheritdoc cref="DefineInfinite{TParams, TCursor, TPage}(string, Func{TParams, TCursor, CancellationToken, Task{TPage}}, TCursor, Func{TPage, PageCursor{TCursor}?}, Func{TPage, PageCursor{TCursor}?}?)"/>
    public static InfiniteQueryDefinition<TParams, TCursor, TPage> DefineInfinite<TParams, TCursor, TPage>(
        string name,
        Func<TParams, TCursor, Task<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Infinite(
            name,
            new TokenlessFetcher<PageParams<TParams, TCursor>, TPage>(name, page => fetcher(page.Parameters, page.Cursor)),
            firstCursor,
            nextCursor,
            previousCursor);
    }

    /// <summary>A query of many pages whose fetcher returns an observable. Its first value is the page, and then it is unsubscribed.</summary>
    /// <inheritdoc cref="DefineInfinite{TParams, TCursor, TPage}(string, Func{TParams, TCursor, CancellationToken, Task{TPage}}, TCursor, Func{TPage, PageCursor{TCursor}?}, Func{TPage, PageCursor{TCursor}?}?)"/>
    public static InfiniteQueryDefinition<TParams, TCursor, TPage> DefineInfinite<TParams, TCursor, TPage>(
        string name,
        Func<TParams, TCursor, IObservable<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Infinite(
            name,
            new ObservableFetcher<PageParams<TParams, TCursor>, TPage>(name, page => fetcher(page.Parameters, page.Cursor)),
            firstCursor,
            nextCursor,
            previousCursor);
    }

    /// <summary>A query of many pages whose fetcher returns an asynchronous sequence. Its first value is the page, and then it is disposed.</summary>
    /// <inheritdoc cref="DefineInfinite{TParams, TCursor, TPage}(string, Func{TParams, TCursor, CancellationToken, Task{TPage}}, TCursor, Func{TPage, PageCursor{TCursor}?}, Func{TPage, PageCursor{TCursor}?}?)"/>
    public static InfiniteQueryDefinition<TParams, TCursor, TPage> DefineInfinite<TParams, TCursor, TPage>(
        string name,
        Func<TParams, TCursor, CancellationToken, IAsyncEnumerable<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Infinite(
            name,
            new SequenceFetcher<PageParams<TParams, TCursor>, TPage>(name, (page, token) => fetcher(page.Parameters, page.Cursor, token)),
            firstCursor,
            nextCursor,
            previousCursor);
    }

    /// <summary>A query of many pages without parameters whose fetcher takes a token. Its key is its name.</summary>
    /// <inheritdoc cref="DefineInfinite{TParams, TCursor, TPage}(string, Func{TParams, TCursor, CancellationToken, Task{TPage}}, TCursor, Func{TPage, PageCursor{TCursor}?}, Func{TPage, PageCursor{TCursor}?}?)"/>
    public static InfiniteQueryDefinition<Unit, TCursor, TPage> DefineInfinite<TCursor, TPage>(
        string name,
        Func<TCursor, CancellationToken, Task<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return DefineInfinite(name, (Unit _, TCursor cursor, CancellationToken token) => fetcher(cursor, token), firstCursor, nextCursor, previousCursor);
    }

    /// <summary>A query of many pages without parameters whose fetcher takes no token. Its key is its name.</summary>
    /// <inheritdoc cref="DefineInfinite{TParams, TCursor, TPage}(string, Func{TParams, TCursor, Task{TPage}}, TCursor, Func{TPage, PageCursor{TCursor}?}, Func{TPage, PageCursor{TCursor}?}?)"/>
    public static InfiniteQueryDefinition<Unit, TCursor, TPage> DefineInfinite<TCursor, TPage>(
        string name,
        Func<TCursor, Task<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return DefineInfinite(name, (Unit _, TCursor cursor) => fetcher(cursor), firstCursor, nextCursor, previousCursor);
    }

    /// <summary>A query of many pages without parameters whose fetcher returns an observable. Its key is its name.</summary>
    /// <inheritdoc cref="DefineInfinite{TParams, TCursor, TPage}(string, Func{TParams, TCursor, IObservable{TPage}}, TCursor, Func{TPage, PageCursor{TCursor}?}, Func{TPage, PageCursor{TCursor}?}?)"/>
    public static InfiniteQueryDefinition<Unit, TCursor, TPage> DefineInfinite<TCursor, TPage>(
        string name,
        Func<TCursor, IObservable<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return DefineInfinite(name, (Unit _, TCursor cursor) => fetcher(cursor), firstCursor, nextCursor, previousCursor);
    }

    /// <summary>A query of many pages without parameters whose fetcher returns an asynchronous sequence. Its key is its name.</summary>
    /// <inheritdoc cref="DefineInfinite{TParams, TCursor, TPage}(string, Func{TParams, TCursor, CancellationToken, IAsyncEnumerable{TPage}}, TCursor, Func{TPage, PageCursor{TCursor}?}, Func{TPage, PageCursor{TCursor}?}?)"/>
    public static InfiniteQueryDefinition<Unit, TCursor, TPage> DefineInfinite<TCursor, TPage>(
        string name,
        Func<TCursor, CancellationToken, IAsyncEnumerable<TPage>> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return DefineInfinite(name, (Unit _, TCursor cursor, CancellationToken token) => fetcher(cursor, token), firstCursor, nextCursor, previousCursor);
    }

    private static InfiniteQueryDefinition<TParams, TCursor, TPage> Infinite<TParams, TCursor, TPage>(
        string name,
        Fetcher<PageParams<TParams, TCursor>, TPage> fetcher,
        TCursor firstCursor,
        Func<TPage, PageCursor<TCursor>?> nextCursor,
        Func<TPage, PageCursor<TCursor>?>? previousCursor)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(nextCursor);
        return new(name, fetcher, new Paging<TCursor, TPage>(
            firstCursor,
            (page, _) => nextCursor(page),
            previousCursor is null ? null : (page, _) => previousCursor(page),
            int.MaxValue));
    }
}
