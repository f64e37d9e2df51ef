using FsCheck;
using FsCheck.Fluent;

namespace ReactiveQuery.Tests.Core;

public class QueryKeyProperties
{
    // Few values of many types, so that equal and nearly equal keys are common.
    private static Gen<object?> Segments { get; } = Gen.Elements<object?>(
        null, 0, 1, 0L, 1L, 0.0, -0.0, double.NaN, 1f, "0", "1", "", "null", '1', true, 1m, 1.0m,
        new DateOnly(2026, 1, 1), new DateTime(2026, 1, 1), "2026-01-01", DayOfWeek.Monday, (0, 1), (0, "1"), QueryKey.Of(1), Guid.Empty);

    private static Arbitrary<QueryKey> Keys { get; } =
        Gen.Choose(0, 3).SelectMany(n => Segments.ArrayOf(n)).Select(s => QueryKey.Of(s)).ToArbitrary();

    [Fact]
    public void Equality_is_an_equivalence_and_equal_keys_hash_equal() =>
        Prop.ForAll(Keys, Keys, Keys, static (a, b, c) =>
        {
            var copy = QueryKey.Of(a.Segments.ToArray());
            return a.Equals(copy) && a.GetHashCode() == copy.GetHashCode()
                && a.Equals(b) == b.Equals(a)
                && (!a.Equals(b) || a.GetHashCode() == b.GetHashCode())
                && (!(a.Equals(b) && b.Equals(c)) || a.Equals(c));
        }).Check(Many);

    [Fact]
    public void Keys_are_equal_exactly_when_their_segments_are_equal_in_type_and_value() =>
        Prop.ForAll(Keys, Keys, static (a, b) =>
            a.Equals(b) == (a.Count == b.Count && Enumerable.Range(0, a.Count).All(i => a[i]?.GetType() == b[i]?.GetType() && Equals(a[i], b[i]))))
            .Check(Many);

    [Fact]
    public void Being_a_prefix_is_a_partial_order() =>
        Prop.ForAll(Keys, Keys, Keys, static (a, b, c) =>
            a.StartsWith(a)
            && (!(a.StartsWith(b) && b.StartsWith(c)) || a.StartsWith(c))
            && (!(a.StartsWith(b) && b.StartsWith(a)) || a.Equals(b)))
            .Check(Many);

    [Fact]
    public void Every_key_starts_with_each_of_its_prefixes_and_has_the_hash_of_its_segments_appended() =>
        Prop.ForAll(Keys, static key =>
        {
            var prefix = QueryKey.Empty;
            foreach (var segment in key.Segments)
            {
                if (!key.StartsWith(prefix) || prefix.Equals(key))
                {
                    return false;
                }

                prefix = prefix.Append(segment);
            }

            return prefix.Equals(key) && prefix.GetHashCode() == key.GetHashCode();
        }).Check(Many);

    [Fact]
    public void The_text_of_a_key_is_bounded_whatever_its_segments_hold() =>
        Prop.ForAll<string[]>(static texts =>
            QueryKey.Of(texts.Take(QueryKey.MaxSegments).ToArray<object?>()).ToString().Length is > 0 and <= QueryKey.MaxDisplayLength)
            .Check(Many);

    [Fact]
    public void Neighbouring_numbers_spread_over_the_hashes()
    {
        var hashes = new HashSet<int>();
        for (var group = 0; group < 300; group++)
        {
            for (var item = 0; item < 300; item++)
            {
                hashes.Add(QueryKey.Of("list", group, item).GetHashCode());
            }
        }

        Assert.True(hashes.Count > 89_000, $"{hashes.Count} hashes of 90000 keys");
    }

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(2_000);
}
