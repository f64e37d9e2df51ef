using System.Diagnostics.CodeAnalysis;
using System.Reactive;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>
/// Turns queries into shared, cached, observable state: one entry for each key, one fetch for each entry at a time, and a stream of states for each
/// subscriber.
/// </summary>
/// <remarks>
/// <para>Safe from any thread. Two clients share nothing. No lock is held while user code runs, so that observers, fetchers, selectors and hooks may call
/// the client again, in any way.</para>
/// <para>Nothing is subscribed, scheduled or fetched until the first query is asked. Disposing the client cancels its fetches, completes its streams, cancels
/// its awaiting callers and frees its entries; later calls throw <see cref="ObjectDisposedException"/>, later subscriptions complete at once.</para>
/// <example>
/// <code>
/// using var client = new QueryClient();
/// using var subscription = client.Observe(UserById, 42).Subscribe(state => Show(state));
/// </code>
/// </example>
/// </remarks>
public sealed partial class QueryClient : IDisposable
{
    private readonly object _identity = new();
    private readonly ConditionalWeakTable<QueryDefinition, IReadIndex> _merged = [];
    private readonly object _defaultsGate = new();
    private volatile PrefixDefaults[] _prefixDefaults = [];
    private readonly LatestSubject<Unit> _lifetime = new();
    private int _isDisposed;

    /// <summary>Makes a client with all defaults: real time, a thousand entries, always focused and online.</summary>
    public QueryClient()
        : this(new QueryClientOptions())
    {
    }

    /// <summary>Makes a client.</summary>
    /// <param name="options">Its time, size, surroundings, hooks and defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public QueryClient(QueryClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Errors = new UnobservedErrors(options.OnUnobservedError);
        Cache = new QueryCache(this);
        Ledger = new MutationLedger(this);
        Environment = new QueryEnvironment(this);
    }

    /// <summary>What the client was made of.</summary>
    public QueryClientOptions Options { get; }

    /// <summary>The entries: to look at, count, and watch.</summary>
    public QueryCache Cache { get; }

    internal UnobservedErrors Errors { get; }

    internal QueryEnvironment Environment { get; }

    internal MutationLedger Ledger { get; }

    /// <summary>The present defaults by prefix, to be compared by identity: others are set by setting another object.</summary>
    internal object DefaultsByPrefix => _prefixDefaults;

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>Whether awaiting callers go on inline, in the order of the commits, rather than on the thread pool.</summary>
    internal bool ContinuesInline => Options.CompletionBoundary is not null;

    /// <summary>The states of one query.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="configure">Changes the options for this observer: <c>o => o with { StaleTime = … }</c>. Null: the definition's hold. Called once, now.</param>
    /// <returns>
    /// Cold: nothing runs until someone subscribes. Each subscriber receives the present state before <c>Subscribe</c> returns (unless
    /// <see cref="QueryOptions.DispatchOn"/> posts it), then every later one, never two equal ones in a row; all of them share one entry and one fetch. Fresh data is served without a
    /// fetch, stale data with a refetch behind it, otherwise the query loads. Never ends with an error; completes when the client is disposed.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> or <paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A parameter has no value equality.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    /// <exception cref="InvalidOperationException">The key holds data of another type; thrown at subscription if the clash arises later.</exception>
    /// <remarks>States are delivered on the thread that committed them, serialized for each subscriber, outside every lock.</remarks>
    public IObservable<QueryState<T>> Observe<TParams, T>(
        QueryDefinition<TParams, T> definition, TParams parameters, Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        var request = Find(definition, parameters, configure);
        var source = new QuerySource<T>(this, request);
        return request.Options is { PlaceholderData: null, DispatchOn: null } ? source : View(source, request);
    }

    /// <summary>The states of a query without parameters.</summary>
    /// <inheritdoc cref="Observe{TParams, T}(QueryDefinition{TParams, T}, TParams, Func{QueryOptions{T}, QueryOptions{T}}?)"/>
    public IObservable<QueryState<T>> Observe<T>(QueryDefinition<Unit, T> definition, Func<QueryOptions<T>, QueryOptions<T>>? configure = null) =>
        Observe(definition, Unit.Default, configure);

    /// <summary>Sets options for all queries whose key begins with <paramref name="prefix"/>, between the client's defaults and the definitions.</summary>
    /// <param name="prefix">The beginning of the keys concerned. Of several that match, the longer one is the nearer.</param>
    /// <param name="options">What holds for them; takes the place of what was set for the same prefix before.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options contradict each other; the option is named.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    /// <remarks>Holds for what is observed or fetched from now on; present subscriptions keep the options they began with.</remarks>
    public void SetDefaults(QueryKey prefix, QueryOptions options)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ThrowIfDisposed();
        lock (_defaultsGate)
        {
            _prefixDefaults =
            [
                .. _prefixDefaults.Where(set => set.Prefix != prefix).Append(new PrefixDefaults(prefix, options)).OrderBy(set => set.Prefix.Count),
            ];
        }
    }

    /// <summary>Cancels all fetches, completes all streams, cancels all awaiting callers and frees all entries. Again: does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        Ledger.Close();
        Environment.Dispose();
        Cache.Close();
        _lifetime.End();
    }

    /// <summary>What a query shows that is asked for nothing: idle, for as long as the client lives.</summary>
    internal IObservable<QueryState<T>> Disabled<T>() => Observable.Create<QueryState<T>>(observer =>
    {
        observer.OnNext(QueryState<T>.Idle);
        return _lifetime.Subscribe(Observer.Create<Unit>(static _ => { }, observer.OnCompleted));
    });

    /// <summary>Without values; ends when the client is disposed.</summary>
    internal IObservable<Unit> Lifetime => _lifetime;

    internal void Report(Exception error, UnobservedErrorOrigin origin) => Errors.Report(error, origin);

    internal void ReportObserver(Exception error) => Errors.Report(error, UnobservedErrorOrigin.Observer);

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    internal void Trigger(RefetchTrigger trigger)
    {
        foreach (var entry in Cache.Matching(new QueryFilter { IsWatched = true }))
            entry.OnTrigger(trigger);
    }

    /// <summary>A query as one observer asks it: key made, options merged.</summary>
    internal QueryRequest<T> Request<TParams, T>(
        QueryDefinition<TParams, T> definition, TParams parameters, Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        return Request(definition, parameters, definition.KeyOf(parameters), configure is null ? null : definition.Configured(configure));
    }

    /// <summary>The same with its entry, if there is one; at hand where the query was asked before.</summary>
    internal QueryRequest<T> Find<TParams, T>(
        QueryDefinition<TParams, T> definition, TParams parameters, Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(parameters);
        var index = configure is null && _prefixDefaults.Length == 0 ? FindIndex(definition) : null;
        if (index?.Find(parameters) is { } known) return known;
        var request = Request(definition, parameters, configure);
        if (IsDisposed || Cache.TryGet<T>(request.Key) is not { } entry) return request;
        request.Remember(entry);
        if (index is not null && entry.IsAskedAgain())
            index.Add(parameters, request);
        return request;
    }

    internal QueryRequest<T> Request<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, QueryKey key, QueryOptions<T>? own)
        where TParams : notnull =>
        definition.Request(parameters, key, Merge(definition, key, own));

    /// <summary>
    /// The steps between the entry and one subscriber, where there are any. Without them nothing of this method is called, for what its functions share is made by each call
    /// (96 bytes of each subscription, W2 and W7 in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    private Guarded<QueryState<T>> View<T>(QuerySource<T> source, QueryRequest<T> request)
    {
        var view = request.Options.PlaceholderData is { } placeholder
            ? source.WithPlaceholder(placeholder, error => Errors.Report(error, UnobservedErrorOrigin.Callback, request.Key))
            : source;
        return new(Dispatched(view, request.Options, request.Key), error => Errors.Report(error, UnobservedErrorOrigin.Observer, request.Key));
    }

    /// <summary>The step to the observer's own place. A place that refuses work is reported.</summary>
    internal IObservable<QueryState<T>> Dispatched<T>(IObservable<QueryState<T>> view, EffectiveOptions<T> options, QueryKey key) =>
        options.DispatchOn is not { } scheduler
            ? view
            : new Crossing<QueryState<T>>(
                view, scheduler, options.DispatchMode, scheduler as IUiBoundary, error => Errors.Report(error, UnobservedErrorOrigin.Scheduler, key));

    /// <summary>What holds for a key; <paramref name="own"/> are an observer's options, or null for the definition's.</summary>
    internal EffectiveOptions<T> Merge<TParams, T>(QueryDefinition<TParams, T> definition, QueryKey key, QueryOptions<T>? own)
        where TParams : notnull
    {
        var prefixDefaults = _prefixDefaults;
        if (own is not null || prefixDefaults.Length > 0)
            return MergeAll(definition, key, own, prefixDefaults);
        return Index(definition, key).Options;
    }

    /// <summary>The entry of these parameters if it was read through this definition before; then only the parameters are hashed.</summary>
    internal QueryEntry<T>? Indexed<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, [NotNullWhen(true)] out EffectiveOptions<T>? options)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(parameters);
        options = null;
        if (_prefixDefaults.Length > 0 || FindIndex(definition) is not { } index) return null;
        options = index.Options;
        return index.FindEntry(parameters);
    }

    /// <summary>Remembers the entry of these parameters for <see cref="Indexed"/>.</summary>
    internal void AddToIndex<TParams, T>(QueryDefinition<TParams, T> definition, TParams parameters, QueryEntry<T> entry)
        where TParams : notnull
    {
        if (_prefixDefaults.Length > 0 || entry.IsIndexed) return;
        var index = Index(definition, entry.Key);
        var request = definition.Request(parameters, entry.Key, index.Options);
        request.Remember(entry);
        index.Add(parameters, request);
    }

    private ReadIndex<TParams, T> Index<TParams, T>(QueryDefinition<TParams, T> definition, QueryKey key)
        where TParams : notnull =>
        FindIndex(definition) ?? NewIndex(definition, key);

    /// <summary>The table is asked when the definition was last used with another client.</summary>
    private ReadIndex<TParams, T>? FindIndex<TParams, T>(QueryDefinition<TParams, T> definition)
        where TParams : notnull
    {
        if (definition.LastIndex is { } last && last.TryGetTarget(out var index) && index.Owner == _identity) return index;
        if (!_merged.TryGetValue(definition, out var merged)) return null;
        index = (ReadIndex<TParams, T>)merged;
        definition.LastIndex = index.Weak;
        return index;
    }

    private ReadIndex<TParams, T> NewIndex<TParams, T>(QueryDefinition<TParams, T> definition, QueryKey key)
        where TParams : notnull
    {
        var isIndexed = !definition.HasOwnKeys && ReadIndex<TParams, T>.SuitsParameters;
        var index = new ReadIndex<TParams, T>(_identity, MergeAll(definition, key, null, []), isIndexed);
        return (ReadIndex<TParams, T>)_merged.GetValue(definition, _ => index);
    }

    private EffectiveOptions<T> MergeAll<TParams, T>(
        QueryDefinition<TParams, T> definition, QueryKey key, QueryOptions<T>? own, PrefixDefaults[] prefixDefaults)
        where TParams : notnull
    {
        QueryOptions[] far = [Options.Defaults, .. prefixDefaults.Where(set => key.StartsWith(set.Prefix)).Select(set => set.Options)];
        return EffectiveOptions<T>.Merge(definition.Name, Options, far, own ?? definition.Options, definition.WhenUnobserved);
    }

    private sealed record PrefixDefaults(QueryKey Prefix, QueryOptions Options);
}
