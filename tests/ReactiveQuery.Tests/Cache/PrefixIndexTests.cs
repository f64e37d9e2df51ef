namespace ReactiveQuery.Tests.Cache;

public class PrefixIndexTests
{
    private readonly PrefixIndex _index = new();

    private void Add(params object?[] segments) => _index.Add(QueryKey.Of(segments), new FakeEntry(QueryKey.Of(segments)));

    private string[] Below(params object?[] prefix)
    {
        List<QueryEntry> found = [];
        _index.Collect(QueryKey.Of(prefix), found);
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
        _index.Remove(QueryKey.Of("a", 1));
        _index.Remove(QueryKey.Of("a", 7));
        Assert.Equal([QueryKey.Of("a").ToString(), QueryKey.Of("a", 1, 2).ToString()], Below("a"));
        _index.Remove(QueryKey.Of("a", 1, 2));
        _index.Remove(QueryKey.Of("a"));
        Assert.Empty(Below());
    }

    [Fact]
    public void Keys_a_deep_tree_long_are_walked_without_the_stack()
    {
        var deep = QueryKey.Of("deep");
        while (deep.Count < QueryKey.MaxSegments) deep = deep.Append(deep.Count);
        _index.Add(deep, new FakeEntry(deep));
        Assert.Equal([deep.ToString()], Below("deep"));
    }
}
