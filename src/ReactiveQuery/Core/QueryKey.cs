using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>
/// The name under which a query's state is cached: an ordered sequence of typed segments, compared by value and
/// hierarchical, so that <c>("users")</c> is a prefix of <c>("users", 42, "posts")</c>.
/// </summary>
/// <remarks>
/// <para>
/// Two keys are equal when they have the same number of segments and each pair of segments has the same runtime type and is
/// equal by that type's own <see cref="object.Equals(object)"/>. So <c>1</c>, <c>1L</c> and <c>"1"</c> are three different
/// segments, a date is never its text, and <see langword="null"/> is a segment of its own, equal to itself only. What the
/// type calls equal is equal here: text is compared ordinally, NaN equals NaN, -0.0 equals 0.0, <c>1.0m</c> equals
/// <c>1.00m</c>, two <see cref="DateTimeOffset"/> are equal at the same instant whatever their offset, <see cref="DateTime"/>
/// ignores its kind, and <see cref="Uri"/> ignores the fragment.
/// </para>
/// <para>
/// A segment may be text, a number or other primitive, an enum, a <see cref="Guid"/>, a date or time, a <see cref="Uri"/>, a
/// <see cref="Type"/>, a tuple of such values, a record, any class or struct that overrides
/// <see cref="object.Equals(object)"/>, or another <see cref="QueryKey"/>. A segment that would be compared by reference is
/// refused at once: an array, a list or other collection, a delegate, memory, a cancellation token, a class without its own
/// equality. Three traps that no check can see: a record (or struct) that <em>holds</em> an array or list compares it by
/// reference; a struct without its own <c>Equals</c> is compared field by field, which is correct but slow; and a segment that
/// changes after it went into a key makes the key unfindable. Segments must not change.
/// </para>
/// <para>
/// Bounds: at most <see cref="MaxSegments"/> segments (those of nested keys and tuples included) and
/// <see cref="MaxTextLength"/> characters of text in them.
/// </para>
/// <para>Immutable and safe to use from any thread. The hash is computed once, when the key is built.</para>
/// </remarks>
/// <example>
/// <code>
/// QueryKey user = QueryKey.Of("users", 42);
/// QueryKey posts = user.Append("posts");
/// posts.StartsWith(QueryKey.Of("users"));   // true
/// </code>
/// </example>
public sealed partial class QueryKey : IEquatable<QueryKey>
{
    /// <summary>The most segments that a key may have: 64. The segments of a key or tuple inside it count too.</summary>
    public const int MaxSegments = 64;

    /// <summary>The most characters of text that the segments of a key may hold together: 16,384.</summary>
    public const int MaxTextLength = 16_384;

    // A key is built for every read of the cache: up to three segments live in it, more in an array, and the counts are small.
    private readonly FewSegments _few;
    private readonly object?[]? _many;
    private readonly int _hash;
    private readonly ushort _textLength;
    private readonly byte _weight;
    private readonly byte _count;

    private QueryKey(in Builder builder)
    {
        (_few, _many, _hash) = (builder.Few, builder.Many, builder.Hash);
        (_textLength, _weight, _count) = ((ushort)builder.TextLength, (byte)builder.Weight, (byte)builder.Count);
    }

    /// <summary>Gets the key without segments, which is a prefix of every key.</summary>
    public static QueryKey Empty { get; } = new Builder(0).Build();

    /// <summary>Gets the number of segments. A nested key or tuple is one segment.</summary>
    public int Count => _count;

    internal ReadOnlySpan<object?> Segments => _many is null ? ((ReadOnlySpan<object?>)_few)[.._count] : _many;

    /// <summary>Gets the segment at a position.</summary>
    /// <param name="index">The position, from 0 to <see cref="Count"/> - 1.</param>
    /// <value>The segment as it was given.</value>
    /// <exception cref="ArgumentOutOfRangeException">The position is outside the key.</exception>
    public object? this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return Segments[index];
        }
    }

    /// <summary>Tells whether two keys are equal by value; two nulls are.</summary>
    /// <param name="left">One key, or null.</param>
    /// <param name="right">The other key, or null.</param>
    /// <returns><see langword="true"/> when they are equal.</returns>
    public static bool operator ==(QueryKey? left, QueryKey? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Tells whether two keys differ by value.</summary>
    /// <param name="left">One key, or null.</param>
    /// <param name="right">The other key, or null.</param>
    /// <returns><see langword="true"/> when they are not equal.</returns>
    public static bool operator !=(QueryKey? left, QueryKey? right) => !(left == right);

    /// <summary>Tells whether this key begins with all segments of another one. Every key starts with itself and with <see cref="Empty"/>.</summary>
    /// <param name="prefix">The key to look for at the front.</param>
    /// <returns><see langword="true"/> when <paramref name="prefix"/> is equal to this key or is an ancestor of it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="prefix"/> is null.</exception>
    public bool StartsWith(QueryKey prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix.Count <= Count && SegmentsEqual(Segments[..prefix.Count], prefix.Segments);
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] QueryKey? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Count == other.Count && SegmentsEqual(Segments, other.Segments));

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is QueryKey other && Equals(other);

    /// <summary>Gets the hash that was computed when the key was built. It differs from one process to the next.</summary>
    /// <returns>The hash; equal keys have equal hashes.</returns>
    public override int GetHashCode() => _hash;

    private static bool SegmentsEqual(ReadOnlySpan<object?> left, ReadOnlySpan<object?> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (!SegmentEquals(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }

    // Also used by the prefix index, which compares one segment at a time.
    internal static bool SegmentEquals(object? left, object? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return left switch
        {
            null => false,
            string text => right is string other && string.Equals(text, other),
            int number => right is int other && number == other,
            _ => right is not null && left.GetType() == right.GetType() && left.Equals(right),
        };
    }
}
