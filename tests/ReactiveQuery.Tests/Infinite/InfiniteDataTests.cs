namespace ReactiveQuery.Tests.Infinite;

public class InfiniteDataTests
{
    private sealed record Page(IReadOnlyList<string> Items);

    private static readonly Page AB = new(["a", "b"]);
    private static readonly Page None = new([]);
    private static readonly Page C = new(["c"]);

    private static readonly InfiniteData<int, Page> Abc = InfiniteData<int, Page>.Empty.Append(0, AB).Append(1, None).Append(2, C);

    [Fact]
    public void Pages_and_cursors_stand_in_the_order_of_the_list()
    {
        var data = InfiniteData<int, string>.Empty.Append(1, "b").Append(2, "c").Prepend(0, "a");
        Assert.Equal(["a", "b", "c"], data.Pages);
        Assert.Equal([0, 1, 2], data.Cursors);
        Assert.Equal(3, data.Count);
        Assert.Equal("|a|b|c|", data.ToString());
    }

    [Fact]
    public void A_list_stays_as_it_is_when_others_are_made_of_it()
    {
        var one = InfiniteData<int, string>.Empty.Append(0, "a");
        var two = one.Append(1, "b");
        var otherTwo = one.Append(1, "B");
        var before = one.Prepend(-1, "z");
        var otherBefore = one.Prepend(-1, "Z");
        Assert.Equal(["a"], one.Pages);
        Assert.Equal(["a", "b"], two.Pages);
        Assert.Equal(["a", "B"], otherTwo.Pages);
        Assert.Equal(["z", "a"], before.Pages);
        Assert.Equal(["Z", "a"], otherBefore.Pages);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_place_outside_the_list_is_refused_by_name(int index)
    {
        var data = InfiniteData<int, string>.Empty.Append(0, "a").Append(1, "b");
        Assert.Equal("index", Assert.Throws<ArgumentOutOfRangeException>(() => data.WithPage(index, "x")).ParamName);
        Assert.Equal("index", Assert.Throws<ArgumentOutOfRangeException>(() => data.Pages[index]).ParamName);
        Assert.Equal("index", Assert.Throws<ArgumentOutOfRangeException>(() => data.Cursors[index]).ParamName);
    }

    [Fact]
    public void One_page_is_replaced_under_its_cursor()
    {
        var data = InfiniteData<int, string>.Empty.Append(0, "a").Append(1, "b");
        var changed = data.WithPage(1, "B");
        Assert.Equal(["a", "B"], changed.Pages);
        Assert.Equal([0, 1], changed.Cursors);
        Assert.Equal(["a", "b"], data.Pages);
        Assert.Same(data, data.WithPage(0, data.Pages[0]));
    }

    [Fact]
    public void Lists_of_equal_pages_under_equal_cursors_are_equal()
    {
        var data = InfiniteData<int, string>.Empty.Append(0, "a").Append(1, "b");
        var same = InfiniteData<int, string>.Empty.Append(1, "b").Prepend(0, "a");
        Assert.Equal(data, same);
        Assert.Equal(data.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(data, same.Append(2, "c"));
        Assert.NotEqual(data, InfiniteData<int, string>.Empty.Append(0, "a").Append(2, "b"));
        Assert.NotEqual(data, data.WithPage(0, "A"));
        Assert.False(data.Equals(null));
    }

    [Fact]
    public void Items_are_counted_indexed_and_enumerated_across_pages()
    {
        var items = Abc.Flatten(page => page.Items);
        Assert.Equal(3, items.Count);
        Assert.Equal(["a", "b", "c"], items);
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, items.Count).Select(i => items[i]));
        Assert.Throws<ArgumentOutOfRangeException>(() => items[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => items[-1]);
        Assert.Empty(InfiniteData<int, Page>.Empty.Flatten(page => page.Items));
    }

    [Fact]
    public void Flattening_looks_at_no_page_before_it_is_read_and_copies_none()
    {
        var looks = 0;
        var items = Abc.Flatten(page =>
        {
            looks++;
            return page.Items;
        });
        Assert.Equal(0, looks);
        Assert.Equal(["a"], items.Take(1));
        Assert.Equal(1, looks);
        Assert.Same(AB.Items[0], items[0]);
    }

    [Fact]
    public void Items_that_are_no_list_are_flattened_as_a_sequence()
    {
        var sequence = Abc.Flatten(page => page.Items.Where(item => item != "b"));
        Assert.Equal(["a", "c"], sequence);
    }

    [Fact]
    public void Items_that_are_null_are_refused_when_they_are_read()
    {
        var items = Abc.Flatten<string>(_ => (IReadOnlyList<string>)null!);
        Assert.Throws<InvalidOperationException>(() => items.Count);
    }

    [Fact]
    public void A_patch_keeps_the_pages_it_does_not_touch()
    {
        var patched = Abc.Select(page => page.Items.Contains("c") ? new Page(["C"]) : page);
        Assert.Same(AB, patched.Pages[0]);
        Assert.Same(None, patched.Pages[1]);
        Assert.Equal(["C"], patched.Pages[2].Items);
        Assert.Equal(Abc.Cursors, patched.Cursors);
        Assert.Same(Abc, Abc.Select(page => page));
    }

    [Fact]
    public void A_patch_of_items_makes_only_the_pages_anew_that_hold_them()
    {
        var made = 0;
        var patched = Abc.UpdateItems(
            page => page.Items,
            (page, items) =>
            {
                made++;
                return page with { Items = items };
            },
            item => item == "b" ? "B" : item);
        Assert.Equal(["a", "B", "c"], patched.Flatten(page => page.Items));
        Assert.Equal(1, made);
        Assert.Same(C, patched.Pages[2]);
        Assert.Equal(["a", "b"], AB.Items);
        Assert.Same(Abc, Abc.UpdateItems(page => page.Items, (page, items) => page with { Items = items }, item => item));
    }

    [Fact]
    public void Sharing_keeps_equal_pages_and_an_equal_list_as_a_whole()
    {
        var old = InfiniteData<int, string[]>.Empty.Append(0, ["a"]).Append(1, ["b"]);
        var changed = InfiniteData<int, string[]>.Empty.Append(0, ["a"]).Append(1, ["B"]).SharedWith(old);
        Assert.Same(old.Pages[0], changed.Pages[0]);
        Assert.Equal(["B"], changed.Pages[1]);
        Assert.Same(old, InfiniteData<int, string[]>.Empty.Append(0, ["a"]).Append(1, ["b"]).SharedWith(old));
        Assert.NotSame(old, old.Append(2, ["c"]).SharedWith(old));
        Assert.Equal(3, old.Append(2, ["c"]).SharedWith(old).Count);
        Assert.Same(changed, changed.SharedWith(null));
    }

    [Fact]
    public void Sharing_opens_pages_where_a_function_says_how()
    {
        var old = InfiniteData<int, Page>.Empty.Append(0, new Page(new List<string> { "x" }));
        var next = InfiniteData<int, Page>.Empty.Append(0, new Page(new List<string> { "x" }));
        Assert.NotSame(old, next.SharedWith(old));
        var shared = next.SharedWith(old, (a, b) => b with { Items = StructuralSharing.Share(a.Items, b.Items) });
        Assert.Same(old, shared);
    }

    [Fact]
    public void Null_functions_are_refused()
    {
        Assert.Throws<ArgumentNullException>("items", () => Abc.Flatten((Func<Page, IReadOnlyList<string>>)null!));
        Assert.Throws<ArgumentNullException>("items", () => Abc.Flatten((Func<Page, IEnumerable<string>>)null!));
        Assert.Throws<ArgumentNullException>("change", () => Abc.Select(null!));
        Assert.Throws<ArgumentNullException>("change", () => Abc.UpdateItems<string>(page => page.Items, (page, _) => page, null!));
        Assert.Throws<ArgumentNullException>("withItems", () => Abc.UpdateItems<string>(page => page.Items, null!, item => item));
        Assert.Throws<ArgumentNullException>("items", () => Abc.UpdateItems<string>(null!, (page, _) => page, item => item));
    }
}
