using System.Reactive;
using System.Runtime.CompilerServices;

namespace ReactiveQuery;

public sealed partial class QueryKey
{
    /// <summary>Makes a key of one segment, the usual root of a family of queries.</summary>
    /// <param name="name">The segment, compared ordinally.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException">The text is longer than <see cref="MaxTextLength"/>.</exception>
    public static QueryKey Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var builder = new Builder(1);
        builder.Add(name);
        return builder.Build();
    }

    /// <summary>Makes a key of the given segments, in their order. Without any it is <see cref="Empty"/>.</summary>
    /// <param name="segments">The segments. They are copied; a tuple or key among them stays one segment.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">A segment has no value equality (see the remarks of <see cref="QueryKey"/>), or a bound is exceeded.</exception>
    public static QueryKey Of(params ReadOnlySpan<object?> segments)
    {
        if (segments.IsEmpty)
        {
            return Empty;
        }

        var builder = new Builder(segments.Length);
        foreach (var segment in segments)
        {
            builder.Add(segment);
        }

        return builder.Build();
    }

    /// <inheritdoc cref="Of(ReadOnlySpan{object?})"/>
    /// <exception cref="ArgumentNullException">The array itself is null.</exception>
    public static QueryKey Of(params object?[] segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        return Of(segments.AsSpan());
    }

    /// <summary>
    /// Makes the key that a query of this name has for these parameters: the name, then the parameters. The items of a value
    /// tuple become segments of their own, <see cref="Unit"/> becomes none, and anything else is one segment.
    /// </summary>
    /// <typeparam name="TParams">The type of the parameters.</typeparam>
    /// <param name="name">The name of the query.</param>
    /// <param name="parameters">The parameters; null is a segment of its own.</param>
    /// <returns>The key: of <c>"list"</c> and <c>(7, 3)</c> it is <c>("list", 7, 3)</c>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException">A parameter has no value equality (see the remarks of <see cref="QueryKey"/>), or a bound is exceeded.</exception>
    public static QueryKey From<TParams>(string name, TParams parameters) => ForParameters(name, parameters);

    /// <summary>Makes a key that has one more segment at its end. This key stays as it is.</summary>
    /// <param name="segment">The segment; null is a segment of its own, and a tuple or key is one segment.</param>
    /// <returns>The longer key, of which this one is a prefix.</returns>
    /// <exception cref="ArgumentException">The segment has no value equality (see the remarks of <see cref="QueryKey"/>), or a bound is exceeded.</exception>
    public QueryKey Append(object? segment)
    {
        var builder = new Builder(this, 1);
        builder.Add(segment);
        return builder.Build();
    }

    internal static QueryKey ForParameters<TParams>(string name, TParams parameters)
    {
        ArgumentNullException.ThrowIfNull(name);
        var tuple = AsValueTuple(parameters);
        var builder = new Builder(1 + ParameterCount(parameters, tuple));
        builder.Add(name);
        return AddParameters(builder, parameters, tuple);
    }

    // With the root bound once, in a definition, only the parameters are hashed at each read.
    internal static QueryKey ForParameters<TParams>(QueryKey root, TParams parameters)
    {
        if (parameters is Unit)
        {
            return root;
        }

        if (parameters is int or string)
        {
            return root.Append(parameters);
        }

        var tuple = AsValueTuple(parameters);
        return AddParameters(new Builder(root, ParameterCount(parameters, tuple)), parameters, tuple);
    }

    private static int ParameterCount<TParams>(TParams parameters, ITuple? tuple) => tuple?.Length ?? (parameters is Unit ? 0 : 1);

    private static QueryKey AddParameters<TParams>(Builder builder, TParams parameters, ITuple? tuple)
    {
        if (tuple is not null)
        {
            for (var i = 0; i < tuple.Length; i++)
            {
                builder.Add(tuple[i]);
            }
        }
        else if (parameters is not Unit)
        {
            builder.Add(parameters);
        }

        return builder.Build();
    }

    // The first test is decided by the compiler for the usual parameters, int and the like.
    private static ITuple? AsValueTuple<TParams>(TParams parameters) =>
        parameters is ITuple tuple && SegmentType.IsValueTuple(tuple.GetType()) ? tuple : null;
}
