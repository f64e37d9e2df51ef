using System.Collections;
using System.Collections.Immutable;
using System.Reactive;

namespace ReactiveQuery.Tests.Core;

public class QueryKeyTests
{
    public static TheoryData<object?[]> PairsThatDiffer => new()
    {
        new object?[] { 1, "1" },
        new object?[] { 1, 1L },
        new object?[] { 1, 1.0 },
        new object?[] { 1f, 1.0 },
        new object?[] { (byte)1, (sbyte)1 },
        new object?[] { 'a', "a" },
        new object?[] { true, "true" },
        new object?[] { null, "" },
        new object?[] { null, "null" },
        new object?[] { null, 0 },
        new object?[] { "a", "A" },
        new object?[] { "ss", "ß" },
        new object?[] { "é", "e\u0301" },
        new object?[] { DayOfWeek.Monday, 1 },
        new object?[] { DayOfWeek.Monday, ConsoleColor.DarkBlue },
        new object?[] { new DateOnly(2026, 1, 1), "2026-01-01" },
        new object?[] { new DateTime(2026, 1, 1), new DateOnly(2026, 1, 1) },
        new object?[] { Guid.Empty, Guid.Empty.ToString() },
        new object?[] { typeof(int), typeof(long) },
        new object?[] { new Point(1, 2), new Point(2, 1) },
        new object?[] { (1, 2), (1, 3) },
        new object?[] { QueryKey.Of("a"), "a" },
        new object?[] { double.NaN, 0.0 },
        new object?[] { new Loose(), new LooseToo() },
    };

    public static TheoryData<object?[]> PairsThatAreEqual => new()
    {
        new object?[] { null, null },
        new object?[] { 1, 1 },
        new object?[] { "a", new string('a', 1) },
        new object?[] { double.NaN, 0.0 / double.Parse("0") },
        new object?[] { float.NaN, float.NaN },
        new object?[] { 0.0, -0.0 },
        new object?[] { 1.0m, 1.00m },
        new object?[] { new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 1) },
        new object?[] { new Uri("http://a/b"), new Uri("http://a/b") },
        new object?[] { typeof(int), typeof(int) },
        new object?[] { new Point(1, 2), new Point(1, 2) },
        new object?[] { new Tag("x"), new Tag("x") },
        new object?[] { new Plain { X = 1 }, new Plain { X = 1 } },
        new object?[] { new { Id = 1 }, new { Id = 1 } },
        new object?[] { (1, "a"), (1, "a") },
        new object?[] { Tuple.Create(1, "a"), Tuple.Create(1, "a") },
        new object?[] { QueryKey.Of("a", 1), QueryKey.Of("a", 1) },
        new object?[] { DayOfWeek.Monday, DayOfWeek.Monday },
    };

    public static TheoryData<object> SegmentsWithoutValueEquality => new()
    {
        new int[] { 1 },
        new string[] { "a" },
        new List<int> { 1 },
        new Dictionary<string, int>(),
        ImmutableArray.Create(1),
        ImmutableList.Create(1),
        new ArraySegment<int>([1]),
        new ReadOnlyMemory<int>([1]),
        new Memory<int>([1]),
        new Wrapper([1]),
        Enumerable.Range(0, 3).Where(static i => i > 1),
        new Action(() => { }),
        new Func<int, int>(static i => i),
        new CancellationToken(true),
        new object(),
        new Reference(),
        new MemoryStream(),
        Task.CompletedTask,
        (1, new int[] { 1 }),
        Tuple.Create(1, new Reference()),
    };

    [Theory]
    [MemberData(nameof(PairsThatDiffer))]
    public void Segments_of_another_type_or_value_make_another_key(object?[] pair)
    {
        var (left, right) = (QueryKey.Of("k", pair[0]), QueryKey.Of("k", pair[1]));

        Assert.False(left.Equals(right));
        Assert.False(left == right);
        Assert.True(left != right);
        Assert.False(left.StartsWith(right));
        Assert.False(QueryKey.SegmentEquals(pair[0], pair[1]) || QueryKey.SegmentEquals(pair[1], pair[0]));
    }

    [Theory]
    [MemberData(nameof(PairsThatAreEqual))]
    public void Equal_segments_make_equal_keys_with_equal_hashes(object?[] pair)
    {
        var (left, right) = (QueryKey.Of("k", pair[0]), QueryKey.Of("k", pair[1]));

        Assert.True(left.Equals((object)right));
        Assert.True(left == right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
        Assert.True(left.StartsWith(right));
    }

    [Theory]
    [MemberData(nameof(SegmentsWithoutValueEquality))]
    public void A_segment_without_value_equality_is_refused_and_named(object segment)
    {
        var culprit = segment is System.Runtime.CompilerServices.ITuple tuple ? tuple[1]! : segment;

        Assert.Contains(culprit.GetType().ToString(), Assert.Throws<ArgumentException>(() => QueryKey.Of("k", segment)).Message);
        Assert.Throws<ArgumentException>(() => QueryKey.Of("k").Append(segment));
        Assert.Throws<ArgumentException>(() => QueryKey.From("k", segment));
    }

    [Fact]
    public void A_refusal_says_what_to_do_instead()
    {
        Assert.Contains("segments of their own", Assert.Throws<ArgumentException>(() => QueryKey.Of("k", new[] { 1 })).Message);
        Assert.Contains("override Equals", Assert.Throws<ArgumentException>(() => QueryKey.Of("k", new Reference())).Message);
        Assert.Contains("leave it out", Assert.Throws<ArgumentException>(() => QueryKey.Of("k", CancellationToken.None)).Message);
    }

    [Fact]
    public void A_collection_that_overrides_Equals_is_a_segment() =>
        Assert.Equal(QueryKey.Of("k", new ValueList(1, 2)), QueryKey.Of("k", new ValueList(1, 2)));

    [Fact]
    public void A_key_differs_from_its_prefixes_and_a_nested_key_from_its_segments()
    {
        Assert.NotEqual(QueryKey.Of("a"), QueryKey.Of("a", null));
        Assert.NotEqual(QueryKey.Of("a", "b"), QueryKey.Of("b", "a"));
        Assert.NotEqual(QueryKey.Of("a", "b"), QueryKey.Of("ab"));
        Assert.NotEqual(QueryKey.Of("a", 1), QueryKey.Of(QueryKey.Of("a", 1)));
        Assert.False(QueryKey.Of("a").Equals(null));
        Assert.False(QueryKey.Of("a").Equals((object)"a"));
        Assert.False(QueryKey.Of("a") == null);
        Assert.True((QueryKey?)null == null);
    }

    [Fact]
    public void A_prefix_covers_what_is_below_it_and_nothing_else()
    {
        var key = QueryKey.Of("users", 42, "posts");

        Assert.True(key.StartsWith(QueryKey.Empty));
        Assert.True(key.StartsWith(QueryKey.Of("users")));
        Assert.True(key.StartsWith(QueryKey.Of("users", 42)));
        Assert.True(key.StartsWith(key));
        Assert.False(key.StartsWith(QueryKey.Of("user")));
        Assert.False(key.StartsWith(QueryKey.Of("users", 42L)));
        Assert.False(key.StartsWith(key.Append(null)));
        Assert.Throws<ArgumentNullException>("prefix", () => key.StartsWith(null!));
    }

    [Fact]
    public void Append_leaves_the_key_and_equals_the_key_built_at_once()
    {
        var root = QueryKey.Of("users");
        var key = root.Append(42).Append(null);

        Assert.Equal(QueryKey.Of("users", 42, null), key);
        Assert.Equal(QueryKey.Of("users", 42, null).GetHashCode(), key.GetHashCode());
        Assert.Equal(1, root.Count);
        Assert.Equal(new object?[] { "users", 42, null }, new[] { key[0], key[1], key[2] });
        Assert.Throws<ArgumentOutOfRangeException>("index", () => key[3]);
        Assert.Throws<ArgumentOutOfRangeException>("index", () => key[-1]);
    }

    [Fact]
    public void The_items_of_a_value_tuple_of_parameters_become_segments()
    {
        Assert.Equal(QueryKey.Of("list", 7, 3), QueryKey.From("list", (7, 3)));
        Assert.Equal(QueryKey.Of("list", 1, 2, 3, 4, 5, 6, 7, 8, "i"), QueryKey.From("list", (1, 2, 3, 4, 5, 6, 7, 8, "i")));
        Assert.Equal(QueryKey.Of("list", (1, 2), 3), QueryKey.From("list", ((1, 2), 3)));
        Assert.Equal(QueryKey.Of("list", 7, 3), QueryKey.From("list", ((int, int)?)(7, 3)));
        Assert.Equal(QueryKey.Of("list", 7, 3), QueryKey.From<object>("list", (7, 3)));
        Assert.Equal(QueryKey.Of("list"), QueryKey.From("list", default(ValueTuple)));
    }

    [Fact]
    public void Other_parameters_are_one_segment_and_unit_is_none()
    {
        Assert.Equal(QueryKey.Of("list"), QueryKey.From("list", Unit.Default));
        Assert.Equal(QueryKey.Of("list", 7), QueryKey.From("list", 7));
        Assert.Equal(QueryKey.Of("list", "a"), QueryKey.From("list", "a"));
        Assert.Equal(QueryKey.Of("list", new Point(1, 2)), QueryKey.From("list", new Point(1, 2)));
        Assert.Equal(QueryKey.Of("list", Tuple.Create(1, 2)), QueryKey.From("list", Tuple.Create(1, 2)));
        Assert.Equal(QueryKey.Of("list", null), QueryKey.From("list", (string?)null));
        Assert.Equal(QueryKey.Of("list", null), QueryKey.From("list", (int?)null));
    }

    [Fact]
    public void A_root_bound_once_makes_the_same_keys_as_its_name()
    {
        var root = QueryKey.Of("list");

        Assert.Same(root, QueryKey.ForParameters(root, Unit.Default));
        AssertSameKey(QueryKey.From("list", 7), QueryKey.ForParameters(root, 7));
        AssertSameKey(QueryKey.From("list", "x"), QueryKey.ForParameters(root, "x"));
        AssertSameKey(QueryKey.From("list", (7, "x")), QueryKey.ForParameters(root, (7, "x")));

        static void AssertSameKey(QueryKey expected, QueryKey actual)
        {
            Assert.Equal(expected, actual);
            Assert.Equal(expected.GetHashCode(), actual.GetHashCode());
        }
    }

    [Fact]
    public void Every_way_to_pass_segments_makes_the_same_key()
    {
        object?[] array = ["a", 1];
        string[] texts = ["a", "b"];

        Assert.Equal(QueryKey.Of("a", 1), QueryKey.Of(array));
        Assert.Equal(QueryKey.Of("a", 1), QueryKey.Of(array.AsSpan()));
        Assert.Equal(QueryKey.Of("a", "b"), QueryKey.Of(texts));
        Assert.Same(QueryKey.Empty, QueryKey.Of());
        Assert.Throws<ArgumentNullException>("name", () => QueryKey.Of((string)null!));
        Assert.Throws<ArgumentNullException>("name", () => QueryKey.From(null!, 1));
        Assert.Throws<ArgumentNullException>("segments", () => QueryKey.Of((object?[])null!));
    }

    [Fact]
    public void Later_changes_of_the_array_do_not_reach_the_key()
    {
        object?[] array = ["a", 1];
        var key = QueryKey.Of(array);
        array[1] = 2;

        Assert.Equal(QueryKey.Of("a", 1), key);
    }

    [Fact]
    public void Absurdly_long_keys_are_refused()
    {
        var full = QueryKey.Of(Enumerable.Range(0, QueryKey.MaxSegments).Cast<object?>().ToArray());
        var longest = new string('x', QueryKey.MaxTextLength);

        Assert.Equal(QueryKey.MaxSegments, full.Count);
        Assert.Throws<ArgumentException>(() => full.Append(1));
        Assert.Throws<ArgumentException>(() => QueryKey.Of(new object?[1_000_000]));
        Assert.Throws<ArgumentException>(() => QueryKey.Of("outer", full));
        Assert.Equal(1, QueryKey.Of(longest).Count);
        Assert.Throws<ArgumentException>(() => QueryKey.Of(longest + "x"));
        Assert.Throws<ArgumentException>(() => QueryKey.Of(longest, "x"));
        Assert.Throws<ArgumentException>(() => QueryKey.Of("x").Append(QueryKey.Of(longest)));
        Assert.Throws<ArgumentException>(() => QueryKey.From("x", ("y", longest)));
        Assert.Throws<ArgumentException>(() => Enumerable.Range(0, 100).Aggregate(QueryKey.Of("x"), static (key, _) => QueryKey.Of(key)));
    }

    [Fact]
    public void ToString_is_readable()
    {
        Assert.Equal("(\"users\", 42, 2026-01-01)", QueryKey.Of("users", 42, new DateOnly(2026, 1, 1)).ToString());
        Assert.Equal("()", QueryKey.Empty.ToString());
        Assert.Equal("(null, true, 1.5, Monday, 'c')", QueryKey.Of(null, true, 1.5, DayOfWeek.Monday, 'c').ToString());
        Assert.Equal("(2026-01-01, 2026-01-01T10:30:00Z)", QueryKey.Of(new DateTime(2026, 1, 1), new DateTime(2026, 1, 1, 10, 30, 0, DateTimeKind.Utc)).ToString());
        Assert.Equal("(2026-01-01T10:30:00+02:00)", QueryKey.Of(new DateTimeOffset(2026, 1, 1, 10, 30, 0, TimeSpan.FromHours(2))).ToString());
        Assert.Equal("((\"a\", 1), (2, 3))", QueryKey.Of(QueryKey.Of("a", 1), (2, 3)).ToString());
        Assert.Equal("(\"a\\\"b\\\\c\\u000A\")", QueryKey.Of("a\"b\\c\n").ToString());
        Assert.Equal($"({typeof(Grumpy)})", QueryKey.Of(new Grumpy()).ToString());
    }

    [Fact]
    public void ToString_is_cut_at_a_bound_and_never_inside_a_character()
    {
        Assert.Equal(QueryKey.MaxDisplayLength, QueryKey.Of(new string('x', 5000)).ToString().Length);
        Assert.EndsWith("…", QueryKey.Of(new string('x', 5000)).ToString());
        for (var i = 0; i < 4; i++)
        {
            var text = QueryKey.Of(new string('x', i) + string.Concat(Enumerable.Repeat("😀", 300))).ToString();
            Assert.InRange(text.Length, QueryKey.MaxDisplayLength - 1, QueryKey.MaxDisplayLength);
            Assert.False(char.IsHighSurrogate(text[^2]));
        }
    }

    private readonly record struct Point(int X, int Y);

    private sealed record Tag(string Name);

    private struct Plain
    {
        public int X;
    }

    private sealed class Reference;

    // Calls itself equal to its derived class; a segment of another type is another segment all the same.
    private class Loose
    {
        public override bool Equals(object? obj) => obj is Loose;

        public override int GetHashCode() => 0;
    }

    private sealed class LooseToo : Loose;

    private sealed record Grumpy
    {
        public override string ToString() => throw new InvalidOperationException();
    }

    private readonly struct Wrapper(int[] items) : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)items).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class ValueList(params int[] items) : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)items).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override bool Equals(object? obj) => obj is ValueList other && this.SequenceEqual(other);

        public override int GetHashCode() => items.Length;
    }
}
