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
    private readonly ConcurrentDictionary<TParams, QueryEntry<T>>? _entries;

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

    public QueryEntry<T>? Find(TParams parameters) =>
        _entries is not null && _entries.TryGetValue(parameters, out var entry) && !entry.IsDead ? entry : null;

    public void Add(TParams parameters, QueryEntry<T> entry)
    {
        if (_entries is null || entry.IndexPlace is not null || !entry.TryEnterIndex(new Place(_entries, parameters, entry))) return;
        _entries[parameters] = entry;
        if (entry.IsDead) entry.LeaveIndex(); // It may have left the cache before it stood here.
    }

    /// <summary>The query of an entry that was found here, as whoever has no options of their own asks it: made once.</summary>
    public QueryRequest<T> RequestOf(QueryEntry<T> entry, QueryDefinition<TParams, T> definition)
    {
        var place = (Place)entry.IndexPlace!;
        return place.Request ??= definition.Request(place.Parameters, entry.Key, Options);
    }

    private sealed class Place(ConcurrentDictionary<TParams, QueryEntry<T>> entries, TParams parameters, QueryEntry<T> entry) : IDisposable
    {
        public TParams Parameters => parameters;

        public QueryRequest<T>? Request { get; set; }

        public void Dispose() => entries.TryRemove(KeyValuePair.Create(parameters, entry));
    }
}

/// <summary>A <see cref="ReadIndex{TParams, T}"/>, whatever its types.</summary>
internal interface IReadIndex;
