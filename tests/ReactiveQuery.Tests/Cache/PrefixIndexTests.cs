namespace ReactiveQuery.Tests.Cache;

public class PrefixIndexTests
{
    private readonly PrefixIndex _index = new();
    private readonly Dictionary<QueryKey, QueryEntry> _entries = [];

    private void Add(params object?[] segments) => Add(QueryKey.Of(segments));

    private void Add(QueryKey key)
    {
        _entries.Add(key, new FakeEntry(key));
        _index.Add(_entries[key]);
    }

    private void Remove(QueryKey key)
    {
        if (_entries.Remove(key, out var entry)) _index.Remove(entry);
    }

    /// <summary>As the cache finds them: the one of the whole key by the key, and what lies below it here.</summary>
    private string[] Below(params object?[] prefix)
    {
        List<QueryEntry> found = prefix.Length > 0 && _entries.TryGetValue(QueryKey.Of(prefix), out var own) ? [own] : [];
        _index.CollectBelow(QueryKey.Of(prefix), found);
        return [.. found.Select(e => e.Key.ToString()).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Everything_below_a_prefix_is_found_and_nothing_beside_it()
    {
        Add("users");
        Add("users", 42);
        Add("users", 42, "posts");
        Add("users", "42");
        Add("users", null);
        Add("usersX", 42);
        Assert.Equal(5, Below("users").Length);
        Assert.Equal([QueryKey.Of("users", 42).ToString(), QueryKey.Of("users", 42, "posts").ToString()], Below("users", 42));
        Assert.Equal([QueryKey.Of("users", null).ToString()], Below("users", null));
        Assert.Empty(Below("users", 42L));
        Assert.Equal(6, Below().Length);
    }

    [Fact]
    public void What_is_removed_is_gone_and_what_lies_below_it_stays()
    {
        Add("a");
        Add("a", 1);
        Add("a", 1, 2);
        Remove(QueryKey.Of("a", 1));
        Remove(QueryKey.Of("a", 7));
        Assert.Equal([QueryKey.Of("a").ToString(), QueryKey.Of("a", 1, 2).ToString()], Below("a"));
        Remove(QueryKey.Of("a", 1, 2));
        Remove(QueryKey.Of("a"));
        Assert.Empty(Below());
    }

    [Fact]
    public void What_lies_above_stays_when_the_last_below_it_is_removed()
    {
        Add();
        Add("a", 1);
        Add("a");
        Add("a", 1, 2);
        Remove(QueryKey.Of("a", 1, 2));
        Assert.Equal([QueryKey.Of("a").ToString(), QueryKey.Of("a", 1).ToString(), QueryKey.Empty.ToString()], Below());
        Add("a", 1, 3);
        Remove(QueryKey.Of("a", 1));
        Remove(QueryKey.Empty);
        Assert.Equal([QueryKey.Of("a").ToString(), QueryKey.Of("a", 1, 3).ToString()], Below());
        Remove(QueryKey.Of("a"));
        Remove(QueryKey.Of("a", 1, 3));
        Assert.Empty(Below());
    }

    [Fact]
    public void Any_order_of_adding_and_removing_leaves_what_was_not_removed()
    {
        var random = new Random(1);
        var held = new HashSet<QueryKey>();
        for (var i = 0; i < 5_000; i++)
        {
            var key = QueryKey.Of([.. Enumerable.Range(0, random.Next(4)).Select(_ => (object?)random.Next(3))]);
            if (random.Next(2) == 0 && held.Add(key)) Add(key);
            else if (held.Remove(key)) Remove(key);
            var prefix = QueryKey.Of([.. Enumerable.Range(0, random.Next(3)).Select(_ => (object?)random.Next(3))]);
            Assert.Equal(held.Where(k => k.StartsWith(prefix)).Select(k => k.ToString()).Order(StringComparer.Ordinal), Below([.. Enumerable.Range(0, prefix.Count).Select(n => prefix[n])]));
        }
    }

    [Fact]
    public void Keys_a_deep_tree_long_are_walked_without_the_stack()
    {
        var deep = QueryKey.Of("deep");
        while (deep.Count < QueryKey.MaxSegments) deep = deep.Append(deep.Count);
        Add(deep);
        Assert.Equal([deep.ToString()], Below("deep"));
    }

    [Fact]
    public void A_group_that_comes_and_goes_is_found_again()
    {
        for (var i = 0; i < 3; i++)
        {
            Add("a", i);
            Add("b", i, "c");
            Assert.Equal([QueryKey.Of("a", i).ToString()], Below("a"));
            Assert.Equal([QueryKey.Of("b", i, "c").ToString()], Below("b"));
            Remove(QueryKey.Of("a", i));
            Remove(QueryKey.Of("b", i, "c"));
            Remove(QueryKey.Of("b", i, "c"));
            Assert.Empty(Below());
        }
    }

    [Fact]
    public void A_key_in_between_is_not_below_itself()
    {
        Add("a", 1);
        Add("a", 1, 2);
        List<QueryEntry> found = [];
        _index.CollectBelow(QueryKey.Of("a", 1), found);
        Assert.Equal([QueryKey.Of("a", 1, 2)], found.Select(e => e.Key));
    }
}
