using System.Reactive;

namespace ReactiveQuery;

/// <summary>One query that has failed.</summary>
/// <param name="Key">Its key; null for a stream that was given to <see cref="QueryErrorBoundary.Watch{T}"/>.</param>
/// <param name="Error">The fetcher's own exception.</param>
public sealed record QueryFailure(QueryKey? Key, Exception Error);

/// <summary>
/// The errors of many queries as one stream, and one way to try again. Made by <see cref="QueryClient.CreateErrorBoundary"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>event</term><description>behaviour</description></listheader>
/// <item><term>a query fails for good</term><description>it is in the list; retries that are going on are not</description></item>
/// <item><term>it is fetched again</term><description>a first load leaves the list at once, a failed refetch when it has succeeded</description></item>
/// <item><term>it leaves the cache, or the last subscriber of a watched stream leaves</term><description>it leaves the list</description></item>
/// <item><term><see cref="Reset"/></term><description>what failed is fetched again; a cached query that nobody watches is removed instead</description></item>
/// <item><term>the client is disposed</term><description>the stream completes</description></item>
/// </list>
/// <para>Safe from any thread; lists come on the thread on which a query changed, serialized for each observer, outside every lock.</para>
/// </remarks>
public sealed partial class QueryErrorBoundary : IObservable<IReadOnlyList<QueryFailure>>, IDisposable
{
    private readonly object _gate = new();
    private readonly QueryClient _client;
    private readonly QueryFilter? _filter;
    private readonly LatestSubject<IReadOnlyList<QueryFailure>> _failures;
    private readonly Dictionary<QueryKey, Exception> _cached = [];
    private readonly Dictionary<object, WatchedFailure> _watched = [];
    private readonly IDisposable? _events;

    internal QueryErrorBoundary(QueryClient client, QueryFilter? filter)
    {
        (_client, _filter) = (client, filter);
        _failures = new LatestSubject<IReadOnlyList<QueryFailure>>(client.ReportObserver);
        _failures.OnNext([]);
        if (filter is null)
        {
            _events = client.Lifetime.Subscribe(Observer.Create<Unit>(static _ => { }, () => _failures.End()));
            return;
        }

        // First the events, then what is there: an entry that changes in between is seen twice, the second time as it is.
        _events = client.Cache.Events.Subscribe(Observer.Create<QueryCacheEvent>(Changed, () => _failures.End()));
        foreach (var entry in client.Cache.Find(filter)) Note(entry.Key, entry.Error);
    }

    /// <summary>What has failed now, in no particular order.</summary>
    public IReadOnlyList<QueryFailure> Current
    {
        get { lock (_gate) return List_NeedsLock(); }
    }

    /// <summary>Whether anything has failed.</summary>
    public bool HasErrors => Current.Count > 0;

    /// <summary>Subscribes to what has failed.</summary>
    /// <param name="observer">Receives the present list before this returns, then each change. What it throws is reported.</param>
    /// <returns>Ends the subscription.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="observer"/> is null.</exception>
    public IDisposable Subscribe(IObserver<IReadOnlyList<QueryFailure>> observer) => _failures.Subscribe(observer);

    /// <summary>Tries again what has failed: watched queries are refetched, watched streams are retried, cached queries that nobody watches are removed.</summary>
    /// <remarks>What a retry throws is reported, the others go on. On a disposed boundary or client: does nothing.</remarks>
    public void Reset()
    {
        if (_client.IsDisposed) return;
        List<QueryKey> keys;
        List<Action> retries;
        lock (_gate)
        {
            keys = [.. _cached.Keys];
            retries = [.. _watched.Values.Where(stream => stream.Error is not null).Select(stream => stream.Retry)];
        }

        foreach (var key in keys) Try(() => FetchAgain(key));
        foreach (var retry in retries) Try(retry);
    }

    /// <summary>Lets go of the client and completes the stream. Streams that are watched go on.</summary>
    public void Dispose()
    {
        _events?.Dispose();
        lock (_gate)
        {
            _cached.Clear();
            _watched.Clear();
        }

        _failures.End();
    }

    private void Changed(QueryCacheEvent change)
    {
        bool isMine = change.Kind != QueryCacheEventKind.Removed && change.Entry.Error is not null && Covers(change.Entry);
        Note(change.Key, isMine ? change.Entry.Error : null);
    }

    private bool Covers(QueryCacheEntry entry)
    {
        try
        {
            return _filter!.Covers(entry);
        }
        catch (Exception error)
        {
            _client.Errors.Report(error, UnobservedErrorOrigin.Callback, entry.Key);
            return false;
        }
    }

    private void Note(QueryKey key, Exception? error)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_cached.GetValueOrDefault(key), error)) return;
            if (error is null) _cached.Remove(key);
            else _cached[key] = error;
            _failures.Post(List_NeedsLock());
        }

        _failures.Drain();
    }

    private IReadOnlyList<QueryFailure> List_NeedsLock() =>
    [
        .. _cached.Select(failed => new QueryFailure(failed.Key, failed.Value)),
        .. _watched.Values
            .Where(stream => stream.Error is not null && (stream.Key is null || !_cached.ContainsKey(stream.Key)))
            .Select(stream => new QueryFailure(stream.Key, stream.Error!))
            .Distinct(),
    ];

    private void FetchAgain(QueryKey key)
    {
        var exactly = new QueryFilter { Key = key };
        if (_client.Cache.Find(exactly) is not [var entry]) return;
        if (entry.IsWatched) _client.Refetch(exactly);
        else _client.Remove(exactly);
    }

    private void Try(Action retry)
    {
        try
        {
            retry();
        }
        catch (Exception error)
        {
            _client.Errors.Report(error, UnobservedErrorOrigin.Callback);
        }
    }

    private sealed record WatchedFailure(QueryKey? Key, Exception? Error, Action Retry);
}
