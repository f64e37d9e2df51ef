using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Cache;

public class DeadlinesTests
{
    private readonly MarbleScheduler _scheduler = new();
    private readonly QueryClock _clock;
    private readonly Deadlines _deadlines;
    private readonly List<string> _called = [];

    public DeadlinesTests()
    {
        _clock = new QueryClock(_scheduler);
        _deadlines = new Deadlines(_scheduler, _clock, error => throw error, _ => { }, () => { });
    }

    private FakeEntry Entry(string name)
    {
        var entry = new FakeEntry(QueryKey.Of(name));
        entry.Due = () => _called.Add($"{name}@{_clock.Elapsed.TotalMilliseconds}");
        return entry;
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public void Nothing_is_scheduled_while_nothing_is_due()
    {
        _deadlines.Request(Entry("a"), TimeSpan.MaxValue);
        Assert.Equal(0, _scheduler.PendingWorkItems);
    }

    [Fact]
    public void A_hundred_thousand_deadlines_share_one_timer_and_come_at_their_time()
    {
        var calls = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var due = Ms(1 + (i * 7919 % 1000));
            var entry = new FakeEntry(QueryKey.Of("e", i));
            entry.Due = () => calls += _clock.Elapsed == due ? 1 : 0;
            _deadlines.Request(entry, due);
        }

        Assert.InRange(_scheduler.PendingWorkItems, 1, 1);
        _scheduler.Start();
        Assert.Equal(100_000, calls);
        Assert.Equal(0, _scheduler.PendingWorkItems);
    }

    [Fact]
    public void An_earlier_deadline_takes_the_place_of_a_later_one_and_a_later_one_is_not_taken()
    {
        var entry = Entry("a");
        _deadlines.Request(entry, Ms(50));
        _deadlines.Request(entry, Ms(20));
        _deadlines.Request(entry, Ms(90));
        _scheduler.Start();
        Assert.Equal(["a@20"], _called);
    }

    [Fact]
    public void An_entry_may_ask_again_from_within()
    {
        var entry = new FakeEntry(QueryKey.Of("a"));
        var rounds = 0;
        entry.Due = () =>
        {
            if (++rounds < 3) _deadlines.Request(entry, _clock.Elapsed + Ms(10));
        };
        _deadlines.Request(entry, Ms(10));
        _scheduler.Start();
        Assert.Equal((3, 30), (rounds, _scheduler.Frame));
    }

    [Fact]
    public void A_forgotten_entry_is_not_called()
    {
        var (gone, stays) = (Entry("gone"), Entry("stays"));
        _deadlines.Request(gone, Ms(10));
        _deadlines.Request(stays, Ms(10));
        _deadlines.Forget(gone);
        _scheduler.Start();
        Assert.Equal(["stays@10"], _called);
    }

    [Fact]
    public void Places_left_behind_are_let_go_of_with_the_last_entry_that_is_due()
    {
        var gone = LeaveAThousandPlacesBehind();
        _scheduler.AdvanceTo(Ms(20).Ticks);
        Assert.Equal(1_000, _called.Count);
        GC.Collect();
        Assert.False(gone.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference LeaveAThousandPlacesBehind()
    {
        var entry = Entry("a");
        for (var i = 0; i < 1_000; i++)
        {
            entry = Entry("a");
            _deadlines.Request(entry, Ms(1_000_000)); // And then something that is due sooner.
            _deadlines.Request(entry, Ms(10));
        }

        return new(entry);
    }

    [Fact]
    public void Sixty_days_are_waited_in_pieces_and_end_exactly()
    {
        _deadlines.Request(Entry("a"), TimeSpan.FromDays(60));
        _scheduler.Start();
        Assert.Equal([$"a@{TimeSpan.FromDays(60).TotalMilliseconds}"], _called);
    }

    [Fact]
    public void A_machine_that_slept_is_caught_up_at_once()
    {
        _deadlines.Request(Entry("a"), TimeSpan.FromHours(8));
        _clock.Slept(TimeSpan.FromHours(9));
        _deadlines.Wake();
        Assert.Equal([$"a@{TimeSpan.FromHours(9).TotalMilliseconds}"], _called);
    }

    [Fact]
    public void After_disposal_nothing_is_called_or_scheduled()
    {
        _deadlines.Request(Entry("a"), Ms(10));
        _deadlines.Dispose();
        _deadlines.Request(Entry("b"), Ms(10));
        _scheduler.Start();
        Assert.Empty(_called);
    }

    [Fact]
    public void A_scheduler_that_refuses_work_is_reported()
    {
        List<Exception> reported = [];
        var refusing = new RefusingScheduler();
        using var deadlines = new Deadlines(refusing, _clock, reported.Add, _ => { }, () => { });
        deadlines.Request(Entry("a"), Ms(10));
        Assert.Equal("shut down", Assert.Single(reported).Message);
    }

    private sealed class RefusingScheduler : System.Reactive.Concurrency.IScheduler
    {
        public DateTimeOffset Now => default;

        public IDisposable Schedule<TState>(TState state, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action) =>
            throw new InvalidOperationException("shut down");

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action) =>
            throw new InvalidOperationException("shut down");

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action) =>
            throw new InvalidOperationException("shut down");
    }

    [Fact]
    public void Those_that_depart_unseen_are_taken_out_together_and_wait_for_nobody_who_is_called()
    {
        List<string> happened = [];
        using var deadlines = new Deadlines(_scheduler, _clock, error => throw error, entries => happened.Add($"{entries.Length} out"), () => happened.Add("told"));
        for (var i = 0; i < 200; i++)
        {
            var entry = new FakeEntry(QueryKey.Of("e", i)) { Departs = i is not 10 and not 11, Due = () => happened.Add("called") };
            deadlines.Request(entry, Ms(5));
        }

        _scheduler.Start();
        Assert.Equal(["62 out", "64 out", "64 out", "8 out", "called", "called", "told"], happened);
    }
}
