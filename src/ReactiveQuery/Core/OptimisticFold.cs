namespace ReactiveQuery;

/// <summary>
/// What is shown: <c>fold(base, patches in order)</c>. Made under the entry's lock, computed outside it by whoever looks first, because patches are user
/// code; all see the one result. A patch that throws is skipped and reported, the others hold.
/// </summary>
/// <param name="layers">The patches.</param>
/// <param name="data">The base: what the server last said.</param>
/// <param name="shownBefore">What was shown before this, if anything: equal parts keep its references, and patches that only came on top are all that is computed.</param>
/// <param name="rules">How to share and to whom to report.</param>
internal sealed class OptimisticFold<T>(OptimisticLayers<T> layers, T data, OptimisticFold<T>? shownBefore, IFoldRules<T> rules)
    : IOptimisticFold
{
    private OptimisticFold<T>? _shownBefore = shownBefore?.WithoutUnseen();
    private object? _value; // The value itself, boxed if it is a value type; this fold, if the value is null.
    private ShownState? _shown;

    public OptimisticLayers<T> Layers => layers;

    object? IOptimisticFold.Value => Value;

    /// <summary>Whether this thread is computing it just now: whoever reads the query then is one of its patches, and is given the base.</summary>
    public bool IsUnderWayHere => FoldsUnderWay.Contains(this);

    /// <summary>The folded data.</summary>
    public T Value
    {
        get
        {
            if (Volatile.Read(ref _value) is { } known) return Unpack(known);
            using (FoldsUnderWay.Begin(this))
                return Settle(Compute());
        }
    }

    /// <summary>The state around the folded data; asked again for the same state, the same answer.</summary>
    public QueryState<T> Show(QueryState<T> state)
    {
        if (Volatile.Read(ref _shown) is { } shown && ReferenceEquals(shown.Base, state)) return shown.State;
        var folded = state with { Data = Value, Fold = null, Before = null };
        Volatile.Write(ref _shown, new(state, folded));
        return folded;
    }

    private T Unpack(object value) => ReferenceEquals(value, this) ? default! : (T)value;

    private T Settle((T Value, List<Exception>? Thrown) computed)
    {
        if (Interlocked.CompareExchange(ref _value, computed.Value ?? (object)this, null) is { } first) return Unpack(first); // Another thread was first; it has also reported.
        Volatile.Write(ref _shownBefore, null); // Else each fold would keep all before it.
        foreach (var error in computed.Thrown ?? [])
            rules.ReportPatch(error);
        return computed.Value;
    }

    private (T Value, List<Exception>? Thrown) Compute()
    {
        var before = Volatile.Read(ref _shownBefore);
        if (before is { IsKnown: false })
            before = Volatile.Read(ref before._shownBefore);
        if (before is null || Volatile.Read(ref before._value) is not { } known) return Apply(data, layers.All);
        if (before.IsOver(data) && layers.Extends(before.Layers)) return Apply(before.Unpack(known), layers.All[before.Layers.Count..]);
        var computed = Apply(data, layers.All);
        return (rules.Share(before.Unpack(known), computed.Value), computed.Thrown);
    }

    private bool IsKnown => Volatile.Read(ref _value) is not null;

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

    private bool IsOver(T other) => !typeof(T).IsValueType && ReferenceEquals(data, other);

    private static (T Value, List<Exception>? Thrown) Apply(T value, ReadOnlySpan<OptimisticLayer<T>> patches)
    {
        List<Exception>? thrown = null;
        foreach (var patch in patches)
        {
            try
            {
                value = patch.Apply(value);
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
