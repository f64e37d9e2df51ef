namespace ReactiveQuery.Tests.Infinite;

/// <summary>Which page next, where it goes, how many are kept, the order of a refetch.</summary>
public class PageWalkTests
{
    /// <summary>Pages are numbers, cursors too; the list is known to go from -2 to 4.</summary>
    private static readonly Paging<int, int> Numbers = new(0, (page, _) => page < 4 ? page + 1 : null, (page, _) => page > -2 ? page - 1 : null, int.MaxValue);

    [Theory]
    [InlineData(new int[0], 0, null)]
    [InlineData(new[] { 0 }, 1, -1)]
    [InlineData(new[] { 2, 3, 4 }, null, 1)]
    [InlineData(new[] { -2, -1 }, 0, null)]
    public void The_ends_of_the_list_tell_the_next_and_the_previous_cursor(int[] pages, int? next, int? previous)
    {
        Assert.Equal(next, Numbers.CursorOf(PageDirection.Next, Of(pages))?.Value);
        Assert.Equal(previous, Numbers.CursorOf(PageDirection.Previous, Of(pages))?.Value);
    }

    [Fact]
    public void Without_a_function_for_previous_cursors_there_is_no_previous_page() =>
        Assert.Null((Numbers with { Previous = null }).CursorOf(PageDirection.Previous, Of(0)));

    [Fact]
    public void A_null_cursor_of_a_reference_type_is_the_end()
    {
        var paging = new Paging<string, int>("", (page, _) => page == 0 ? "more" : (string?)null, null, int.MaxValue);
        Assert.Equal("more", paging.CursorOf(PageDirection.Next, InfiniteData<string, int>.Empty.Append("", 0))?.Value);
        Assert.Null(paging.CursorOf(PageDirection.Next, InfiniteData<string, int>.Empty.Append("", 1)));
    }

    [Fact]
    public void A_null_first_cursor_is_a_cursor()
    {
        var paging = new Paging<string?, int>(null, (_, _) => null, null, int.MaxValue);
        Assert.NotNull(PageWalk<string?, int>.Over(paging, null).Cursor);
    }

    [Fact]
    public void Cursor_functions_may_look_at_all_pages()
    {
        var paging = new Paging<int, int>(0, (_, all) => all.Count < 3 ? all.Count * 10 : null, null, int.MaxValue);
        Assert.Equal(20, paging.CursorOf(PageDirection.Next, Of(0, 10))?.Value);
        Assert.Null(paging.CursorOf(PageDirection.Next, Of(0, 10, 20)));
    }

    [Theory]
    [InlineData(1, new[] { 3 }, new[] { 0 })]
    [InlineData(2, new[] { 2, 3 }, new[] { 0, 1 })]
    [InlineData(3, new[] { 1, 2, 3 }, new[] { 0, 1, 2 })]
    [InlineData(9, new[] { 1, 2, 3 }, new[] { 0, 1, 2 })]
    public void A_page_too_many_drops_one_at_the_other_end(int maxPages, int[] afterNext, int[] afterPrevious)
    {
        var paging = Numbers with { MaxPages = maxPages };
        Assert.Equal(afterNext, paging.Add(PageDirection.Next, Of(1, 2), 3, 3).Pages);
        Assert.Equal(afterPrevious, paging.Add(PageDirection.Previous, Of(1, 2), 0, 0).Pages);
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, new[] { 0, 1, 2 })] // As it was when the page was asked for.
    [InlineData(new[] { 0, 1, 2, 3 }, new[] { 0, 1, 2, 3 })] // Written meanwhile, with that page in it: not doubled.
    [InlineData(new[] { 0 }, new[] { 0, 2 })] // Written meanwhile: appends to what is there.
    [InlineData(new int[0], new[] { 2 })]
    public void A_page_lands_on_what_is_there_and_doubles_none(int[] present, int[] landed)
    {
        var edge = new PageCursor<int>(1);
        Assert.Equal(landed, Numbers.Land(PageDirection.Next, Of(present), 2, 2, edge).Pages);
    }

    [Fact]
    public void A_walk_starts_with_one_page_where_there_is_nothing() => Assert.Equal([0], Walk(Numbers, null));

    [Fact]
    public void A_walk_goes_over_as_many_pages_as_there_were_from_the_first_on() => Assert.Equal([-1, 0, 1], Walk(Numbers, Of(-1, 0, 1)));

    [Fact]
    public void A_walk_ends_where_the_fresh_page_says_that_nothing_follows() => Assert.Equal([3, 4], Walk(Numbers, Of(3, 4, 5, 6)));

    [Fact]
    public void A_walk_goes_no_further_than_the_bound() => Assert.Equal([0, 1], Walk(Numbers with { MaxPages = 2 }, Of(0, 1, 2, 3)));

    [Fact]
    public void A_walk_asks_each_fresh_page_for_the_cursor_of_the_next()
    {
        var walk = PageWalk<int, int>.Over(Numbers with { Next = (page, _) => page + 10 }, Of(0, 1, 2));
        Assert.Equal(0, walk.Cursor?.Value);
        walk = walk.Step(5);
        Assert.Equal(15, walk.Cursor?.Value);
        walk = walk.Step(6);
        Assert.Equal(16, walk.Cursor?.Value);
        walk = walk.Step(7);
        Assert.True(walk.IsWhole);
        Assert.Equal([0, 15, 16], walk.Walked.Cursors);
        Assert.Equal([5, 6, 7], walk.Walked.Pages);
    }

    [Fact]
    public void However_long_the_list_was_and_is_a_walk_brings_the_shorter_of_both_and_the_bound()
    {
        for (var old = 0; old < 6; old++)
            for (var now = 1; now < 6; now++)
                for (var max = 1; max < 6; max++)
                {
                    var last = now - 1;
                    var paging = new Paging<int, int>(0, (page, _) => page < last ? page + 1 : null, null, max);
                    var expected = Enumerable.Range(0, Math.Min(Math.Min(Math.Max(old, 1), now), max));
                    Assert.Equal(expected, Walk(paging, old == 0 ? null : Of([.. Enumerable.Range(0, old)])));
                }
    }

    private static IEnumerable<int> Walk(Paging<int, int> paging, InfiniteData<int, int>? old)
    {
        var walk = PageWalk<int, int>.Over(paging, old);
        while (walk.Cursor is { } cursor)
            walk = walk.Step(cursor.Value);
        return walk.Walked.Pages;
    }

    private static InfiniteData<int, int> Of(params int[] pages) =>
        pages.Aggregate(InfiniteData<int, int>.Empty, (data, page) => data.Append(page, page));
}
