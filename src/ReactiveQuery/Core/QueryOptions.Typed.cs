using System.Reactive;

namespace ReactiveQuery;

/// <summary>What may be set for queries of one data type, on a definition or for one observer; see <see cref="QueryOptions"/>.</summary>
/// <typeparam name="T">The type of the query's data.</typeparam>
/// <remarks>
/// The functions are called outside every lock, on the thread that needs their result. One that throws costs what it was to give, nothing
/// else, and is reported to <see cref="QueryClientOptions.OnUnobservedError"/>.
/// </remarks>
public sealed record QueryOptions<T> : QueryOptions
{
    /// <summary>Entry-level: data to begin with, when the entry has none. It is real data: cached, and fresh from <see cref="InitialDataUpdatedAt"/> on.</summary>
    /// <value>Default: null, none.</value>
    public Func<T>? InitialData { get; init; }

    /// <summary>Entry-level: since when the initial data holds; an instant in the future counts as now.</summary>
    /// <value>Default: null, the instant at which it is put in place.</value>
    public DateTimeOffset? InitialDataUpdatedAt { get; init; }

    /// <summary>Observer-level: a stand-in shown while the first fetch runs. Never in the cache; gone once the key has data or an error.</summary>
    /// <value>Default: null, none.</value>
    public Func<T>? PlaceholderData { get; init; }

    /// <summary>
    /// Observer-level: the interval to the next refetch, asked after each state that ends a fetch; null, infinite or not positive = none. Less
    /// than 1 millisecond counts as 1. Takes the place of <see cref="QueryOptions.RefetchInterval"/>.
    /// </summary>
    /// <value>Default: null.</value>
    public Func<QueryState<T>, TimeSpan?>? RefetchIntervalFrom { get; init; }

    /// <summary>
    /// Observer-level, of an infinite query: each value fetches the next page, as <see cref="QueryClient.FetchNextPage{TParams, TCursor, TPage}"/> does (the end of
    /// the list scrolled into view). Ignored while the observer is disabled, and by queries without pages.
    /// </summary>
    /// <value>Default: null. An error of it is reported, and it is listened to no more.</value>
    public IObservable<Unit>? FetchNextPageOn { get; init; }

    /// <summary>Observer-level, of an infinite query: each value fetches the previous page; see <see cref="FetchNextPageOn"/>.</summary>
    /// <value>Default: null.</value>
    public IObservable<Unit>? FetchPreviousPageOn { get; init; }

    /// <summary>Entry-level: when two values count as equal as a whole, so that the old one is kept.</summary>
    /// <value>Default: null, item by item for lists, arrays and dictionaries, else <see cref="EqualityComparer{T}.Default"/>.</value>
    public IEqualityComparer<T>? DataComparer { get; init; }

    /// <summary>Entry-level: makes, from the old value and the fetched one, the value to keep; for shapes that structural sharing does not know.</summary>
    /// <value>Default: null. Takes the place of <see cref="DataComparer"/>. If it throws, the fetched value is kept as it is.</value>
    public Func<T, T, T>? ShareData { get; init; }

    /// <summary>Entry-level: called once for each fetch that brought data (a live query: with its first value), after the state was committed.</summary>
    /// <value>Default: null.</value>
    public Action<T, QueryContext>? OnSuccess { get; init; }

    /// <summary>Entry-level: called once for each fetch that failed for good, after the state was committed. Not called for a cancelled fetch.</summary>
    /// <value>Default: null.</value>
    public Action<Exception, QueryContext>? OnError { get; init; }
}
