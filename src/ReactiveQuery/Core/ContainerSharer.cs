using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>Shares the items of one type of container; made once per type.</summary>
internal abstract class ContainerSharer
{
    private static ConditionalWeakTable<Type, StrongBox<ContainerSharer?>> ByType { get; } = [];

    /// <summary>The sharer for the containers of a runtime type; null if values of that type are not opened.</summary>
    public static ContainerSharer? For(Type type)
    {
        if (!type.IsSZArray && !type.IsGenericType)
        {
            return null; // Most data is no container, and is not looked up.
        }

        if (!ByType.TryGetValue(type, out var box))
        {
            box = new StrongBox<ContainerSharer?>(Create(type));
            ByType.AddOrUpdate(type, box);
        }

        return box.Value;
    }

    /// <summary>The sharer for a list whose item type the caller knows.</summary>
    public static ContainerSharer ForList<TItem>(IReadOnlyList<TItem> list, IEqualityComparer<TItem> comparer) => list switch
    {
        TItem[] array when array.GetType() == typeof(TItem[]) => new ArraySharer<TItem>(comparer),
        List<TItem> exact when exact.GetType() == typeof(List<TItem>) => new ListSharer<TItem>(comparer),
        ImmutableArray<TItem> => new ImmutableArraySharer<TItem>(comparer),
        ImmutableList<TItem> => new ImmutableListSharer<TItem>(comparer),
        _ when IsReadOnlyList(list.GetType()) => new ReadOnlyListSharer<TItem>(comparer),
        _ => new WholeListSharer<TItem>(comparer),
    };

    /// <summary>Tells whether items of the old container can move into a container like the new one.</summary>
    public abstract bool Accepts(object previous);

    /// <summary>The old container, the new one, or a third that has items of both.</summary>
    public abstract object Share(object previous, object next);

    // A collection expression of an interface type makes a list whose type only the compiler knows.
    protected static bool IsReadOnlyList(Type type) =>
        type.IsGenericType
        && (type.GetGenericTypeDefinition() == typeof(ReadOnlyCollection<>) || type.Name.StartsWith("<>z__ReadOnly", StringComparison.Ordinal));

#if !NET9_0_OR_GREATER
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Guarded below; the analyzer of .NET 8 does not read the guard.")]
#endif
    private static ContainerSharer? Create(Type type)
    {
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            return CreateTyped(type);
        }

        return CreateUntyped(type);
    }

    internal static ContainerSharer? CreateUntyped(Type type)
    {
        if (type.IsSZArray)
        {
            return new UntypedListSharer(type);
        }

        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(Dictionary<,>) || definition == typeof(ImmutableDictionary<,>))
        {
            return new UntypedDictionarySharer(type);
        }

        var isList = definition == typeof(List<>) || definition == typeof(ImmutableArray<>) || definition == typeof(ImmutableList<>) || IsReadOnlyList(type);
        return isList ? new UntypedListSharer(type) : null;
    }

    [RequiresDynamicCode("Makes a sharer for an item type known at run time only.")]
    private static ContainerSharer? CreateTyped(Type type)
    {
        if (type.IsSZArray)
        {
            return New(typeof(ArraySharer<>).MakeGenericType(type.GetElementType()!));
        }

        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        return definition == typeof(List<>) ? New(typeof(ListSharer<>).MakeGenericType(arguments))
            : definition == typeof(ImmutableArray<>) ? New(typeof(ImmutableArraySharer<>).MakeGenericType(arguments))
            : definition == typeof(ImmutableList<>) ? New(typeof(ImmutableListSharer<>).MakeGenericType(arguments))
            : definition == typeof(Dictionary<,>) ? New(typeof(DictionarySharer<,>).MakeGenericType(arguments))
            : definition == typeof(ImmutableDictionary<,>) ? New(typeof(ImmutableDictionarySharer<,>).MakeGenericType(arguments))
            : IsReadOnlyList(type) ? New(typeof(ReadOnlyListSharer<>).MakeGenericType(arguments))
            : null;
    }

    private static ContainerSharer New([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type type) =>
        (ContainerSharer)Activator.CreateInstance(type)!;
}
