using System.Collections.Concurrent;

namespace ReactiveQuery;

/// <summary>
/// What a client knows of one definition: its options, merged, and the entries that were asked for through it before, by the parameters themselves. Asking for one of
/// those makes no key, and reading it allocates nothing, which is what most calls of most applications are (W1, W2 and W15 in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
/// <remarks>
/// An entry stands in one index at most, that of the definition that asked for it first, so that short-lived definitions leave nothing behind on a long-lived entry.
/// It takes itself out when it leaves the cache; one that died a moment ago is no answer.
/// </remarks>
internal sealed class ReadIndex<TParams, T> : IReadIndex
    where TParams : notnull
{
    private readonly ConcurrentDictionary<TParams, Known>? _entries;

    public ReadIndex(object owner, EffectiveOptions<T> options, bool isIndexed)
    {
        (Owner, Options) = (owner, options);
        _entries = isIndexed ? new() : null;
        Weak = new(this);
    }

    /// <summary>What stands for the client: a reference to the client itself, from a value of its own weak table, would keep it alive as long as the definition.</summary>
    public object Owner { get; }

    public EffectiveOptions<T> Options { get; }

    /// <summary>For the definition, which may live as long as the process, to remember the client's index by.</summary>
    public WeakReference<ReadIndex<TParams, T>> Weak { get; }

    /// <summary>Whether parameters of this type are equal exactly when the keys made of them are.</summary>
    public static bool SuitsParameters => typeof(TParams).IsPrimitive || typeof(TParams) == typeof(string) || typeof(TParams) == typeof(Guid);

    public QueryEntry<T>? Find(TParams parameters) => FindKnown(parameters)?.Entry;

    /// <summary>The same, and the query as whoever has no options of their own asks it: made once.</summary>
    public QueryRequest<T>? Find(TParams parameters, QueryDefinition<TParams, T> definition, out QueryEntry<T>? entry)
    {
        var known = FindKnown(parameters);
        entry = known?.Entry;
        return known is null ? null : known.Request ??= definition.Request(parameters, known.Entry.Key, Options);
    }

    public void Add(TParams parameters, QueryEntry<T> entry)
    {
        if (_entries is null || entry.IndexPlace is not null || !entry.TryEnterIndex(new Place(Weak, parameters, entry))) return;
        _entries[parameters] = new(entry);
        if (entry.IsDead) entry.LeaveIndex(); // It may have left the cache before it stood here.
    }

    private Known? FindKnown(TParams parameters) =>
        _entries is not null && _entries.TryGetValue(parameters, out var known) && !known.Entry.IsDead ? known : null;

    private void Remove(TParams parameters, QueryEntry<T> entry)
    {
        if (_entries!.TryGetValue(parameters, out var known) && known.Entry == entry)
            _entries.TryRemove(KeyValuePair.Create(parameters, known));
    }

    /// <summary>What the index holds: the entry, and what only the definition may keep alive, for its fetcher may capture a view-model.</summary>
    private sealed class Known(QueryEntry<T> entry)
    {
        public QueryEntry<T> Entry => entry;

        public QueryRequest<T>? Request { get; set; }
    }

    /// <summary>What the entry holds, which may outlive the definition.</summary>
    private sealed class Place(WeakReference<ReadIndex<TParams, T>> index, TParams parameters, QueryEntry<T> entry) : IDisposable
    {
        public void Dispose()
        {
            if (index.TryGetTarget(out var present))
                present.Remove(parameters, entry);
        }
    }
}

/// <summary>A <see cref="ReadIndex{TParams, T}"/>, whatever its types.</summary>
internal interface IReadIndex;
