namespace ReactiveQuery.Tests.Cache;

public class DueQueueTests
{
    private readonly DueQueue _queue = new();

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1_000)]
    public void Whatever_the_order_of_coming_the_earliest_goes_first_and_none_before_its_time(int spans)
    {
        var random = new Random(spans);
        var held = new List<(Deadline Entry, TimeSpan Due)>();
        for (var now = 0; now < 5_000; now++)
        {
            if (random.Next(3) > 0)
            {
                var (entry, due) = (new FakeEntry(QueryKey.Of(now)), Ms(now + (100 * random.Next(spans))));
                _queue.Enqueue(entry, due);
                held.Add((entry, due));
            }

            Assert.Equal(held.Count > 0, _queue.TryPeek(out var first));
            if (held.Count > 0) Assert.Equal(held.Min(h => h.Due), first);
            if (random.Next(3) > 0) TakeOne(Ms(now), held);
            Assert.Equal(held.Count, _queue.Count);
        }

        while (held.Count > 0) TakeOne(TimeSpan.MaxValue, held);
        Assert.False(_queue.TryPeek(out _));
    }

    [Fact]
    public void What_is_removed_is_gone_and_the_rest_keeps_its_order()
    {
        foreach (var due in (int[])[5, 3, 9, 1, 7, 2, 8, 4, 6]) _queue.Enqueue(new FakeEntry(QueryKey.Of(due)), Ms(due));
        _queue.RemoveAll((_, due) => due.Milliseconds % 2 == 0);
        List<int> left = [];
        while (_queue.TryTake(Ms(100), out _, out var due)) left.Add(due.Milliseconds);
        Assert.Equal([1, 3, 5, 7, 9], left);
    }

    [Fact]
    public void A_long_line_goes_in_the_order_in_which_it_came_and_keeps_nobody_who_has_left()
    {
        for (var round = 0; round < 2; round++)
        {
            List<Deadline> came = [];
            for (var i = 0; i < 5_000; i++)
            {
                came.Add(new FakeEntry(QueryKey.Of(i)));
                _queue.Enqueue(came[i], Ms(i));
            }

            foreach (var entry in came)
            {
                Assert.True(_queue.TryTake(TimeSpan.MaxValue, out var first, out _));
                Assert.Same(entry, first);
            }
        }

        var gone = EnqueueAndLeave(5_000);
        _queue.Clear();
        GC.Collect();
        Assert.False(gone.IsAlive);
        Assert.False(_queue.TryPeek(out _));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference EnqueueAndLeave(int count)
    {
        WeakReference last = new(null);
        for (var i = 0; i < count; i++)
        {
            var entry = new FakeEntry(QueryKey.Of(i));
            _queue.Enqueue(entry, Ms(i));
            last.Target = entry;
        }

        return last;
    }

    private void TakeOne(TimeSpan now, List<(Deadline Entry, TimeSpan Due)> held)
    {
        var isDue = held.Exists(h => h.Due <= now);
        Assert.Equal(isDue, _queue.TryTake(now, out var entry, out var due));
        if (!isDue) return;
        Assert.Equal(held.Min(h => h.Due), due);
        Assert.True(held.Remove((entry!, due)));
    }
}
