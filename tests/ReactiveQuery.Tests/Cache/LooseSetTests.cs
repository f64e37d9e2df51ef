namespace ReactiveQuery.Tests.Cache;

public class LooseSetTests
{
    [Fact]
    public void An_entry_of_which_it_came_to_hold_while_a_sweep_was_about_to_take_it_out_stays()
    {
        var entry = new FakeEntry(QueryKey.Of("a"));
        LooseSet? set = null;
        var holds = false;
        set = new(LooseSetKind.Watched, _ =>
        {
            var answer = holds;
            if (holds) return answer;
            holds = true; // Another thread, just after this one has looked; it finds the entry listed still.
            set!.Add(entry);
            return answer;
        });
        set.Add(entry);
        Assert.Same(entry, Assert.Single(set.Snapshot()));
    }

    [Fact]
    public void What_no_longer_holds_or_has_died_is_taken_out_and_can_come_back_unless_it_died()
    {
        var holds = false;
        var set = new LooseSet(LooseSetKind.Fetching, _ => holds);
        var (entry, dead) = (new FakeEntry(QueryKey.Of("a")), new FakeEntry(QueryKey.Of("b")));
        set.Add(entry);
        Assert.Empty(set.Snapshot());
        holds = true;
        set.Add(entry);
        set.Add(dead);
        dead.Died = true;
        set.Forget(dead);
        Assert.Same(entry, Assert.Single(set.Snapshot()));
    }

    [Fact]
    public void Those_of_which_it_no_longer_holds_stay_listed_until_they_are_many()
    {
        var set = new LooseSet(LooseSetKind.Watched, _ => false);
        var entries = Enumerable.Range(0, LooseSet.LeastSweep).Select(i => new FakeEntry(QueryKey.Of("e", i))).ToList();
        entries.ForEach(set.Add);
        Assert.All(entries, entry => Assert.NotEqual(0, entry.PlaceIn(LooseSetKind.Watched)));
        set.Add(new FakeEntry(QueryKey.Of("another")));
        Assert.All(entries, entry => Assert.Equal(0, entry.PlaceIn(LooseSetKind.Watched)));
    }

    [Fact]
    public void While_it_holds_of_many_twice_as_many_are_listed_before_it_looks_again()
    {
        var held = Enumerable.Range(0, LooseSet.LeastSweep).Select(i => new FakeEntry(QueryKey.Of("held", i))).ToHashSet<QueryEntry>();
        var set = new LooseSet(LooseSetKind.Watched, held.Contains);
        foreach (var entry in held)
            set.Add(entry);
        var others = Enumerable.Range(0, LooseSet.LeastSweep).Select(i => new FakeEntry(QueryKey.Of("other", i))).ToList();
        others.ForEach(set.Add);
        Assert.All(others, entry => Assert.NotEqual(0, entry.PlaceIn(LooseSetKind.Watched)));
        set.Add(new FakeEntry(QueryKey.Of("another")));
        Assert.All(others, entry => Assert.Equal(0, entry.PlaceIn(LooseSetKind.Watched)));
        Assert.All(held, entry => Assert.NotEqual(0, entry.PlaceIn(LooseSetKind.Watched)));
    }

    [Fact]
    public void The_dead_are_let_go_when_they_are_more_than_three_quarters()
    {
        var set = new LooseSet(LooseSetKind.Watched, _ => true);
        var entries = Enumerable.Range(0, 8).Select(i => new FakeEntry(QueryKey.Of("e", i))).ToList();
        entries.ForEach(set.Add);
        foreach (var entry in entries.Take(6))
            Die(entry);
        Assert.All(entries, entry => Assert.NotEqual(0, entry.PlaceIn(LooseSetKind.Watched)));
        Die(entries[6]);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1], entries.Select(entry => entry.PlaceIn(LooseSetKind.Watched)));

        void Die(FakeEntry entry)
        {
            entry.Died = true;
            set.Forget(entry);
        }
    }

    [Fact]
    public void Those_that_are_forgotten_together_are_out_at_once_and_the_others_stay_in_their_order()
    {
        var set = new LooseSet(LooseSetKind.Watched, _ => true);
        var entries = Enumerable.Range(0, 100).Select(i => new FakeEntry(QueryKey.Of("e", i))).ToList();
        entries.ForEach(set.Add);
        List<FakeEntry> stay = entries;
        for (var round = 0; round < 3; round++)
        {
            QueryEntry[] gone = [.. stay.Where((_, i) => i % 3 > 0)];
            stay = [.. stay.Except(gone).Cast<FakeEntry>()];
            set.Forget(gone);
            set.Forget(gone);
            stay.ForEach(set.Add);
            Assert.All(gone, entry => Assert.Equal(0, entry.PlaceIn(LooseSetKind.Watched)));
            if (round != 1) Assert.Equal(stay, set.Snapshot());
        }
    }
}
