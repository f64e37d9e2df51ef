namespace ReactiveQuery;

/// <summary>One pending patch: a function over the data, and whether the server has confirmed it.</summary>
/// <param name="Id">Unique in its client; later patches have higher ones.</param>
/// <param name="Update">What it makes of the data. User code, pure.</param>
/// <param name="AppliedAt">When it was laid on.</param>
/// <param name="SettledAfter">Null while unsettled; else the number of the last fetch begun before it was committed.</param>
internal sealed record OptimisticLayer<T>(long Id, Func<T, T> Update, DateTimeOffset AppliedAt, int? SettledAfter = null)
{
    public bool IsSettled => SettledAfter is not null;
}

/// <summary>
/// The pending patches of a query, oldest first. What is shown is always the fold of what the server last said and these. Immutable and pure: each change
/// gives a new stack, or the same one when it changes nothing.
/// </summary>
internal sealed class OptimisticLayers<T>
{
    public static readonly OptimisticLayers<T> None = new([]);

    private readonly OptimisticLayer<T>[] _layers;

    private OptimisticLayers(OptimisticLayer<T>[] layers)
    {
        _layers = layers;
        IsOptimistic = Array.Exists(layers, layer => !layer.IsSettled);
    }

    public bool IsEmpty => _layers.Length == 0;

    /// <summary>Whether some patch awaits its confirmation.</summary>
    public bool IsOptimistic { get; }

    public ReadOnlySpan<OptimisticLayer<T>> All => _layers;

    public OptimisticLayers<T> Push(OptimisticLayer<T> layer) => new([.. _layers, layer]);

    /// <summary>Whether the patch is there and still awaits its confirmation: only then can it be committed or rolled back.</summary>
    public bool IsPending(long id) => Array.Exists(_layers, layer => layer.Id == id && !layer.IsSettled);

    public OptimisticLayers<T> Without(long id) => Where(layer => layer.Id != id);

    public OptimisticLayers<T> WithoutPending() => Where(layer => layer.IsSettled);

    public OptimisticLayers<T> WithoutPending(long id) => IsPending(id) ? Without(id) : this;

    /// <summary>The patch keeps its place until a value comes from a fetch that began after this.</summary>
    public OptimisticLayers<T> Settle(long id, int fetchesBegun) =>
        IsPending(id)
            ? new(Array.ConvertAll(_layers, layer => layer.Id == id ? layer with { SettledAfter = fetchesBegun } : layer))
            : this;

    /// <summary>A value came from fetch number <paramref name="fetch"/>: it knows what was confirmed before it began.</summary>
    public OptimisticLayers<T> Confirm(int fetch) => Where(layer => layer.SettledAfter is not { } after || after >= fetch);

    /// <summary>Whether this is <paramref name="other"/> with one patch more on top.</summary>
    public bool IsOneMoreThan(OptimisticLayers<T> other)
    {
        if (_layers.Length != other._layers.Length + 1) return false;
        for (var i = 0; i < other._layers.Length; i++)
            if (!ReferenceEquals(_layers[i], other._layers[i]))
                return false;
        return true;
    }

    private OptimisticLayers<T> Where(Predicate<OptimisticLayer<T>> isKept)
    {
        if (Array.TrueForAll(_layers, isKept)) return this;
        var kept = Array.FindAll(_layers, isKept);
        return kept.Length == 0 ? None : new(kept);
    }
}
