namespace ReactiveQuery.Tests.Cache;

public class RosterTests
{
    private sealed class Member(int id) : IRosterMember
    {
        public int Id { get; } = id;
        public int Slot { get; set; }
    }

    private static List<int> Ids(Roster<Member> roster) => Ids(roster.Snapshot);

    private static List<int> Ids(RosterSnapshot<Member> members)
    {
        List<int> ids = [];
        foreach (var member in members)
            if (member is not null)
                ids.Add(member.Id);
        return ids;
    }

    [Fact]
    public void Members_stand_in_the_order_they_joined_whoever_leaves()
    {
        var roster = default(Roster<Member>);
        var members = Enumerable.Range(0, 100).Select(i => new Member(i)).ToList();
        foreach (var member in members) roster.Add(member);
        foreach (var member in members.Where(m => m.Id % 3 == 0)) Assert.True(roster.Remove(member));
        for (var i = 100; i < 200; i++) roster.Add(new Member(i));
        Assert.Equal(Enumerable.Range(0, 200).Where(i => i >= 100 || i % 3 != 0), Ids(roster));
        Assert.Equal(Ids(roster).Count, roster.Count);
    }

    [Fact]
    public void A_snapshot_does_not_see_newcomers()
    {
        var roster = default(Roster<Member>);
        roster.Add(new Member(1));
        var snapshot = roster.Snapshot;
        roster.Add(new Member(2));
        Assert.Equal([1], Ids(snapshot));
    }

    [Fact]
    public void Who_is_not_here_cannot_be_removed()
    {
        var roster = default(Roster<Member>);
        var (here, gone) = (new Member(1), new Member(2));
        roster.Add(here);
        roster.Add(gone);
        Assert.True(roster.Remove(gone));
        Assert.False(roster.Remove(gone));
        Assert.False(roster.Remove(new Member(3)));
        Assert.Equal(1, roster.Count);
    }

    [Fact]
    public void An_emptied_roster_keeps_nobody()
    {
        var roster = default(Roster<Member>);
        var member = new Member(1);
        roster.Add(member);
        roster.Remove(member);
        Assert.Equal((0, 0), (roster.Count, roster.Snapshot.Length));
    }
}
