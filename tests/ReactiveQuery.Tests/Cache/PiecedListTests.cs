namespace ReactiveQuery.Tests.Cache;

public class PiecedListTests
{
    private PiecedList<string> _list;

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
            _list.Add($"{i}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(50_000)]
    public void What_was_put_in_stands_in_order(int count)
    {
        Fill(count);
        List<string> copy = ["before"];
        _list.CopyTo(copy);
        Assert.Equal(["before", .. Enumerable.Range(0, count).Select(i => $"{i}")], copy);
    }

    [Fact]
    public void The_last_one_leaves_first_down_to_none_and_up_again()
    {
        for (var round = 0; round < 2; round++)
        {
            Fill(10_000);
            for (var i = 9_999; i >= 0; i--)
                Assert.Equal($"{i}", _list.Pop());
            Assert.Equal(0, _list.Count);
        }
    }

    [Fact]
    public void Those_that_are_gone_leave_the_rest_in_order()
    {
        Fill(10_000);
        _list[17] = null;
        _list.RemoveAll(static item => item is null || item.EndsWith('3'));
        var expected = Enumerable.Range(0, 10_000).Where(i => i != 17 && i % 10 != 3).Select(i => $"{i}");
        List<string> copy = [];
        _list.CopyTo(copy);
        Assert.Equal(expected, copy);
    }

    [Fact]
    public void Nothing_that_has_left_is_kept()
    {
        var gone = AddAndTakeOut();
        GC.Collect();
        Assert.False(gone.IsAlive);
        GC.KeepAlive(_list.Count);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference AddAndTakeOut()
    {
        Fill(3);
        _list.Add(new string('x', 3));
        return new(_list.Pop());
    }

    [Fact]
    public void A_list_that_goes_up_and_down_where_a_piece_begins_makes_none()
    {
        Fill(2048);
        _list.Add("a");
        _list.Pop();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _list.Add("a");
            _list.Pop();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void No_piece_stands_among_the_large_objects()
    {
        Fill(300_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _list.Add("a");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 85_000);
    }
}
