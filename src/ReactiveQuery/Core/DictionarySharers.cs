using System.Collections.Immutable;

namespace ReactiveQuery;

internal sealed class DictionarySharer<TKey, TValue> : ContainerSharer
    where TKey : notnull
{
    private readonly IEqualityComparer<TValue>? _comparer = ItemMatch.DefaultComparer<TValue>();

    public override bool Accepts(object previous) => previous.GetType() == typeof(Dictionary<TKey, TValue>);

    public override object Share(object previous, object next) =>
        Share((Dictionary<TKey, TValue>)previous, (Dictionary<TKey, TValue>)next);

    private Dictionary<TKey, TValue> Share(Dictionary<TKey, TValue> previous, Dictionary<TKey, TValue> next)
    {
        var leading = CountLeading(previous, next);
        if (leading == next.Count && leading == previous.Count && previous.Comparer.Equals(next.Comparer))
        {
            return previous;
        }

        var merged = new Dictionary<TKey, TValue>(next.Count, next.Comparer);
        var kept = 0;
        foreach (var (key, value) in next)
        {
            // Those at the front were compared already.
            var keep = previous.TryGetValue(key, out var old) && (merged.Count < leading || ItemMatch.Same(old, value, _comparer));
            merged.Add(key, keep ? old! : value);
            kept += keep ? 1 : 0;
        }

        return kept == 0 ? next : merged;
    }

    private int CountLeading(Dictionary<TKey, TValue> previous, Dictionary<TKey, TValue> next)
    {
        var count = 0;
        foreach (var (key, value) in next)
        {
            if (!previous.TryGetValue(key, out var old) || !ItemMatch.Same(old, value, _comparer))
            {
                break;
            }

            count++;
        }

        return count;
    }
}

internal sealed class ImmutableDictionarySharer<TKey, TValue> : ContainerSharer
    where TKey : notnull
{
    private readonly IEqualityComparer<TValue>? _comparer = ItemMatch.DefaultComparer<TValue>();

    public override bool Accepts(object previous) => previous is ImmutableDictionary<TKey, TValue>;

    public override object Share(object previous, object next) =>
        Share((ImmutableDictionary<TKey, TValue>)previous, (ImmutableDictionary<TKey, TValue>)next);

    // Starts from the new dictionary, whose comparers and keys stay, and puts the equal old values in.
    private ImmutableDictionary<TKey, TValue> Share(ImmutableDictionary<TKey, TValue> previous, ImmutableDictionary<TKey, TValue> next)
    {
        var merged = ImmutableDictionary.CreateBuilder(next.KeyComparer, next.ValueComparer);
        var kept = 0;
        foreach (var (key, value) in next)
        {
            var keep = previous.TryGetValue(key, out var old) && ItemMatch.Same(old, value, _comparer);
            merged.Add(key, keep ? old! : value);
            kept += keep ? 1 : 0;
        }

        var whole = kept == next.Count && kept == previous.Count
            && previous.KeyComparer.Equals(next.KeyComparer) && previous.ValueComparer.Equals(next.ValueComparer);
        return whole ? previous : kept == 0 ? next : merged.ToImmutable();
    }
}
