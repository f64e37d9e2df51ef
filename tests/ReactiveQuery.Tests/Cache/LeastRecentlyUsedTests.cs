namespace ReactiveQuery.Tests.Cache;

public class LeastRecentlyUsedTests
{
    private readonly LeastRecentlyUsed _uses = new();

    private FakeEntry Enlisted(string name)
    {
        var entry = new FakeEntry(QueryKey.Of(name));
        entry.Used(_uses.NextStamp());
        _uses.Enlist(entry);
        return entry;
    }

    [Fact]
    public void Each_stamp_of_a_thread_is_later_than_the_one_before()
    {
        var last = 0L;
        for (var i = 0; i < 3_000_000; i++)
        {
            var stamp = i % 100_000 == 0 ? _uses.NextStamp() : _uses.ReadStamp();
            if (stamp <= last) Assert.Fail($"{stamp} comes after {last}");
            last = stamp;
        }
    }

    [Fact]
    public void A_command_is_later_than_the_reads_of_every_thread_before_it()
    {
        var reads = new long[2];
        Parallel.For(0, 2, thread =>
        {
            for (var i = 0; i < 1000; i++) reads[thread] = _uses.ReadStamp();
        });
        Assert.True(_uses.NextStamp() > reads.Max());
    }

    [Fact]
    public void The_one_used_the_longest_time_ago_comes_first_whatever_the_order_of_enlisting()
    {
        var (a, b, c) = (Enlisted("a"), Enlisted("b"), Enlisted("c"));
        b.Used(_uses.NextStamp());
        a.Used(_uses.NextStamp());
        _uses.Enlist(a);
        Assert.Equal([c, b, a, null], [_uses.Take(), _uses.Take(), _uses.Take(), _uses.Take()]);
    }

    [Fact]
    public void An_entry_taken_out_can_be_enlisted_again()
    {
        var a = Enlisted("a");
        Assert.Same(a, _uses.Take());
        _uses.Enlist(a);
        Assert.Same(a, _uses.Take());
    }

    [Fact]
    public void Entries_that_left_are_swept_rather_than_kept()
    {
        var gone = Enumerable.Range(0, 200).Select(i => Enlisted($"e{i}")).ToList();
        var stays = Enlisted("stays");
        foreach (var entry in gone)
        {
            entry.Died = true;
            _uses.Forget(entry);
        }

        List<QueryEntry> left = [];
        while (_uses.Take() is { } entry) left.Add(entry);
        Assert.Contains(stays, left);
        Assert.InRange(left.Count, 1, 128);
    }
}
