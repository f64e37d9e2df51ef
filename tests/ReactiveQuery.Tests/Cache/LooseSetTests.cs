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
}
