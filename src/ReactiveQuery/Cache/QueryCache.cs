namespace ReactiveQuery;

/// <summary>The entries of one client: found by key, by prefix and by filter; bounded; watched through a stream of events.</summary>
/// <remarks>Owned by its <see cref="QueryClient"/>. Safe from any thread.</remarks>
public sealed class QueryCache
{
    private readonly object _gate = new();
    private readonly EntryTable _entries;
    private readonly PrefixIndex _index = new();
    private readonly LatestSubject<QueryCacheEvent> _events;
    private readonly int _capacity;
    private volatile bool _enlists;
    private volatile bool _hasEnlisted;

    internal QueryCache(QueryClient client)
    {
        Client = client;
        _entries = new(_gate);
        _capacity = client.Options.CacheCapacity;
        _events = new LatestSubject<QueryCacheEvent>(error => client.Errors.Report(error, UnobservedErrorOrigin.Observer), replaysLatest: false, isAskedUnfenced: true);
        Clock = new QueryClock(client.Options.Scheduler);
        Deadlines = new Deadlines(client.Options.Scheduler, Clock, error => client.Errors.Report(error, UnobservedErrorOrigin.Scheduler), Expired, DeliverEvents);
    }

    /// <summary>How many entries there are, watched and unwatched.</summary>
    public int Count => _entries.Count;

    /// <summary>
    /// What happens to entries: added, updated with the cause, removed with the cause. Hot, nothing is replayed; events of one entry come in
    /// the order of its commits, serialized per observer, on the thread of the commit. Completes when the client is disposed.
    /// </summary>
    public IObservable<QueryCacheEvent> Events => _events;

    /// <summary>Whether somebody follows what happens to the entries.</summary>
    internal bool HasFollowers => _events.ObserverCount > 0;

    internal QueryClient Client { get; }

    internal QueryClock Clock { get; }

    internal Deadlines Deadlines { get; }

    /// <summary>The entries that somebody watches, so that a trigger costs them and not all that are held.</summary>
    internal LooseSet Watched { get; } = new(LooseSetKind.Watched, static entry => entry.ObserverCount > 0);

    /// <summary>The entries that are fetching.</summary>
    internal LooseSet Fetching { get; } = new(LooseSetKind.Fetching, static entry => entry.IsFetching);

    internal LeastRecentlyUsed Uses { get; } = new();

    /// <summary>The entries that match, as they are now; all of them without a filter.</summary>
    /// <param name="filter">What to look for, or null.</param>
    /// <returns>A snapshot, in no particular order. With a key, prefix or definition in the filter it costs what matches, otherwise what is held.</returns>
    public IReadOnlyList<QueryCacheEntry> Find(QueryFilter? filter = null) => [.. Matching(filter).Select(entry => entry.Describe())];

    internal QueryEntry? TryGet(QueryKey key) => _entries.Find(key);

    /// <summary>The entry of a key if it is there; refuses a key that is in use with another data type.</summary>
    internal QueryEntry<T>? TryGet<T>(QueryKey key) => _entries.Find(key) is { } entry ? Typed<T>(entry) : null;

    /// <summary>The entry of a query, made if it is missing. It may die before the caller is aboard; then the caller asks again.</summary>
    internal QueryEntry<T> GetOrAdd<T>(QueryRequest<T> request)
    {
        if (request.Entry is { IsDead: false } known) return known;
        var entry = GetOrMake(request);
        request.Remember(entry);
        return entry;
    }

    /// <summary>Calls back now and after every round of changes, serialized, until the end.</summary>
    internal IDisposable Follow(Action onChanged, Action onCompleted) =>
        _events.Subscribe(System.Reactive.Observer.Create<QueryCacheEvent>(static _ => { }, onCompleted), onChanged);

    internal List<QueryEntry> Matching(QueryFilter? filter)
    {
        var found = Candidates(filter);
        if (filter is { IsPrefixAlone: false })
            found.RemoveAll(entry => !filter.Matches(entry));
        return found;
    }

    /// <summary>How many entries that match are fetching; costs those that are fetching, or fewer.</summary>
    internal int CountFetching(QueryFilter? filter) => Fetching.Snapshot().Count(entry => entry.IsFetching && filter?.Matches(entry) != false);

    /// <summary>An entry died: it is taken out, unless a new one has its key already.</summary>
    internal void Removed(QueryEntry entry, QueryRemovalCause cause)
    {
        entry.LeaveIndex();
        Deadlines.Forget(entry);
        if (_enlists) Uses.Forget(entry);
        Watched.Forget(entry);
        Fetching.Forget(entry);
        lock (_gate)
        {
            if (_entries.Remove_NeedsLock(entry))
                _index.Remove(entry);
            if (_events.ObserverCount > 0)
                _events.Post(new QueryCacheEvent(QueryCacheEventKind.Removed, entry.Describe(), RemovalCause: cause));
        }
    }

    /// <summary>The same for entries that expired together, at one taking of the cache's lock and of each list's; <see cref="DeliverEvents"/> is left to the caller.</summary>
    internal void Expired(ReadOnlySpan<QueryEntry> entries)
    {
        foreach (var entry in entries)
        {
            entry.LeaveIndex();
            if (_enlists) Uses.Forget(entry);
        }

        Watched.Forget(entries);
        Fetching.Forget(entries);
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                if (_entries.Remove_NeedsLock(entry))
                    _index.Remove(entry);
                if (_events.ObserverCount > 0) // Somebody has come since.
                    _events.Post(new QueryCacheEvent(QueryCacheEventKind.Removed, entry.Describe(), RemovalCause: QueryRemovalCause.Expired));
            }
        }
    }

    /// <summary>An entry lost its last passenger and may be evicted from now on.</summary>
    internal void Unwatched(QueryEntry entry)
    {
        if (_enlists) Uses.Enlist(entry);
        EvictSurplus();
    }

    internal void Post(QueryEntry entry, QueryCacheEventKind kind, QueryUpdateCause? cause)
    {
        if (_events.ObserverCount > 0)
            _events.Post(new QueryCacheEvent(kind, entry.Describe(), cause));
    }

    internal void DeliverEvents()
    {
        if (_events.ObserverCount > 0)
            _events.Drain();
    }

    internal void Close()
    {
        Deadlines.Dispose();
        foreach (var entry in All()) // Whoever is adding an entry either finishes before this or finds the client disposed.
            entry.Close();
        _events.End();
    }

    private QueryEntry<T> GetOrMake<T>(QueryRequest<T> request)
    {
        if (_entries.Find(request.Key) is { IsDead: false } found) return Typed<T>(found);
        QueryEntry<T> entry;
        lock (_gate)
        {
            Client.ThrowIfDisposed();
            var former = _entries.Find(request.Key);
            if (former is { IsDead: false }) return Typed<T>(former);
            entry = new QueryEntry<T>(this, request);
            entry.Used(Uses.NextStamp());
            Post(entry, QueryCacheEventKind.Added, null); // Before anybody can find it and post an update.
            _entries.Put_NeedsLock(entry);
            if (former is not null)
                _index.Remove(former);
            _index.Add(entry);
        }

        DeliverEvents();
        EvictSurplus();
        return entry;
    }

    private List<QueryEntry> Candidates(QueryFilter? filter)
    {
        if (filter?.Key is { } key)
            return _entries.Find(key) is { } entry ? [entry] : [];
        if (filter?.IndexedPrefix is not { } prefix)
            return filter?.IsWatched == true ? Watched.Snapshot() : All();
        var found = new List<QueryEntry>();
        lock (_gate)
        {
            if (prefix.Count > 0 && _entries.Find(prefix) is { } own)
                found.Add(own);
            _index.CollectBelow(prefix, found);
        }

        return found;
    }

    private List<QueryEntry> All()
    {
        lock (_gate)
        {
            var found = new List<QueryEntry>(_entries.Count);
            _index.CollectBelow(QueryKey.Empty, found);
            return found;
        }
    }

    private void EvictSurplus()
    {
        if (Count <= _capacity) return;
        if (!_hasEnlisted) EnlistAll();
        while (Count > _capacity && Uses.Take() is { } oldest)
            oldest.TryEvict();
    }

    /// <summary>
    /// The first time that there are too many: until then nobody asks which entry was used the longest time ago, so that none is enlisted as it becomes unwatched
    /// (W2, W12 in <c>benchmarks/WORKLOADS.md</c>). Watched ones are enlisted too; whoever takes one out sees that it is.
    /// </summary>
    private void EnlistAll()
    {
        lock (_gate)
        {
            _enlists = true; // First: what becomes unwatched or is added meanwhile enlists itself, or is found here.
            foreach (var entry in All())
                Uses.Enlist(entry);
            _hasEnlisted = true;
        }
    }

    private static QueryEntry<T> Typed<T>(QueryEntry entry) =>
        entry as QueryEntry<T> ?? throw new InvalidOperationException(
            $"The key {entry.Key} holds data of type {entry.DataType} and was asked for as {typeof(T)}. One key has one data type.");
}
