namespace ReactiveQuery;

/// <summary>
/// What is shown: <c>fold(base, patches in order)</c>. Made under the entry's lock, computed outside it by whoever looks first, because patches are user
/// code; all see the one result. A patch that throws is skipped and reported, the others hold.
/// </summary>
internal sealed class OptimisticFold<T> : IOptimisticFold
{
    private readonly IFoldRules<T> _rules;
    private OptimisticFold<T>? _shownBefore;
    private QueryState<T>? _shown; // As which the first state is shown; null until somebody looks.
    private ShownState? _shownLater;

    /// <param name="layers">The patches.</param>
    /// <param name="state">With data, the base: what the server last said.</param>
    /// <param name="shownBefore">What was shown before this, if anything: equal parts keep its references, and patches that only came on top are all that is computed.</param>
    /// <param name="rules">How to share and to whom to report.</param>
    public OptimisticFold(OptimisticLayers<T> layers, QueryState<T> state, OptimisticFold<T>? shownBefore, IFoldRules<T> rules)
    {
        Layers = layers;
        _shownBefore = shownBefore?.WithoutUnseen();
        _rules = rules;
        Bare = state is { Fold: null, IsOptimistic: false } ? state : null;
        First = state with { Fold = this, IsOptimistic = layers.IsOptimistic };
    }

    public OptimisticLayers<T> Layers { get; }

    /// <summary>The state that it was made for, if that had no patches: what is left of <see cref="First"/> when they are gone. Null if it had.</summary>
    public QueryState<T>? Bare { get; }

    /// <summary>The state that it was made for, with this over its data. Later ones with the same base may have it as well.</summary>
    public QueryState<T> First { get; }

    object? IOptimisticFold.Value => Value;

    /// <summary>Whether this thread is computing it just now: whoever reads the query then is one of its patches, and is given the base.</summary>
    public bool IsUnderWayHere => FoldsUnderWay.Contains(this);

    /// <summary>The folded data.</summary>
    public T Value => ShownFirst.Data!;

    private QueryState<T> ShownFirst
    {
        get
        {
            if (Volatile.Read(ref _shown) is { } known) return known;
            using (FoldsUnderWay.Begin(this))
                return Settle(Compute());
        }
    }

    /// <summary>The state around the folded data; asked again for the same state, the same answer.</summary>
    public QueryState<T> Show(QueryState<T> state)
    {
        if (ReferenceEquals(state, First)) return ShownFirst;
        if (Volatile.Read(ref _shownLater) is { } later && ReferenceEquals(later.Base, state)) return later.State;
        var folded = Folded(state, Value);
        Volatile.Write(ref _shownLater, new(state, folded));
        return folded;
    }

    private static QueryState<T> Folded(QueryState<T> state, T value) => state with { Data = value, Fold = null, Before = null };

    private QueryState<T> Settle((T Value, List<Exception>? Thrown) computed)
    {
        var shown = Folded(First, computed.Value);
        if (Interlocked.CompareExchange(ref _shown, shown, null) is { } known) return known; // Another thread was first; it has also reported.
        Volatile.Write(ref _shownBefore, null); // Else each fold would keep all before it.
        if (computed.Thrown is { } thrown)
            thrown.ForEach(_rules.ReportPatch);
        return shown;
    }

    private (T Value, List<Exception>? Thrown) Compute()
    {
        var before = Volatile.Read(ref _shownBefore);
        if (before is { IsKnown: false })
            before = Volatile.Read(ref before._shownBefore);
        var data = First.Data!;
        if (before is null || Volatile.Read(ref before._shown) is not { } known) return Apply(data, 0);
        if (before.IsOver(data) && Layers.Extends(before.Layers)) return Apply(known.Data!, before.Layers.Count);
        var computed = Apply(data, 0);
        return (_rules.Share(known.Data!, computed.Value), computed.Thrown);
    }

    private bool IsKnown => Volatile.Read(ref _shown) is not null;

    /// <summary>
    /// What nobody looked at is let go of, but for the latest, which somebody may be looking at just now: while nobody watches, each of ten thousand patches would otherwise keep
    /// all stacks before it. Called under the entry's lock.
    /// </summary>
    private OptimisticFold<T> WithoutUnseen()
    {
        if (Volatile.Read(ref _shownBefore) is { IsKnown: false } unseen)
            Volatile.Write(ref _shownBefore, Volatile.Read(ref unseen._shownBefore));
        return this;
    }

    private bool IsOver(T other) => !typeof(T).IsValueType && ReferenceEquals(First.Data, other);

    private (T Value, List<Exception>? Thrown) Apply(T value, int from)
    {
        List<Exception>? thrown = null;
        for (var i = from; i < Layers.Count; i++)
        {
            try
            {
                value = Layers[i].Apply(value);
            }
            catch (Exception error)
            {
                (thrown ??= []).Add(error);
            }
        }

        return (value, thrown);
    }

    private sealed record ShownState(QueryState<T> Base, QueryState<T> State);
}

/// <summary>A fold, whatever the type of the data.</summary>
internal interface IOptimisticFold
{
    /// <summary>The folded data.</summary>
    object? Value { get; }
}

/// <summary>What a fold needs of its surroundings. Called outside every lock.</summary>
internal interface IFoldRules<T>
{
    /// <summary>The new value with the references of the old where parts are equal; never throws.</summary>
    T Share(T old, T value);

    /// <summary>A patch threw and was skipped.</summary>
    void ReportPatch(Exception error);
}
