namespace ReactiveQuery;

/// <summary>One query asked by somebody: which key, under which options, and how to fetch it. Whoever starts a fetch brings it.</summary>
internal abstract class QueryRequest<T>(QueryKey key, EffectiveOptions<T> options, bool isLive)
{
    private Flight<T>? _spare; // It may be the last that leads to an entry that has left the cache, which has no data then.

    public QueryKey Key { get; } = key;

    public EffectiveOptions<T> Options { get; } = options;

    /// <summary>
    /// The entry that it was found to concern first, which may have left the cache since; null before. Who asks again need not look for it again (W2, W11b in
    /// <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    public QueryEntry<T>? Entry { get; private set; }

    public abstract string Name { get; }

    public bool IsLive { get; } = isLive;

    /// <summary>Remembers its entry; never another one, because an index may stand on it.</summary>
    public void Remember(QueryEntry<T> entry) => Entry ??= entry;

    /// <summary>Keeps a flight that is over for the next fetch, where its caller alone has it.</summary>
    public void Keep(Flight<T> spare) => Volatile.Write(ref _spare, spare);

    /// <summary>Gives such a flight of the entry, once; null for none. Called under that entry's lock.</summary>
    public Flight<T>? TakeSpare(QueryEntry<T> entry)
    {
        if (Volatile.Read(ref _spare) is not { } spare || !spare.IsOf(entry)) return null;
        _spare = null;
        return spare;
    }

    /// <summary>A fetch of the whole data, in an entry that is in the given state. Called under the entry's lock: runs no user code.</summary>
    public abstract FetchRun<T> Begin(QueryState<T> state);

    /// <summary>
    /// One attempt of such a fetch, where it is the call of a fetcher that gives a task; null where it is anything else, and nothing was done. For the attempts of which there are many:
    /// to go through the interfaces of code that all types share takes as long as a tenth of a fetch (W8 in <c>benchmarks/WORKLOADS.md</c>). Only where <see cref="Begin"/> gives what
    /// has no state, for what it gave may serve several fetches.
    /// </summary>
    /// <param name="client">Who fetches.</param>
    /// <param name="attempt">The number of the attempt.</param>
    /// <param name="source">Cancels what runs; null when nothing can.</param>
    public virtual Task<T>? TryCall(QueryClient client, int attempt, out CancellationTokenSource? source)
    {
        source = null;
        return null;
    }

    /// <summary>
    /// A fetch of one page in a direction; null when there is no such page, as for any query that has none. Called outside every lock, may run user code, never
    /// throws: a fetch that cannot be begun is one that fails.
    /// </summary>
    public virtual FetchRun<T>? BeginPage(PageDirection direction, QueryState<T> state) => null;
}

/// <summary>
/// Whether what a live fetch brings is still wanted. An attempt that has not returned yet cannot be disposed, and looks here; it must not look at the fetch itself,
/// which an attempt whose work never ends would keep alive.
/// </summary>
internal sealed class Interest
{
    private volatile bool _isLost;

    public bool IsLost => _isLost;

    public void Lose() => _isLost = true;
}

internal sealed class QueryRequest<TParams, T>(
    Fetcher<TParams, T> fetcher, TParams parameters, QueryKey key, EffectiveOptions<T> options) : QueryRequest<T>(key, options, fetcher.IsLive)
    where TParams : notnull
{
    private static readonly SingleFetch Single = new();

    public override string Name => fetcher.Name;

    /// <remarks>It has no state of its own, so that one does for every fetch.</remarks>
    public override FetchRun<T> Begin(QueryState<T> state) => Single;

    public override Task<T>? TryCall(QueryClient client, int attempt, out CancellationTokenSource? source) =>
        fetcher.TryCall(parameters, new Attempt(client, Key, Options.Meta, attempt, Interest: null), out source);

    private sealed class SingleFetch : FetchRun<T>
    {
        public override IDisposable Run(QueryRequest<T> request, QueryClient client, int attempt, Interest? interest, IObserver<T> observer) =>
            ((QueryRequest<TParams, T>)request).Run(client, attempt, interest, observer);
    }

    private IDisposable Run(QueryClient client, int attempt, Interest? interest, IObserver<T> observer) =>
        fetcher.Run(parameters, new Attempt(client, Key, Options.Meta, attempt, interest), observer);
}
