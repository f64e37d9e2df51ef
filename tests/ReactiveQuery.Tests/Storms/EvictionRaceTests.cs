using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Storms;

/// <summary>An entry leaves the cache at the very moment at which somebody subscribes: never a subscription to a dead entry.</summary>
public class EvictionRaceTests
{
    private const int Rounds = 10_000;
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(1);
    private readonly MarbleScheduler _scheduler = new();
    private readonly QueryDefinition<int, int> _query = Query.Define("n", (int id, CancellationToken _) => new TaskCompletionSource<int>().Task);

    [Fact]
    public void A_subscription_races_the_departure_of_the_last_one()
    {
        using var client = Client(TimeSpan.Zero);
        var last = 0;
        IDisposable leaving = client.Observe(_query, 1).Subscribe();
        Race(
            () => leaving.Dispose(),
            () => leaving = client.Observe(_query, 1).Subscribe(state => Volatile.Write(ref last, state.HasData ? state.Data : 0)),
            round =>
            {
                client.SetData(_query, 1, round);
                Assert.Equal(round, Volatile.Read(ref last));
                Assert.Equal(1, client.Cache.Count);
            });
    }

    [Fact]
    public void A_subscription_races_the_timer_of_its_entry()
    {
        using var client = Client(Stay);
        var last = 0;
        IDisposable? arrived = null;
        client.SetData(_query, 1, -1);
        Race(
            () => _scheduler.AdvanceBy(Stay),
            () => arrived = client.Observe(_query, 1).Subscribe(state => Volatile.Write(ref last, state.HasData ? state.Data : 0)),
            round =>
            {
                client.SetData(_query, 1, round);
                Assert.Equal(round, Volatile.Read(ref last));
                arrived!.Dispose();
                Assert.Equal(1, client.Cache.Count);
            });
    }

    [Fact]
    public void A_subscription_races_the_removal_of_its_entry()
    {
        using var client = Client(Stay);
        var last = 0;
        IDisposable? arrived = null;
        Race(
            () => client.Remove(_query, 1),
            () => arrived = client.Observe(_query, 1).Subscribe(state => Volatile.Write(ref last, state.HasData ? state.Data : 0)),
            round =>
            {
                client.SetData(_query, 1, round);
                Assert.Equal(round, Volatile.Read(ref last));
                arrived!.Dispose();
            });
    }

    private QueryClient Client(TimeSpan gcTime) =>
        new(new QueryClientOptions { Scheduler = _scheduler, Defaults = new QueryOptions { GcTime = gcTime, StaleTime = Timeout.InfiniteTimeSpan } });

    /// <summary>One meeting a round: whoever comes last checks what the round before came to, while the other waits.</summary>
    private static void Race(Action one, Action other, Action<int> afterwards)
    {
        using var meeting = new Barrier(2, barrier =>
        {
            if (barrier.CurrentPhaseNumber > 0) afterwards((int)barrier.CurrentPhaseNumber);
        });
        new Storm(2).Run(Rounds + 1, (number, _, round) => Round(number, round));

        IEnumerable<string> Round(int number, int round)
        {
            yield return "meets the other thread";
            Assert.True(meeting.SignalAndWait(Storm.Patience));
            yield return number == 0 ? "lets the entry go" : "subscribes";
            if (round < Rounds) (number == 0 ? one : other)();
        }
    }
}
