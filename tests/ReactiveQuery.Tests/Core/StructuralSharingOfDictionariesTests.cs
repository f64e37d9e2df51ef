using System.Collections.Immutable;

namespace ReactiveQuery.Tests.Core;

public class StructuralSharingOfDictionariesTests
{
    public static TheoryData<string, Func<Dictionary<string, Item>, IReadOnlyDictionary<string, Item>>> Kinds => new()
    {
        { "dictionary", static source => source },
        { "immutable dictionary", static source => source.ToImmutableDictionary() },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_of_equal_keys_keep_the_old_reference(string kind, Func<Dictionary<string, Item>, IReadOnlyDictionary<string, Item>> make)
    {
        var before = make(new() { ["a"] = new(1), ["b"] = new(2), ["c"] = new(3) });
        var after = make(new() { ["d"] = new(4), ["c"] = new(3), ["b"] = new(9), ["a"] = new(1) });

        var shared = StructuralSharing.Share(before, after);

        Assert.True(shared.GetType() == after.GetType(), kind);
        Assert.NotSame(after, shared);
        Assert.Equal(after, shared);
        Assert.Equal(after.Keys, shared.Keys);
        Assert.Same(before["a"], shared["a"]);
        Assert.Same(after["b"], shared["b"]);
        Assert.Same(before["c"], shared["c"]);
        Assert.Same(after["d"], shared["d"]);
        Assert.Equal(3, before.Count);
        Assert.NotSame(before["a"], after["a"]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_equal_dictionary_is_the_old_one_whatever_the_order_of_its_keys(string kind, Func<Dictionary<string, Item>, IReadOnlyDictionary<string, Item>> make)
    {
        var before = make(new() { ["a"] = new(1), ["b"] = new(2) });

        Assert.True(ReferenceEquals(before, StructuralSharing.Share(before, make(new() { ["b"] = new(2), ["a"] = new(1) }))), kind);

        var fewer = StructuralSharing.Share(before, make(new() { ["a"] = new(1) }));
        Assert.Single(fewer);
        Assert.Same(before["a"], fewer["a"]);

        var others = make(new() { ["a"] = new(7), ["z"] = new(2) });
        Assert.Same(others, StructuralSharing.Share(before, others));
    }

    [Fact]
    public void The_comparer_of_the_new_dictionary_stays()
    {
        var before = new Dictionary<string, Item>(StringComparer.OrdinalIgnoreCase) { ["a"] = new(1), ["b"] = new(2) };
        var after = new Dictionary<string, Item>(StringComparer.OrdinalIgnoreCase) { ["A"] = new(1), ["b"] = new(3) };
        var shared = StructuralSharing.Share(before, after);
        Assert.Same(before["a"], shared["a"]);
        Assert.Contains("A", shared.Keys);
        Assert.Same(StringComparer.OrdinalIgnoreCase, shared.Comparer);

        var ordinal = new Dictionary<string, Item>(StringComparer.Ordinal) { ["a"] = new(1), ["b"] = new(2) };
        var rewrapped = StructuralSharing.Share(before, ordinal);
        Assert.Same(before["a"], rewrapped["a"]);
        Assert.False(rewrapped.ContainsKey("A"));
    }

    [Fact]
    public void The_comparers_of_an_immutable_dictionary_stay_and_its_value_comparer_decides_nothing()
    {
        var blind = EqualityComparer<Item>.Create(static (_, _) => true, static _ => 0);
        var before = ImmutableDictionary.Create<string, Item>(StringComparer.OrdinalIgnoreCase, blind).Add("a", new(1)).Add("b", new(2));
        var after = ImmutableDictionary.Create<string, Item>(StringComparer.OrdinalIgnoreCase, blind).Add("a", new(1)).Add("b", new(9));

        var shared = StructuralSharing.Share(before, after);

        Assert.Same(before["a"], shared["A"]);
        Assert.Equal(new Item(9), shared["b"]);
        Assert.Same(StringComparer.OrdinalIgnoreCase, shared.KeyComparer);
        Assert.Same(blind, shared.ValueComparer);
    }

    public sealed record Item(int Id);
}
