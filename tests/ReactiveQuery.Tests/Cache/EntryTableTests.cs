namespace ReactiveQuery.Tests.Cache;

public class EntryTableTests
{
    private readonly object _gate = new();
    private readonly EntryTable _table;

    public EntryTableTests() => _table = new(_gate);

    private FakeEntry Put(QueryKey key)
    {
        var entry = new FakeEntry(key);
        lock (_gate) _table.Put_NeedsLock(entry);
        return entry;
    }

    private bool Remove(QueryEntry entry)
    {
        lock (_gate) return _table.Remove_NeedsLock(entry);
    }

    [Fact]
    public void What_was_put_in_is_found_until_it_is_taken_out()
    {
        var random = new Random(2);
        Dictionary<QueryKey, QueryEntry> held = [];
        for (var i = 0; i < 20_000; i++)
        {
            var key = QueryKey.Of(random.Next(2) == 0 ? "a" : "b", random.Next(3_000) << random.Next(3) * 8);
            if (random.Next(3) > 0) held[key] = Put(key);
            else if (held.Remove(key, out var entry)) Assert.True(Remove(entry));
            Assert.Equal(held.Count, _table.Count);
            Assert.Same(held.GetValueOrDefault(key), _table.Find(key));
        }

        Assert.All(held, pair => Assert.Same(pair.Value, _table.Find(pair.Key)));
    }

    [Fact]
    public void An_entry_takes_the_place_of_the_one_of_its_key()
    {
        var key = QueryKey.Of("a", 1);
        var old = Put(key);
        var entry = Put(key);
        Assert.Same(entry, _table.Find(key));
        Assert.False(Remove(old));
        Assert.Equal(1, _table.Count);
        Assert.True(Remove(entry));
        Assert.False(Remove(entry));
        Assert.Null(_table.Find(key));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Keys_of_one_hash_are_told_apart()
    {
        var entries = Enumerable.Range(0, 100).Select(i => Put(QueryKey.Of(new SameHash(i)))).ToList();
        Assert.All(entries, entry => Assert.Same(entry, _table.Find(entry.Key)));
        foreach (var entry in entries.Where((_, i) => i % 3 == 0)) Assert.True(Remove(entry));
        Assert.All(entries.Select((entry, i) => (entry, i)), pair => Assert.Same(pair.i % 3 == 0 ? null : pair.entry, _table.Find(pair.entry.Key)));
    }

    [Fact]
    public void Somebody_who_holds_an_entry_that_is_gone_keeps_none_that_came_later()
    {
        var held = Put(QueryKey.Of(new SameHash(-1)));
        var later = Enumerable.Range(0, 50).Select(ComeAndGo).ToList();
        Remove(held);
        later.AddRange(Enumerable.Range(50, 50).Select(ComeAndGo));
        GC.Collect();
        Assert.All(later, entry => Assert.False(entry.TryGetTarget(out _)));
        GC.KeepAlive(held);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference<QueryEntry> ComeAndGo(int i)
    {
        var entry = Put(QueryKey.Of(new SameHash(i)));
        Remove(entry);
        return new(entry);
    }

    [Fact]
    public void What_stays_is_found_while_others_come_and_go_and_the_table_grows()
    {
        var staying = Enumerable.Range(0, 200).Select(i => Put(QueryKey.Of("a", i * 37))).ToList();
        var isOver = 0;
        var reader = new Thread(() =>
        {
            while (Volatile.Read(ref isOver) == 0)
                foreach (var entry in staying)
                    if (_table.Find(entry.Key) != entry)
                        Volatile.Write(ref isOver, -1);
        });
        reader.Start();
        List<QueryEntry> others = [];
        for (var i = 0; i < 60_000 && Volatile.Read(ref isOver) == 0; i++)
        {
            others.Add(Put(QueryKey.Of("b", i)));
            if (i % 3 == 0) Remove(others[i / 2]);
        }

        var missed = Interlocked.CompareExchange(ref isOver, 1, 0);
        Assert.True(reader.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, missed);
        Assert.All(staying, entry => Assert.Same(entry, _table.Find(entry.Key)));
    }

    private sealed record SameHash(int Number)
    {
        public override int GetHashCode() => 7;
    }
}
