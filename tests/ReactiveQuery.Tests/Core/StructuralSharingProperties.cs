using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace ReactiveQuery.Tests.Core;

public class StructuralSharingProperties
{
    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(2_000);

    // Short lists of few values: equal items, moved items and duplicates are common.
    private static Arbitrary<int[]> Ids { get; } = Gen.Choose(0, 8).SelectMany(static n => Gen.Choose(0, 3).ArrayOf(n)).ToArbitrary();

    [Fact]
    public void A_shared_array_is_equal_to_the_new_one_and_keeps_what_is_equal() => CheckLists(static items => items);

    [Fact]
    public void A_shared_list_is_equal_to_the_new_one_and_keeps_what_is_equal() => CheckLists(static items => new List<Item>(items));

    [Fact]
    public void A_shared_immutable_array_is_equal_to_the_new_one_and_keeps_what_is_equal() => CheckLists(static items => items.ToImmutableArray());

    [Fact]
    public void A_shared_immutable_list_is_equal_to_the_new_one_and_keeps_what_is_equal() => CheckLists(static items => items.ToImmutableList());

    [Fact]
    public void A_shared_dictionary_is_equal_to_the_new_one_and_keeps_what_is_equal() =>
        CheckDictionaries(static items => items);

    [Fact]
    public void A_shared_immutable_dictionary_is_equal_to_the_new_one_and_keeps_what_is_equal() =>
        CheckDictionaries(static items => items.ToImmutableDictionary());

    private static void CheckLists(Func<Item[], IReadOnlyList<Item>> make) =>
        Prop.ForAll(Ids, Ids, (old, fresh) =>
        {
            Item[] oldItems = Make(old), freshItems = Make(fresh);
            IReadOnlyList<Item> before = make([.. oldItems]), after = make([.. freshItems]);

            var shared = StructuralSharing.Share(before, after);

            return shared.SequenceEqual(freshItems)
                && shared.GetType() == after.GetType()
                && (!old.SequenceEqual(fresh) || ReferenceEquals(shared, before))
                && Enumerable.Range(0, Math.Min(old.Length, fresh.Length))
                    .All(i => old[i] != fresh[i] || oldItems.Any(item => ReferenceEquals(item, shared[i])))
                && shared.All(item => oldItems.Concat(freshItems).Any(known => ReferenceEquals(known, item)))
                && SameReferences(before, oldItems) && SameReferences(after, freshItems);
        }).Check(Many);

    private static void CheckDictionaries(Func<Dictionary<int, Item>, IReadOnlyDictionary<int, Item>> make) =>
        Prop.ForAll(Ids, Ids, (old, fresh) =>
        {
            Item[] oldItems = Make(old), freshItems = Make(fresh);
            var before = make(Enumerable.Range(0, old.Length).ToDictionary(static i => i, i => oldItems[i]));
            var after = make(Enumerable.Range(0, fresh.Length).Reverse().ToDictionary(static i => i, i => freshItems[i]));

            var shared = StructuralSharing.Share(before, after);

            return shared.Count == fresh.Length
                && shared.GetType() == after.GetType()
                && (!old.SequenceEqual(fresh) || ReferenceEquals(shared, before))
                && Enumerable.Range(0, fresh.Length).All(i =>
                    ReferenceEquals(shared[i], i < old.Length && old[i] == fresh[i] ? oldItems[i] : freshItems[i]))
                && SameReferences(before.OrderBy(static p => p.Key).Select(static p => p.Value), oldItems)
                && SameReferences(after.OrderBy(static p => p.Key).Select(static p => p.Value), freshItems);
        }).Check(Many);

    private static Item[] Make(int[] ids) => [.. ids.Select(static id => new Item(id))];

    private static bool SameReferences(IEnumerable<Item> left, IEnumerable<Item> right) =>
        left.SequenceEqual(right, ReferenceEqualityComparer.Instance);

    private sealed record Item(int Id);
}
