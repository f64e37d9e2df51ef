using System.Collections;
using System.Collections.Immutable;

namespace ReactiveQuery;

/// <summary>
/// Keeps the references of what did not change when new data replaces old data, so that views which compare by reference
/// update only what is new.
/// </summary>
/// <remarks>
/// A query does this with every value it receives, unless sharing is switched off. These methods are for a sharing function
/// of one's own, for shapes that <see cref="Share{T}(T, T)"/> does not open. Neither value is ever changed. Equality members
/// and comparers of the user are called, in no promised order and number; what they throw reaches the caller. Stateless and
/// safe to use from any thread, as long as nobody changes the values meanwhile.
/// </remarks>
public static class StructuralSharing
{
    /// <summary>Returns the new value with everything kept from the old one that is equal to it.</summary>
    /// <typeparam name="T">The type of the data. If it is an interface or base class, the runtime type decides.</typeparam>
    /// <param name="previous">The old value; null shares nothing.</param>
    /// <param name="next">The new value; null is returned as it is.</param>
    /// <returns>A value equal to <paramref name="next"/>, as the table says.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>the two values are</term><description>result</description></listheader>
    /// <item><term>an array, <see cref="List{T}"/>, <see cref="ImmutableArray{T}"/>, <see cref="ImmutableList{T}"/>,
    /// <see cref="System.Collections.ObjectModel.ReadOnlyCollection{T}"/>, or a read-only list made by a collection expression</term>
    /// <description>items are matched from the front, from the back, and then by index. All equal: the old container. Some: a
    /// new container of the same type that holds the old items where they are equal (a collection expression's becomes a
    /// read-only collection). None: the new one.</description></item>
    /// <item><term>a <see cref="Dictionary{TKey, TValue}"/> or <see cref="ImmutableDictionary{TKey, TValue}"/></term>
    /// <description>the same with the values of equal keys, equal as the old dictionary's comparer says; the order of the keys
    /// does not count. The comparers of <paramref name="next"/> stay.</description></item>
    /// <item><term>another reference type, records and derived collections included</term><description>the old value if
    /// <see cref="EqualityComparer{T}.Default"/> says that it is equal, else the new one. It is not opened.</description></item>
    /// <item><term>another value type</term><description>the new value</description></item>
    /// <item><term>of two different runtime types</term><description>the new value, unless it calls itself equal</description></item>
    /// </list>
    /// <para>
    /// Items are compared by <see cref="EqualityComparer{T}.Default"/> and are not opened: lists inside lists are shared by a
    /// function such as <c>(a, b) =&gt; b with { Rows = StructuralSharing.Share(a.Rows, b.Rows) }</c>.
    /// </para>
    /// <para>
    /// Where no code can be generated at run time (native AOT), arrays of reference types are still shared item by item, the
    /// other containers only as a whole; <see cref="ShareItems{TList, TItem}"/> shares their items there too.
    /// </para>
    /// </remarks>
    public static T Share<T>(T previous, T next)
    {
        // Only an ImmutableArray<T> is a list that is a value type; the test costs nothing for the others.
        if (previous is null || next is null || (typeof(T).IsValueType && next is not IList))
        {
            return next;
        }

        object before = previous, after = next;
        if (ReferenceEquals(before, after))
        {
            return previous;
        }

        // Every container can be enumerated; to ask the type of one that cannot is a call into the runtime (W13 in benchmarks/WORKLOADS.md).
        if (after is IEnumerable && ContainerSharer.For(after.GetType()) is { } sharer && sharer.Accepts(before))
        {
            return (T)sharer.Share(before, after);
        }

        return EqualityComparer<T>.Default.Equals(previous, next) ? previous : next;
    }

    /// <summary>Returns the new list with the items kept from the old one that a comparer calls equal.</summary>
    /// <typeparam name="TList">The type of the list.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <param name="previous">The old list; null shares nothing.</param>
    /// <param name="next">The new list; null is returned as it is.</param>
    /// <param name="comparer">Tells which items are equal.</param>
    /// <returns>
    /// The old list if all items are equal in order and number; else a new list of the type of <paramref name="next"/> with the
    /// old items where they are equal; <paramref name="next"/> itself if there are none, or if it is of another type than the lists
    /// that <see cref="Share{T}(T, T)"/> names.
    /// </returns>
    /// <remarks>It needs no code generation at run time.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="comparer"/> is null.</exception>
    /// <example><code>Share = (before, after) =&gt; StructuralSharing.ShareItems(before, after, byVersion)</code></example>
    public static TList ShareItems<TList, TItem>(TList previous, TList next, IEqualityComparer<TItem> comparer)
        where TList : IReadOnlyList<TItem>?
    {
        ArgumentNullException.ThrowIfNull(comparer);
        if (previous is null || next is null)
        {
            return next;
        }

        var sharer = ContainerSharer.ForList(next, comparer);
        return sharer.Accepts(previous) ? (TList)sharer.Share(previous, next) : next;
    }

    // What the options of a query ask for: a function makes the value, a comparer decides whether it is new at all.
    internal static T Share<T>(T previous, T next, Func<T, T, T>? share, IEqualityComparer<T>? comparer)
    {
        if (share is null && comparer is null)
        {
            return Share(previous, next);
        }

        if (previous is null || next is null)
        {
            return next;
        }

        var shared = share is null ? next : share(previous, next);
        return (comparer ?? EqualityComparer<T>.Default).Equals(previous, shared) ? previous : shared;
    }
}
