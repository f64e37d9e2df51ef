using System.Runtime.CompilerServices;

namespace ReactiveQuery.Tests.Client;

/// <summary>
/// Data written at the very instant of the data before it goes a way of its own, unless the writer says since when it holds: with that and without, everybody is shown and told the same.
/// </summary>
public partial class OverwriteTests : ClientTest
{
    private static readonly QueryDefinition<int, string> Written = Query.Define("written", (int id) => Task.FromResult($"fetched {id}"))
        .With(o => o with { Enabled = false, StaleTime = TimeSpan.FromMilliseconds(10), GcTime = TimeSpan.FromSeconds(1) });

    public static TheoryData<string> Names => [.. Plays.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_shows_what_any_other_write_does(string name)
    {
        var dated = Play(Plays[name], isDated: true);

        Assert.NotEmpty(dated);
        Assert.Equal(dated, Play(Plays[name], isDated: false));
    }

    [Fact]
    public void Values_that_are_equal_by_themselves_are_shown_once()
    {
        var client = NewClient();
        var numbers = Query.Define("numbers", (int id) => Task.FromResult(id)).With(o => o with { Enabled = false });
        List<int> seen = [];
        using var watching = client.Observe(numbers, 1).Subscribe(state =>
        {
            if (state.TryGetData(out var number)) seen.Add(number);
        });

        foreach (var number in (int[])[1, 1, 2, 2, 1])
            client.SetData(numbers, 1, number);

        Assert.Equal([1, 2, 1], seen);
    }

    [Fact]
    public void A_follower_who_comes_amid_the_writes_is_told_of_each_that_follows()
    {
        var client = NewClient();
        List<string> seen = [];
        using var watching = client.Observe(Written, 1).Subscribe();
        client.SetData(Written, 1, "a");
        client.SetData(Written, 1, "b");

        using (client.Cache.Events.Subscribe(e => seen.Add($"{e.Kind} {e.UpdateCause} {e.Entry.Data}")))
        {
            client.SetData(Written, 1, "c");
            client.SetData(Written, 1, "d");
        }

        client.SetData(Written, 1, "e");
        Assert.Equal(["Updated DataSet c", "Updated DataSet d"], seen);
    }

    [Fact]
    public void A_follower_who_comes_just_before_one_is_told_of_it_or_finds_it()
    {
        var scheduler = new OddScheduler(Scheduler);
        var client = NewClient(o => o with { Scheduler = scheduler });
        using var watching = client.Observe(Written, 1).Subscribe();
        client.SetData(Written, 1, "a");
        List<string?> seen = [];
        IDisposable? follower = null;
        scheduler.BeforeReading = () =>
        {
            scheduler.BeforeReading = null;
            follower = client.Cache.Events.Subscribe(e => seen.Add(e.Entry.Data as string));
            seen.Add(client.GetState(Written, 1).Data);
        };

        client.SetData(Written, 1, "b");

        follower!.Dispose();
        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public void A_timer_that_was_refused_is_asked_for_again_by_one()
    {
        var scheduler = new OddScheduler(Scheduler);
        var client = NewClient(o => o with { Scheduler = scheduler });
        List<string> seen = [];
        using var watching = client.Observe(Written, 1).Subscribe(state => seen.Add(state.ToString()));
        scheduler.IsRefusing = true;
        client.SetData(Written, 1, "a");
        scheduler.IsRefusing = false;
        client.SetData(Written, 1, "b");

        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(10));

        Assert.Equal("Success+Idle(b, stale)", seen.Last());
        Assert.Equal([UnobservedErrorOrigin.Scheduler], Unobserved.Select(error => error.Origin));
    }

    [Fact]
    public void Data_that_is_dated_now_is_as_old_as_the_instant_the_write_was_at()
    {
        var scheduler = new OddScheduler(Scheduler);
        var client = NewClient(o => o with { Scheduler = scheduler });
        List<string> seen = [];
        using var watching = client.Observe(Written, 1, o => o with { StaleTime = TimeSpan.Zero }).Subscribe(state => seen.Add(state.ToString()));
        scheduler.BeforeReading = () => scheduler.Elapsing += TimeSpan.FromMilliseconds(1);

        client.SetData(Written, 1, "a", scheduler.Now + TimeSpan.FromHours(1));

        Assert.Equal("Success+Idle(a, stale)", seen.Last());
    }

    [Fact]
    public void A_wall_clock_that_runs_ahead_of_the_stopwatch_is_believed()
    {
        var scheduler = new OddScheduler(Scheduler);
        var client = NewClient(o => o with { Scheduler = scheduler });
        using var watching = client.Observe(Written, 1).Subscribe();
        client.SetData(Written, 1, "a");
        scheduler.Ahead = TimeSpan.FromMilliseconds(3);

        client.SetData(Written, 1, "b");

        Assert.Equal(scheduler.Now, client.GetState(Written, 1).DataUpdatedAt);
    }

    [Fact]
    public void An_observer_that_throws_in_one_is_reported_and_shown_the_next()
    {
        var client = NewClient();
        List<string?> seen = [];
        using var watching = client.Observe(Written, 1).Subscribe(state =>
        {
            seen.Add(state.Data);
            if (state.Data is "a" or "b") throw Boom;
        });

        foreach (var text in (string[])["a", "b", "c"])
            client.SetData(Written, 1, text);

        Assert.Equal([null, "a", "b", "c"], seen);
        Assert.Equal([(Boom, UnobservedErrorOrigin.Observer), (Boom, UnobservedErrorOrigin.Observer)], Unobserved.Select(error => (error.Exception, error.Origin)));
    }

    [Fact]
    public void An_observer_that_is_held_up_in_one_is_shown_those_of_other_threads_in_order_afterwards()
    {
        var client = NewClient();
        using var held = new HeldUp("b");
        using var watching = client.Observe(Written, 1).Subscribe(held);
        client.SetData(Written, 1, "a");
        held.While(
            () => client.SetData(Written, 1, "b"),
            () =>
            {
                client.SetData(Written, 1, "c");
                client.SetData(Written, 1, "d");
                Assert.Equal(["a"], held.Seen);
            });

        client.SetData(Written, 1, "e");
        client.SetData(Written, 1, "f");
        Assert.Equal(["a", "b", "c", "d", "e", "f"], held.Seen);
        Assert.Equal(1, held.MostAtOnce);
    }

    [Fact]
    public void An_observer_that_is_held_up_in_one_and_disposed_of_meanwhile_is_called_no_more()
    {
        var client = NewClient();
        using var held = new HeldUp("b");
        var watching = client.Observe(Written, 1).Subscribe(held);
        client.SetData(Written, 1, "a");
        held.While(
            () => client.SetData(Written, 1, "b"),
            () =>
            {
                watching.Dispose();
                client.SetData(Written, 1, "c");
            });

        client.SetData(Written, 1, "d");
        Assert.Equal(["a", "b"], held.Seen);
        Assert.Equal("d", client.GetState(Written, 1).Data);
    }

    [Fact]
    public void Data_whose_place_was_taken_is_collected_though_it_was_shown_and_awaited()
    {
        var client = NewClient();
        var objects = Query.Define("objects", (int id) => Task.FromResult(new object())).With(o => o with { Enabled = false });
        using var watching = client.Observe(objects, 1).Subscribe();
        var gone = WriteAndAwait(client, objects);

        client.SetData(objects, 1, new object());

        for (var i = 0; i < 5 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(gone.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference WriteAndAwait(QueryClient client, QueryDefinition<int, object> objects)
    {
        client.SetData(objects, 1, new object());
        client.SetData(objects, 1, new object());
        return new(client.FetchAsync(objects, 1).Result);
    }

    private List<string> Play(Action<Scene> play, bool isDated)
    {
        Unobserved.Clear();
        using var scene = new Scene(NewClient(), Scheduler, Written, Unobserved, isDated);
        using var follower = scene.Client.Cache.Events.Subscribe(e => scene.Note($"{e.Kind} {e.UpdateCause} {e.Entry.Data}"));
        play(scene);
        return scene.Seen;
    }


    /// <summary>An observer that one value holds up, until it is told to go on.</summary>
    private sealed class HeldUp(string by) : IObserver<QueryState<string>>, IDisposable
    {
        private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
        private readonly ManualResetEventSlim _isHeldUp = new();
        private readonly ManualResetEventSlim _goesOn = new();
        private int _running;

        public List<string> Seen { get; } = [];

        public int MostAtOnce { get; private set; }

        public void While(ThreadStart deliver, Action meanwhile)
        {
            var delivering = new Thread(deliver);
            delivering.Start();
            Assert.True(_isHeldUp.Wait(Long));
            meanwhile();
            _goesOn.Set();
            Assert.True(delivering.Join(Long));
        }

        public void OnNext(QueryState<string> value)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
            if (value.Data == by)
            {
                _isHeldUp.Set();
                _goesOn.Wait(Long);
            }

            if (value.TryGetData(out var data)) Seen.Add(data);
            Interlocked.Decrement(ref _running);
        }

        public void OnError(Exception error) => throw error;

        public void OnCompleted()
        {
        }

        public void Dispose()
        {
            _isHeldUp.Dispose();
            _goesOn.Dispose();
        }
    }
}
