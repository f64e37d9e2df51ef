using System.Runtime.CompilerServices;

namespace ReactiveQuery.Tests.Client;

/// <summary>Queries that are asked for again, which are found by their parameters alone.</summary>
public class ReadIndexTests : ClientTest
{
    private const int Often = 8; // Far more than it takes until a query is looked for nowhere else.

    private static readonly QueryDefinition<int, string> Written = Query.Define("written", (int id) => Task.FromResult($"#{id}"))
        .With(o => o with { Enabled = false, GcTime = Timeout.InfiniteTimeSpan }); // Nothing is due, so that no queue of deadlines keeps what has left.

    [Fact]
    public void Each_is_found_by_its_own_parameters()
    {
        var client = NewClient();
        for (var round = 0; round < Often; round++)
            for (var id = 1; id <= 3; id++)
                client.SetData(Written, id, $"{id}, {round}");

        Assert.Equal(["1, 7", "2, 7", "3, 7"], Enumerable.Range(1, 3).Select(id => client.GetState(Written, id).Data!));
    }

    [Fact]
    public void One_that_left_the_cache_is_made_anew_by_the_next_write()
    {
        var client = NewClient();
        WriteOften(client, 1);
        client.Remove(Written, 1);

        WriteOften(client, 1);

        Assert.Equal("#1, 7", client.GetState(Written, 1).Data);
        Assert.Equal(1, client.Cache.Count);
    }

    [Fact]
    public void None_that_left_the_cache_is_kept()
    {
        var client = NewClient();
        WeakReference[] gone = [EntryOf(client, 1), EntryOf(client, 2)];
        client.Clear();

        for (var i = 0; i < 5 && gone.Any(entry => entry.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(gone, entry => entry.IsAlive);
    }

    private static void WriteOften(QueryClient client, int id)
    {
        for (var round = 0; round < Often; round++)
            client.SetData(Written, id, $"#{id}, {round}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference EntryOf(QueryClient client, int id)
    {
        WriteOften(client, id);
        return new(client.Cache.TryGet(Written.KeyOf(id)));
    }
}
