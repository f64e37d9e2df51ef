using System.Reactive;

namespace ReactiveQuery;

/// <summary>Describes queries: a name, a fetcher, a policy.</summary>
/// <remarks>
/// Nothing runs and nothing is shared by describing. Two definitions of one name and one data type are the same query: whoever starts a fetch
/// brings the fetcher.
/// <example>
/// <code>
/// static readonly QueryDefinition&lt;int, User&gt; UserById =
///     Query.Define("users", (int id, CancellationToken ct) => api.GetUserAsync(id, ct))
///          .With(o => o with { StaleTime = TimeSpan.FromSeconds(30) });
/// </code>
/// </example>
/// </remarks>
public static partial class Query
{
    /// <summary>A query with parameters whose fetcher takes a token. An abandoned fetch is cancelled.</summary>
    /// <typeparam name="TParams">The parameters: one value, or a tuple of several. They become the key's segments after the name.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="name">The first segment of every key of the query; not empty.</param>
    /// <param name="fetcher">
    /// Called for each attempt, outside every lock, on the thread of whoever starts the fetch unless <see cref="QueryOptions.FetchScheduler"/> says
    /// otherwise. An exception, a faulted task, a null task and a foreign cancellation are failures; a null value is data.
    /// </param>
    /// <returns>An immutable description.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> or <paramref name="fetcher"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static QueryDefinition<TParams, T> Define<TParams, T>(string name, Func<TParams, CancellationToken, Task<T>> fetcher)
        where TParams : notnull =>
        new FetcherDefinition<TParams, T>(name, new TaskFetcher<TParams, T>(name, NotNull(fetcher)));

    /// <summary>A query with parameters whose fetcher takes no token. An abandoned fetch runs on into the cache.</summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, CancellationToken, Task{T}})"/>
    public static QueryDefinition<TParams, T> Define<TParams, T>(string name, Func<TParams, Task<T>> fetcher)
        where TParams : notnull =>
        new FetcherDefinition<TParams, T>(name, new TokenlessFetcher<TParams, T>(name, NotNull(fetcher)));

    /// <summary>A query with parameters whose fetcher wants to know its fetch: key, attempt, meta, token.</summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, CancellationToken, Task{T}})"/>
    public static QueryDefinition<TParams, T> Define<TParams, T>(string name, Func<TParams, QueryContext, Task<T>> fetcher)
        where TParams : notnull =>
        new FetcherDefinition<TParams, T>(name, new ContextFetcher<TParams, T>(name, NotNull(fetcher)));

    /// <summary>
    /// A live query with parameters: each value of the observable is a state, and the query streams until the observable ends.
    /// </summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, CancellationToken, Task{T}})"/>
    /// <param name="name">The first segment of every key of the query; not empty.</param>
    /// <param name="fetcher">Called for each attempt; what it returns is subscribed, and unsubscribed when the fetch is abandoned or superseded.</param>
    public static QueryDefinition<TParams, T> Define<TParams, T>(string name, Func<TParams, IObservable<T>> fetcher)
        where TParams : notnull =>
        new FetcherDefinition<TParams, T>(name, new ObservableFetcher<TParams, T>(name, NotNull(fetcher)));

    /// <summary>A live query with parameters: each value of the sequence is a state, and the query streams until the sequence ends.</summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, CancellationToken, Task{T}})"/>
    /// <param name="name">The first segment of every key of the query; not empty.</param>
    /// <param name="fetcher">Called for each attempt; what it returns is enumerated, and disposed when the fetch is abandoned or superseded.</param>
    public static QueryDefinition<TParams, T> Define<TParams, T>(string name, Func<TParams, CancellationToken, IAsyncEnumerable<T>> fetcher)
        where TParams : notnull =>
        new FetcherDefinition<TParams, T>(name, new SequenceFetcher<TParams, T>(name, NotNull(fetcher)));

    /// <summary>A query without parameters whose fetcher takes a token. Its key is its name.</summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, CancellationToken, Task{T}})"/>
    public static QueryDefinition<Unit, T> Define<T>(string name, Func<CancellationToken, Task<T>> fetcher)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Define(name, (Unit _, CancellationToken token) => fetcher(token));
    }

    /// <summary>A query without parameters whose fetcher takes no token. Its key is its name.</summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, CancellationToken, Task{T}})"/>
    public static QueryDefinition<Unit, T> Define<T>(string name, Func<Task<T>> fetcher)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Define(name, (Unit _) => fetcher());
    }

    /// <summary>A live query without parameters. Its key is its name.</summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, IObservable{T}})"/>
    public static QueryDefinition<Unit, T> Define<T>(string name, Func<IObservable<T>> fetcher)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Define(name, (Unit _) => fetcher());
    }

    /// <summary>A live query without parameters, from a sequence. Its key is its name.</summary>
    /// <inheritdoc cref="Define{TParams, T}(string, Func{TParams, CancellationToken, IAsyncEnumerable{T}})"/>
    public static QueryDefinition<Unit, T> Define<T>(string name, Func<CancellationToken, IAsyncEnumerable<T>> fetcher)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Define(name, (Unit _, CancellationToken token) => fetcher(token));
    }

    private static TFetcher NotNull<TFetcher>(TFetcher fetcher)
        where TFetcher : class
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return fetcher;
    }
}
