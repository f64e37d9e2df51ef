using System.Collections.Immutable;
using System.Collections.ObjectModel;
using static ReactiveQuery.Tests.Core.StructuralSharingTests;

namespace ReactiveQuery.Tests.Core;

/// <summary>The sharers of native AOT, which must not need the item type.</summary>
public class StructuralSharingUntypedTests
{
    public static TheoryData<object, object, object> Containers => new()
    {
        { new List<Item>(Items(1, 2)), new List<Item>(Items(1, 2)), new List<Item>(Items(1, 3)) },
        { new ReadOnlyCollection<Item>(Items(1, 2)), new ReadOnlyCollection<Item>(Items(1, 2)), new ReadOnlyCollection<Item>(Items(1)) },
        { Items(1, 2).ToImmutableArray(), Items(1, 2).ToImmutableArray(), default(ImmutableArray<Item>) },
        { Items(1, 2).ToImmutableList(), Items(1, 2).ToImmutableList(), Items(2, 1).ToImmutableList() },
        { new[] { 1, 2 }, new[] { 1, 2 }, new[] { 1, 3 } },
        { new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, int> { ["b"] = 1 } },
        { new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, int> { ["a"] = 1, ["b"] = 1 } },
        { ImmutableDictionary<int, string>.Empty.Add(1, "a"), ImmutableDictionary<int, string>.Empty.Add(1, "a"), ImmutableDictionary<int, string>.Empty.Add(1, "b") },
    };

    [Theory]
    [MemberData(nameof(Containers))]
    public void A_container_is_kept_as_a_whole_when_everything_in_it_is_equal(object before, object equal, object other)
    {
        var sharer = ContainerSharer.CreateUntyped(before.GetType())!;

        Assert.True(sharer.Accepts(equal));
        Assert.Same(before, sharer.Share(before, equal));
        Assert.Same(other, sharer.Share(before, other));
        Assert.Same(before, sharer.Share(other, before));
        Assert.False(sharer.Accepts("another type"));
    }

    [Fact]
    public void An_array_of_references_is_shared_item_by_item()
    {
        var sharer = ContainerSharer.CreateUntyped(typeof(Item[]))!;
        var before = Items(1, 2, 3);
        var after = Items(9, 2, 3, 4);

        var shared = Assert.IsType<Item[]>(sharer.Share(before, after));

        Assert.Equal(after, shared);
        Assert.Same(before[1], shared[1]);
        Assert.NotSame(before[1], after[1]);
        Assert.Same(before, sharer.Share(before, Items(1, 2, 3)));
        var others = Items(7);
        Assert.Same(others, sharer.Share(before, others));
    }

    [Fact]
    public void Other_types_are_not_opened()
    {
        Assert.Null(ContainerSharer.CreateUntyped(typeof(HashSet<int>)));
        Assert.Null(ContainerSharer.For(typeof(HashSet<int>)));
        Assert.Null(ContainerSharer.For(typeof(Item)));
        Assert.Null(ContainerSharer.For(typeof(int[,])));
    }
}
