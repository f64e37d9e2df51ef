namespace ReactiveQuery;

/// <summary>What all definitions have in common; names a group of queries in filters.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public abstract class QueryDefinition
{
    private protected QueryDefinition(string name, QueryKey root)
    {
        Name = name;
        Root = root;
    }

    /// <summary>The name: the first segment of every key, unless a key function was given.</summary>
    public string Name { get; }

    /// <summary>The type of the data.</summary>
    public abstract Type DataType { get; }

    /// <summary>The key made of the name alone.</summary>
    internal QueryKey Root { get; }

    /// <summary>Whether a key function was given, so that keys need not begin with the name.</summary>
    internal abstract bool HasOwnKeys { get; }
}

/// <summary>A query described once: a name, a fetcher, a policy. Observed with <see cref="QueryClient"/>.</summary>
/// <typeparam name="TParams">The parameters: one value, a tuple, or <see cref="System.Reactive.Unit"/> for none.</typeparam>
/// <typeparam name="T">The type of the data.</typeparam>
/// <remarks>Immutable; safe from any thread. Made by <see cref="Query"/>.</remarks>
public abstract class QueryDefinition<TParams, T> : QueryDefinition
    where TParams : notnull
{
    private protected QueryDefinition(string name, QueryOptions<T> options)
        : base(name, Named(name)) =>
        Options = options;

    /// <summary>The same query with other options or other keys.</summary>
    private protected QueryDefinition(QueryDefinition<TParams, T> origin, QueryOptions<T> options, Func<TParams, QueryKey>? keyOf)
        : base(origin.Name, origin.Root)
    {
        Options = options;
        OwnKeyOf = keyOf;
    }

    /// <summary>The options set on this definition.</summary>
    public QueryOptions<T> Options { get; }

    /// <inheritdoc/>
    public override Type DataType => typeof(T);

    internal override bool HasOwnKeys => OwnKeyOf is not null;

    /// <summary>What becomes of a fetch that nobody waits for, unless an option says so.</summary>
    internal abstract WhenUnobserved WhenUnobserved { get; }

    private protected Func<TParams, QueryKey>? OwnKeyOf { get; }

    /// <summary>What the client that last used this definition knows of it; written by clients, any of them at any time.</summary>
    internal WeakReference<ReadIndex<TParams, T>>? LastIndex
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>The same query with other options.</summary>
    /// <param name="configure">Given the options so far, returns those to hold: <c>o => o with { StaleTime = … }</c>. Called once, now.</param>
    /// <returns>A new definition; this one stays as it is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="configure"/> returned null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    public abstract QueryDefinition<TParams, T> With(Func<QueryOptions<T>, QueryOptions<T>> configure);

    /// <summary>The same query under keys of the application's own making, such as <c>("users", id, "posts")</c>.</summary>
    /// <param name="keyOf">
    /// Makes the key of the parameters; must be pure. If it throws, so does the call that needed the key; a parameter-driven stream shows the
    /// exception as an error state.
    /// </param>
    /// <returns>A new definition; this one stays as it is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keyOf"/> is null.</exception>
    public abstract QueryDefinition<TParams, T> WithKey(Func<TParams, QueryKey> keyOf);

    /// <summary>The key under which the data of the given parameters is cached.</summary>
    /// <param name="parameters">The parameters; a tuple becomes a segment per item.</param>
    /// <returns>The name followed by the parameters, or what the key function makes of them.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A parameter has no value equality, so that equal parameters would not find each other's data.</exception>
    /// <exception cref="InvalidOperationException">The key function returned null.</exception>
    public QueryKey KeyOf(TParams parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return OwnKeyOf is null
            ? QueryKey.ForParameters(Root, parameters)
            : OwnKeyOf(parameters) ?? throw new InvalidOperationException($"The key function of query '{Name}' returned null.");
    }

    /// <summary>The query as one observer asks it.</summary>
    internal abstract QueryRequest<T> Request(TParams parameters, QueryKey key, EffectiveOptions<T> options);

    /// <summary>The options of one observer: this definition's, as <paramref name="configure"/> changes them.</summary>
    internal QueryOptions<T> Configured(Func<QueryOptions<T>, QueryOptions<T>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = configure(Options) ?? throw new InvalidOperationException($"The options function for query '{Name}' returned null.");
        options.Validate();
        return options;
    }

    private static QueryKey Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return QueryKey.Of(name);
    }
}

/// <summary>A query whose fetcher brings the whole data.</summary>
internal sealed class FetcherDefinition<TParams, T> : QueryDefinition<TParams, T>
    where TParams : notnull
{
    private readonly Fetcher<TParams, T> _fetcher;

    public FetcherDefinition(string name, Fetcher<TParams, T> fetcher)
        : base(name, new QueryOptions<T>()) =>
        _fetcher = fetcher;

    private FetcherDefinition(FetcherDefinition<TParams, T> origin, QueryOptions<T> options, Func<TParams, QueryKey>? keyOf)
        : base(origin, options, keyOf) =>
        _fetcher = origin._fetcher;

    internal override WhenUnobserved WhenUnobserved => _fetcher.WhenUnobserved;

    public override QueryDefinition<TParams, T> With(Func<QueryOptions<T>, QueryOptions<T>> configure) =>
        new FetcherDefinition<TParams, T>(this, Configured(configure), OwnKeyOf);

    public override QueryDefinition<TParams, T> WithKey(Func<TParams, QueryKey> keyOf)
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        return new FetcherDefinition<TParams, T>(this, Options, keyOf);
    }

    internal override QueryRequest<T> Request(TParams parameters, QueryKey key, EffectiveOptions<T> options) =>
        new QueryRequest<TParams, T>(_fetcher, parameters, key, options);
}
