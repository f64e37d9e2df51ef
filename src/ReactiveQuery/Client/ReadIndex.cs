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
    private readonly ConcurrentDictionary<TParams, Known>? _known;
    private First? _first; // Of those that were found, as long as its entry lives: many definitions are never asked for another (W13 in benchmarks/WORKLOADS.md).

    public ReadIndex(object owner, EffectiveOptions<T> options, bool isIndexed)
    {
        (Owner, Options) = (owner, options);
        _known = isIndexed ? new() : null;
        Weak = new(this);
    }

    /// <summary>What stands for the client: a reference to the client itself, from a value of its own weak table, would keep it alive as long as the definition.</summary>
    public object Owner { get; }

    public EffectiveOptions<T> Options { get; }

    /// <summary>For the definition, which may live as long as the process, to remember the client's index by.</summary>
    public WeakReference<ReadIndex<TParams, T>> Weak { get; }

    /// <summary>Whether parameters of this type are equal exactly when the keys made of them are.</summary>
    public static bool SuitsParameters =>
        typeof(TParams).IsPrimitive || typeof(TParams) == typeof(string) || typeof(TParams) == typeof(Guid) || typeof(TParams) == typeof(System.Reactive.Unit);

    /// <summary>The query of an entry that is found here, as whoever has no options of their own asks it; its entry was in the cache a moment ago.</summary>
    public QueryRequest<T>? Find(TParams parameters)
    {
        if (Volatile.Read(ref _first) is { } first && !first.Known.Entry.IsDead && EqualityComparer<TParams>.Default.Equals(first.Parameters, parameters))
            return first.Known.Request;
        if (_known is null || !_known.TryGetValue(parameters, out var known) || known.Entry.IsDead) return null;
        if (Volatile.Read(ref _first) is null)
            BeFirst(parameters, known);
        return known.Request;
    }

    /// <summary>The entry alone, for a reader: the request would be one more place in memory to fetch (W1 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    public QueryEntry<T>? FindEntry(TParams parameters) => _known is not null && _known.TryGetValue(parameters, out var known) && !known.Entry.IsDead ? known.Entry : null;

    /// <param name="parameters">The parameters.</param>
    /// <param name="request">The query as whoever has no options of their own asks it; it knows its entry.</param>
    public void Add(TParams parameters, QueryRequest<T> request)
    {
        var entry = request.Entry!;
        if (_known is null || entry.IsIndexed || !entry.TryEnterIndex(new Place(Weak, parameters))) return;
        _known[parameters] = new(entry, request);
        if (entry.IsDead) entry.LeaveIndex(); // It may have left the cache before it stood here.
    }

    private void Remove(TParams parameters)
    {
        if (_known!.TryGetValue(parameters, out var known) && known.Entry.IsDead)
            _known.TryRemove(KeyValuePair.Create(parameters, known));
        ForgetDeadFirst();
    }

    private void BeFirst(TParams parameters, Known known)
    {
        Interlocked.CompareExchange(ref _first, new(parameters, known), null);
        ForgetDeadFirst(); // It may have left the cache before it stood here.
    }

    private void ForgetDeadFirst()
    {
        if (Volatile.Read(ref _first) is { Known.Entry.IsDead: true } first)
            Interlocked.CompareExchange(ref _first, null, first);
    }

    private readonly record struct Known(QueryEntry<T> Entry, QueryRequest<T> Request);

    /// <summary>Whatever stands in <see cref="_known"/>, without being looked for.</summary>
    private sealed class First(TParams parameters, Known known)
    {
        public TParams Parameters { get; } = parameters;

        public Known Known { get; } = known;
    }

    /// <summary>What an entry keeps of the index. Not the index itself: its requests hold fetchers, and those view-models, for which an entry must not be the reason to live.</summary>
    private sealed class Place(WeakReference<ReadIndex<TParams, T>> index, TParams parameters) : IDisposable
    {
        public void Dispose()
        {
            if (index.TryGetTarget(out var found))
                found.Remove(parameters);
        }
    }
}

/// <summary>A <see cref="ReadIndex{TParams, T}"/>, whatever its types.</summary>
internal interface IReadIndex;
