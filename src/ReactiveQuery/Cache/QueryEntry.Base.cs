namespace ReactiveQuery;

/// <summary>One entry of the cache, as far as its data's type does not matter.</summary>
internal abstract class QueryEntry(QueryKey key, RememberedOptions remembered) : Deadline
{
    private long _lastUse;
    private bool _isDead;
    private int _placeAmongWatched;
    private int _placeAmongFetching;
    private IDisposable? _indexPlace;
    private bool _wasAsked;

    /// <summary>The entry behind it in its chain; written by <see cref="EntryTable"/> alone.</summary>
    internal QueryEntry? NextInTable;

    public QueryKey Key { get; } = key;

    /// <summary>Where it stands in the index of prefixes, and in which place there; written by <see cref="PrefixNode"/> alone.</summary>
    public PrefixNode? Node { get; set; }

    public int NodeSlot { get; set; }

    private RememberedOptions _remembered = remembered; // Behind the other references, and so next to what else readers look at, as in QueryEntry<T>.

    public string DefinitionName => Remembered.DefinitionName;

    /// <summary>Of the options last used for the entry; may be asked without the lock, and is then as of a moment ago.</summary>
    public RememberedOptions Remembered
    {
        get => Volatile.Read(ref _remembered);
        protected set => Volatile.Write(ref _remembered, value);
    }

    public abstract Type DataType { get; }

    /// <summary>Whether it has left the cache. A dead entry takes nobody in and stays dead.</summary>
    public bool IsDead
    {
        get => Volatile.Read(ref _isDead);
        protected set => Volatile.Write(ref _isDead, value);
    }

    public abstract int ObserverCount { get; }

    public abstract bool IsFetching { get; }

    /// <summary>Whether a caller awaits its fetch.</summary>
    public abstract bool IsAwaited { get; }

    /// <summary>Whether the entry stands in the queue for eviction; written by <see cref="LeastRecentlyUsed"/> alone.</summary>
    public bool IsEnlisted { get; set; }

    public long LastUse => Volatile.Read(ref _lastUse);

    public void Used(long stamp) => Volatile.Write(ref _lastUse, stamp);

    /// <summary>Its place in a set, beginning with 1; 0 when it is not listed there. Written by that set alone.</summary>
    public ref int PlaceIn(LooseSetKind kind) => ref kind == LooseSetKind.Watched ? ref _placeAmongWatched : ref _placeAmongFetching;

    /// <summary>Whether it stands in the index of a definition, or once did.</summary>
    public bool IsIndexed => Volatile.Read(ref _indexPlace) is not null;

    /// <summary>Whether it was asked for more than once; an entry that is asked for once is not worth a place in an index.</summary>
    public bool IsAskedAgain()
    {
        var wasAsked = _wasAsked;
        _wasAsked = true;
        return wasAsked;
    }

    /// <summary>Takes a place in an index, unless it has one already.</summary>
    public bool TryEnterIndex(IDisposable place) => Interlocked.CompareExchange(ref _indexPlace, place, null) is null;

    public void LeaveIndex() => Volatile.Read(ref _indexPlace)?.Dispose();

    public abstract QueryCacheEntry Describe();

    public abstract void OnTrigger(RefetchTrigger trigger);

    /// <summary>A new epoch; what is watched and enabled is refetched. The task, if asked for, ends when that has settled.</summary>
    /// <param name="happened">The one invalidation of all entries that a command concerns.</param>
    /// <param name="isAwaited">Whether a task is asked for.</param>
    public abstract Task? Invalidate(Invalidated happened, bool isAwaited);

    public abstract Task? Refetch(bool isAwaited);

    public abstract void Cancel();

    public abstract void Drop(DropMode mode);

    /// <summary>Takes away the patches that were not committed.</summary>
    public abstract void RollbackAll();

    public abstract IReadOnlyList<OptimisticPatch> Patches();

    public abstract bool TryEvict();

    public abstract void Close();
}

/// <summary>What a wholesale command does to an entry besides dropping data and error.</summary>
internal enum DropMode
{
    /// <summary>Unwatched: leaves the cache. Watched: shows Idle and fetches anew if enabled.</summary>
    Remove,

    /// <summary>As <see cref="Remove"/>, but a watched entry begins with its initial data again, where it has some.</summary>
    Reset,
}

/// <summary>What made the surroundings ask for fresh data.</summary>
internal enum RefetchTrigger
{
    Focus,
    Reconnect,
    Resume,
}
