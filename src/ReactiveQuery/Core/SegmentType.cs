using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>How a type of key segment compares.</summary>
internal enum SegmentKind
{
    /// <summary>By value.</summary>
    Value,

    /// <summary>By value, if its items do.</summary>
    Tuple,

    /// <summary>By reference: two equal-looking values would make two keys.</summary>
    ByReference,
}

/// <summary>Decides, once per type, whether its values may be segments of a <see cref="QueryKey"/>.</summary>
internal static class SegmentType
{
    private static ConditionalWeakTable<Type, StrongBox<SegmentKind>> Kinds { get; } = [];

    public static SegmentKind KindOf(object segment)
    {
        var type = segment.GetType();
        if (type.IsPrimitive || type.IsEnum || segment is Guid or DateTime or DateOnly or DateTimeOffset)
        {
            return SegmentKind.Value;
        }

        if (!Kinds.TryGetValue(type, out var kind))
        {
            kind = new StrongBox<SegmentKind>(Classify(segment, type));
            Kinds.AddOrUpdate(type, kind);
        }

        return kind.Value;
    }

    public static bool IsValueTuple(Type type) => type.IsValueType && IsTuple(type);

    public static string Refusal(object segment) =>
        $"A segment of type {segment.GetType()} has no value equality: two equal values would make two different query keys. " + segment switch
        {
            Delegate => "Name what the delegate does instead, with text or an enum.",
            CancellationToken => "A cancellation token is not part of what is asked for; leave it out of the key.",
            IEnumerable => "Pass its items as segments of their own, join them into a text, or pass a record that overrides Equals to compare them.",
            _ => "Pass an id or text that identifies it, make it a record, or override Equals(object) and GetHashCode().",
        };

    private static SegmentKind Classify(object segment, Type type)
    {
        if (segment is Delegate or Array or CancellationToken || ComparesWhatItWraps(type))
        {
            return SegmentKind.ByReference;
        }

        if (segment is ITuple && IsTuple(type))
        {
            return SegmentKind.Tuple;
        }

        // The delegate binds to the override that a call would reach: reflection that needs no metadata kept by name.
        var equals = ((Func<object?, bool>)segment.Equals).Method.DeclaringType;
        var inherited = equals == typeof(object) || (equals == typeof(ValueType) && segment is IEnumerable);
        return inherited ? SegmentKind.ByReference : SegmentKind.Value;
    }

    // They override Equals, but ask only whether they wrap the same array.
    private static bool ComparesWhatItWraps(Type type)
    {
        if (!type.IsValueType || !type.IsGenericType)
        {
            return false;
        }

        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(ImmutableArray<>) || definition == typeof(ArraySegment<>)
            || definition == typeof(Memory<>) || definition == typeof(ReadOnlyMemory<>);
    }

    private static bool IsTuple(Type type) =>
        type.Namespace == nameof(System)
        && (type.Name.StartsWith("ValueTuple", StringComparison.Ordinal) || type.Name.StartsWith("Tuple`", StringComparison.Ordinal));
}
