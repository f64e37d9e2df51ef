using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Hazards;

/// <summary>A hundred thousand entries are held; what a command costs is counted in the comparisons of keys and the looks at entries it makes.</summary>
public sealed class CostHazards : ClientTest
{
    private const int Tenants = 10_000;
    private const int PerTenant = 10;

    private static readonly QueryDefinition<(Tenant Tenant, int Id), string> Rows = Query.Define("rows", ((Tenant, int) _) => Task.FromResult("fetched"));

    [Fact]
    public void A_command_on_a_prefix_costs_what_matches_and_not_what_is_held()
    {
        using var client = Full();
        var fetched = 0;
        for (var id = 0; id < PerTenant; id++) client.Observe(Rows, (new Tenant(77), id)).Subscribe(state => fetched += state.Data == "fetched" ? 1 : 0);

        AssertCheap(77, prefix => client.Invalidate(prefix));
        Assert.Equal(PerTenant, fetched);
        AssertCheap(1, prefix => client.Invalidate(prefix));
        Assert.All(client.Cache.Find(Below(1)), entry => Assert.True(entry.IsStale));
        AssertCheap(2, prefix => client.Refetch(prefix));
        Assert.All(client.Cache.Find(Below(2)), entry => Assert.True(entry.IsStale));
        AssertCheap(3, prefix => client.Cancel(prefix));
        AssertCheap(4, prefix => client.Reset(prefix));
        AssertCheap(5, prefix => client.Remove(prefix));
        AssertCheap(6, prefix => Assert.Equal(PerTenant, client.Cache.Find(prefix).Count));
        Assert.Equal((Tenants * PerTenant) - (2 * PerTenant), client.Cache.Count);
        Assert.Equal(2 * PerTenant, client.Cache.Find().Count(entry => entry.IsStale));

        AssertCheap(7, _ => client.SetData(Rows, (new Tenant(7), 5), "written"));
        AssertCheap(7, _ => Assert.Equal("written", client.TryGetData(Rows, (new Tenant(7), 5), out var data) ? data : null));
    }

    [Fact]
    public void A_hundred_thousand_entries_are_swept_when_their_time_is_over_by_one_timer()
    {
        using var client = Full();
        Assert.Equal(1, Scheduler.PendingWorkItems);
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(5));
        Assert.Equal((0, 0), (client.Cache.Count, Scheduler.PendingWorkItems));
    }

    private static void AssertCheap(int tenant, Action<QueryKey> command)
    {
        Tenant.Questions = 0;
        command(Below(tenant));
        Assert.InRange(Tenant.Questions, 1, 10 * PerTenant);
    }

    private static QueryKey Below(int tenant) => QueryKey.Of("rows", new Tenant(tenant));

    private QueryClient Full()
    {
        var client = NewClient(o => o with { CacheCapacity = int.MaxValue });
        for (var tenant = 0; tenant < Tenants; tenant++)
            for (var id = 0; id < PerTenant; id++)
                client.SetData(Rows, (new Tenant(tenant), id), "held");
        Assert.Equal(Tenants * PerTenant, client.Cache.Count);
        return client;
    }

    /// <summary>A segment of a key that counts how often it is asked for its hash or compared.</summary>
    private sealed class Tenant(int id) : IEquatable<Tenant>
    {
        [ThreadStatic]
        private static int _questions;

        public static int Questions { get => _questions; set => _questions = value; }

        private int Id { get; } = id;

        public bool Equals(Tenant? other)
        {
            _questions++;
            return Id == other?.Id;
        }

        public override bool Equals(object? obj) => Equals(obj as Tenant);

        public override int GetHashCode()
        {
            _questions++;
            return Id;
        }

        public override string ToString() => $"tenant {Id}";
    }
}
