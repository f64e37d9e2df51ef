using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace ReactiveQuery.Tests.Core;

public class StructuralSharingTests
{
    public static TheoryData<string, Func<Item[], IReadOnlyList<Item>>> Lists => new()
    {
        { "array", static items => items },
        { "list", static items => new List<Item>(items) },
        { "read-only collection", static items => new ReadOnlyCollection<Item>(items) },
        { "immutable array", static items => items.ToImmutableArray() },
        { "immutable list", static items => items.ToImmutableList() },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Equal_items_keep_the_old_reference_in_a_new_container_of_the_same_type(string name, Func<Item[], IReadOnlyList<Item>> make)
    {
        var (before, after) = (make(Items(1, 2, 3)), make(Items(1, 9, 3)));

        var shared = StructuralSharing.Share(before, after);

        Assert.NotSame(before, shared);
        Assert.NotSame(after, shared);
        Assert.True(after.GetType() == shared.GetType(), name);
        Assert.Same(before[0], shared[0]);
        Assert.Same(after[1], shared[1]);
        Assert.Same(before[2], shared[2]);
        Assert.Equal(Items(1, 2, 3), before);
        Assert.Equal(Items(1, 9, 3), after);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_equal_in_order_and_number_is_the_old_list_itself(string name, Func<Item[], IReadOnlyList<Item>> make)
    {
        var before = make(Items(1, 2, 3));

        Assert.True(ReferenceEquals(before, StructuralSharing.Share(before, make(Items(1, 2, 3)))), name);
        Assert.NotSame(before, StructuralSharing.Share(before, make(Items(1, 2))));
        Assert.NotSame(before, StructuralSharing.Share(before, make(Items(1, 3, 2))));
        Assert.NotSame(before, StructuralSharing.Share(before, make(Items(1, 2, 3, 4))));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void With_nothing_equal_the_new_list_is_returned(string name, Func<Item[], IReadOnlyList<Item>> make)
    {
        var after = make(Items(4, 5));

        Assert.True(ReferenceEquals(after, StructuralSharing.Share(make(Items(1, 2, 3)), after)), name);
        Assert.Same(after, StructuralSharing.Share(make([]), after));
        Assert.Empty(StructuralSharing.Share(make(Items(1)), make([])));
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4 }, new[] { 0, 1, 2, 3, 4 }, 4)] // one more in front
    [InlineData(new[] { 1, 2, 3, 4 }, new[] { 2, 3, 4 }, 3)] // the first gone
    [InlineData(new[] { 1, 2, 3, 4 }, new[] { 1, 2, 9, 3, 4 }, 4)] // one in the middle
    [InlineData(new[] { 1, 2, 3, 4 }, new[] { 1, 4 }, 2)] // the middle gone
    [InlineData(new[] { 1, 2, 3, 4 }, new[] { 1, 2, 3, 4, 5 }, 4)] // one more at the end
    [InlineData(new[] { 1, 2, 3, 4, 5 }, new[] { 8, 2, 9, 4, 7 }, 2)] // by index
    [InlineData(new[] { 1, 1, 1 }, new[] { 1, 1 }, 2)]
    [InlineData(new[] { 1 }, new[] { 2, 1, 1 }, 1)]
    public void Items_are_matched_from_the_front_from_the_back_and_by_index(int[] old, int[] fresh, int kept)
    {
        var before = Items(old);

        var shared = StructuralSharing.Share(before, Items(fresh));

        Assert.Equal(Items(fresh), shared);
        Assert.Equal(kept, shared.Count(item => before.Any(b => ReferenceEquals(b, item))));
    }

    [Fact]
    public void A_value_equal_to_the_old_keeps_the_old_reference_and_records_are_not_opened()
    {
        var before = new Item(1, "a");
        Assert.Same(before, StructuralSharing.Share(before, new Item(1, "a")));

        var after = new Page([new Item(1, "a")], 2);
        Assert.Same(after, StructuralSharing.Share(new Page([new Item(1, "a")], 1), after));
    }

    [Fact]
    public void Values_of_different_types_are_not_shared_unless_they_call_themselves_equal()
    {
        IReadOnlyList<Item> list = [.. Items(1, 2)];
        Assert.Same(list, StructuralSharing.Share<IReadOnlyList<Item>>(Items(1, 2), list));
        Assert.IsType<Item[]>(StructuralSharing.Share<IReadOnlyList<Item>>(new List<Item>(Items(1, 2)), Items(1, 2)));
        object[] objects = [new Item(1, "1")];
        Assert.Same(objects, StructuralSharing.Share(Items(1), objects));
        Assert.Same(objects, StructuralSharing.ShareItems(Items(1), objects, EqualityComparer<object>.Default));

        var before = new Even(2);
        Assert.Same(before, StructuralSharing.Share<object>(before, new Even(4)));
        Assert.IsType<EvenToo>(StructuralSharing.Share<object>(new Item(1, "a"), new EvenToo(4)));
        Assert.Same(before, StructuralSharing.Share<Even>(before, new EvenToo(4)));
    }

    [Fact]
    public void The_read_only_list_of_a_collection_expression_is_shared_again_and_again()
    {
        IReadOnlyList<Item> Fetch(int last) => [new Item(1, "1"), new Item(2, "2"), new Item(last, "last")];
        var first = Fetch(3);

        var second = StructuralSharing.Share(first, Fetch(4));
        var third = StructuralSharing.Share(second, Fetch(5));

        Assert.Same(first, StructuralSharing.Share(first, Fetch(3)));
        Assert.Equal(Fetch(5), third);
        Assert.Same(first[0], third[0]);
        Assert.Same(first[1], third[1]);
        Assert.Same(third, StructuralSharing.Share(third, Fetch(5)));
    }

    [Fact]
    public void The_runtime_type_decides_what_an_interface_holds()
    {
        var before = Items(1, 2);

        Assert.Same(before, StructuralSharing.Share<IEnumerable<Item>>(before, Items(1, 2)));
        Assert.Same(before, StructuralSharing.Share<object>(before, Items(1, 2)));
        Assert.Same(before, StructuralSharing.Share<object[]>(before, Items(1, 2)));

        var lazy = Items(1, 2).Where(static i => i.Id > 0);
        Assert.Same(lazy, StructuralSharing.Share(Items(1, 2).Where(static i => i.Id > 0), lazy));
        var own = new OwnList { new Item(1, "1") };
        Assert.Same(own, StructuralSharing.Share<List<Item>>(new OwnList { new Item(1, "1") }, own));
    }

    [Fact]
    public void An_immutable_array_shares_through_its_own_type_and_may_be_uninitialized()
    {
        var before = Items(1, 2).ToImmutableArray();

        Assert.True(before == StructuralSharing.Share(before, Items(1, 2).ToImmutableArray()));
        Assert.Same(before[0], StructuralSharing.Share(before, Items(1, 3).ToImmutableArray())[0]);
        Assert.Same(before[0], StructuralSharing.Share((ImmutableArray<Item>?)before, Items(1, 3).ToImmutableArray())!.Value[0]);
        Assert.True(StructuralSharing.Share(before, default).IsDefault);
        Assert.True(before == StructuralSharing.Share(default, before));
        Assert.False(StructuralSharing.Share<ImmutableArray<Item>>(default, []).IsDefault);
    }

    [Fact]
    public void Value_types_are_simply_new_and_null_shares_nothing()
    {
        Assert.Equal(2, StructuralSharing.Share(1, 2));
        Assert.True(double.IsNegative(StructuralSharing.Share(0.0, -0.0)));
        Assert.Null(StructuralSharing.Share<Item?>(new Item(1, "a"), null));
        Assert.Equal(new Item(1, "a"), StructuralSharing.Share<Item?>(null, new Item(1, "a")));
        Assert.Null(StructuralSharing.Share<string?>(null, null));
    }

    [Fact]
    public void Null_items_and_value_type_items_are_compared_too()
    {
        Item?[] before = [null, new Item(1, "a"), null];
        var shared = StructuralSharing.Share(before, [null, new Item(1, "a"), new Item(2, "b")]);
        Assert.Same(before[1], shared[1]);
        Assert.Null(shared[0]);

        int[] numbers = [1, 2, 3];
        Assert.Same(numbers, StructuralSharing.Share(numbers, [1, 2, 3]));
        Assert.Equal([1, 2, 4], StructuralSharing.Share(numbers, [1, 2, 4]));
        var named = new List<KeyValuePair<int, Item>> { new(1, new Item(1, "a")), new(2, new Item(2, "b")) };
        var sharedNamed = StructuralSharing.Share(named, [new(1, new Item(1, "a")), new(2, new Item(2, "c"))]);
        Assert.Same(named[0].Value, sharedNamed[0].Value);
    }

    [Fact]
    public void An_Equals_that_throws_reaches_the_caller()
    {
        Assert.Throws<InvalidOperationException>(() => StructuralSharing.Share(new Grumpy(), new Grumpy()));
        Assert.Throws<InvalidOperationException>(() => StructuralSharing.Share<Grumpy[]>([new Grumpy()], [new Grumpy()]));
    }

    [Fact]
    public void Items_can_be_shared_by_a_comparer_of_ones_own()
    {
        var byId = EqualityComparer<Item>.Create(static (a, b) => a?.Id == b?.Id);
        var before = new List<Item> { new(1, "a"), new(2, "b") };

        var shared = StructuralSharing.ShareItems(before, [new(1, "x"), new(3, "y")], byId);
        Assert.Equal([new(1, "a"), new(3, "y")], shared);
        Assert.Same(before, StructuralSharing.ShareItems(before, [new(1, "x"), new(2, "y")], byId));
        foreach (var make in Lists.Select(static row => (Func<Item[], IReadOnlyList<Item>>)row[1]))
        {
            var old = make(Items(1, 2));
            Assert.Same(old[0], StructuralSharing.ShareItems(old, make([new(1, "x"), new(3, "y")]), byId)[0]);
        }

        var own = new OwnList { new(1, "a") };
        Assert.Same(own, StructuralSharing.ShareItems(own, new OwnList { new(1, "x") }, byId));
        Assert.Equal([new(1, "x"), new(2, "y")], StructuralSharing.ShareItems(own, new OwnList { new(1, "x"), new(2, "y") }, byId));
        Assert.Throws<ArgumentNullException>("comparer", () => StructuralSharing.ShareItems(before, before, (IEqualityComparer<Item>)null!));
    }

    [Fact]
    public void A_sharing_function_and_a_comparer_of_the_options_replace_the_default()
    {
        var before = new Page(Items(1, 2), 1);
        static Page Rows(Page old, Page fresh) => fresh with { Rows = StructuralSharing.Share(old.Rows, fresh.Rows) };

        Assert.Same(before, StructuralSharing.Share(before, new Page(Items(1, 2), 1), Rows, null));
        Assert.Same(before.Rows[0], StructuralSharing.Share(before, new Page(Items(1, 3), 1), Rows, null).Rows[0]);

        var byNumber = EqualityComparer<Page>.Create(static (a, b) => a!.Number == b!.Number);
        var after = new Page(Items(3), 2);
        Assert.Same(before, StructuralSharing.Share(before, new Page([], 1), null, byNumber));
        Assert.Same(after, StructuralSharing.Share(before, after, null, byNumber));
        Assert.Same(before.Rows, StructuralSharing.Share(before.Rows, Items(1, 2), null, null));
    }

    internal static Item[] Items(params int[] ids) => [.. ids.Select(static id => new Item(id, id.ToString()))];

    public sealed record Item(int Id, string Name);

    private sealed record Page(Item[] Rows, int Number);

    private class Even(int value)
    {
        public int Value { get; } = value;

        public override bool Equals(object? obj) => obj is Even other && Value % 2 == other.Value % 2;

        public override int GetHashCode() => Value % 2;
    }

    private sealed class EvenToo(int value) : Even(value);

    private sealed class OwnList : List<Item>;

    private sealed class Grumpy
    {
        public override bool Equals(object? obj) => Fail();

        public override int GetHashCode() => 0;

        private static bool Fail() => throw new InvalidOperationException();
    }
}
