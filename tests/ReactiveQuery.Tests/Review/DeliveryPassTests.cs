using System.Runtime.CompilerServices;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>Deliveries that meet at an instant that no user code marks.</summary>
public class DeliveryPassTests : ClientTest
{
    private static readonly QueryDefinition<int, int> Numbers = Query.Define("numbers", (int id) => Task.FromResult(id));

    [Fact]
    public void A_round_that_is_overtaken_as_it_comes_to_a_newcomer_leaves_the_newcomer_to_whoever_delivers_to_it()
    {
        var client = NewClient();
        var request = client.Request(Numbers, 1);
        var entry = new QueryEntry<int>(client.Cache, request);
        using var slow = new Slow();
        var mount = new Mount<int>(request, slow) { Entry = entry };
        var (first, second, third) = (VersionOf(0), VersionOf(1), VersionOf(2));

        mount.Join(first); // A newcomer, who is being shown the first state by the thread that subscribed it.
        var mounts = OnlyOne(mount);
        var number = entry.BeginRound_NeedsLock(mount, null, Environment.CurrentManagedThreadId);
        Place(entry) = 0; // The round has come to the newcomer, and is held up before it looks any further.
        Version<QueryState<int>>? tail = first;
        OnThread(() =>
        {
            entry.TakePass_NeedsLock(ref tail, first.Value);
            entry.EnterClaims();
        });
        mount.DeliverFirst();

        first.Append(second);
        var other = new Thread(() =>
        {
            mount.Drain();
            entry.LeaveClaims();
        });
        other.Start();
        Assert.True(slow.IsHeldUp.Wait(TimeSpan.FromSeconds(10)));

        entry.DeliverRound(number, mounts, default); // The round goes on.
        second.Append(third);
        OnThread(() => mount.Drain());
        slow.GoesOn.Set();
        Assert.True(other.Join(TimeSpan.FromSeconds(10)));

        Assert.Equal(1, slow.MostAtOnce);
        Assert.Equal([0, 1, 2], slow.Seen);
        Assert.True(entry.IsPassFree); // Nobody counts as delivering any more.
    }

    [Fact]
    public void A_round_never_says_that_it_is_at_a_newcomer_who_may_be_left_alone_before_the_round_has_looked()
    {
        var client = NewClient();
        var request = client.Request(Numbers, 1);
        using var slow = new Slow();
        var entry = new QueryEntry<int>(client.Cache, request);
        var mount = new Mount<int>(request, slow) { Entry = entry };
        mount.Join(VersionOf(0)); // A newcomer, who is not shown the first state yet.
        var isOver = false;
        var wasThere = false;
        var watching = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
                wasThere |= Volatile.Read(ref Place(entry)) == 0;
        });
        watching.Start();

        for (var i = 0; i < 200_000; i++)
            Assert.False(entry.DeliverRound(entry.BeginRound_NeedsLock(mount, null, Environment.CurrentManagedThreadId), OnlyOne(mount), default));

        Volatile.Write(ref isOver, true);
        Assert.True(watching.Join(TimeSpan.FromSeconds(10)));
        Assert.False(wasThere); // Whoever took the pass then would find the newcomer claimed, and the round might find them free the moment after.
        Assert.Empty(slow.Seen);
    }

    [Fact]
    public void A_round_whose_number_comes_again_was_not_overtaken_because_the_first_of_that_number_was()
    {
        var client = NewClient();
        var entry = new QueryEntry<int>(client.Cache, client.Request(Numbers, 1));
        var number = entry.BeginRound_NeedsLock(null, null, Environment.CurrentManagedThreadId);
        Version<QueryState<int>>? tail = null;
        entry.TakePass_NeedsLock(ref tail, QueryState<int>.Idle);
        entry.DeliverRound(number, default, default);

        Number(entry) = number - 2; // As after all the other numbers.
        Assert.Equal(number, entry.BeginRound_NeedsLock(null, null, Environment.CurrentManagedThreadId));
        entry.DeliverRound(number, default, default);

        Assert.True(entry.IsPassFree);
    }

    [Fact]
    public void A_round_for_an_only_observer_that_is_overtaken_before_it_begins_shows_them_the_step_once()
    {
        var client = NewClient();
        var request = client.Request(Numbers, 1);
        using var slow = new Slow();
        var entry = new QueryEntry<int>(client.Cache, request);
        var mount = new Mount<int>(request, slow) { Entry = entry };
        var (first, second) = (VersionOf(0), VersionOf(2));
        mount.Join(first);
        mount.DeliverFirst();
        mount.FallInStep();

        var number = entry.BeginRound_NeedsLock(mount, first.Value, Environment.CurrentManagedThreadId);
        Version<QueryState<int>>? tail = null;
        OnThread(() => entry.TakePass_NeedsLock(ref tail, second.Value));
        var step = new Step<int> { From = first.Value, To = second.Value, IsPlain = true };
        entry.DeliverRound(number, OnlyOne(mount), step);
        mount.Drain();

        Assert.Equal([0, 2], slow.Seen);
        Assert.True(entry.IsPassFree);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_round")]
    private static extern ref int Number(DeliveringEntry<int> entry);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_place")]
    private static extern ref int Place(DeliveringEntry<int> entry);

    private static Version<QueryState<int>> VersionOf(int value) => new(QueryState.Success(value));

    private static RosterSnapshot<Mount<int>> OnlyOne(Mount<int> mount) => new(mount, null, 1);

    private static void OnThread(ThreadStart work)
    {
        var thread = new Thread(work);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
    }

    /// <summary>Held up by the value 1.</summary>
    private sealed class Slow : IObserver<QueryState<int>>, IDisposable
    {
        private int _running;

        public ManualResetEventSlim IsHeldUp { get; } = new();

        public ManualResetEventSlim GoesOn { get; } = new();

        public List<int> Seen { get; } = [];

        public int MostAtOnce { get; private set; }

        public void OnNext(QueryState<int> value)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
            if (value.Data == 1)
            {
                IsHeldUp.Set();
                GoesOn.Wait(TimeSpan.FromSeconds(10));
            }

            Seen.Add(value.Data);
            Interlocked.Decrement(ref _running);
        }

        public void OnError(Exception error) => throw error;

        public void OnCompleted()
        {
        }

        public void Dispose()
        {
            IsHeldUp.Dispose();
            GoesOn.Dispose();
        }
    }
}
