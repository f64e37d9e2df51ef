using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveQuery.Testing;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Dispatch;

public sealed class UiDispatchQueueTests : IDisposable
{
    private readonly MarbleScheduler _scheduler = new();
    private readonly List<UnobservedError> _unobserved = [];
    private readonly List<string> _ran = [];
    private readonly UiDispatchQueue _queue;

    public UiDispatchQueueTests() => _queue = new UiDispatchQueue(new() { Scheduler = _scheduler, OnUnobservedError = _unobserved.Add });

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void Work_runs_when_it_is_drained_and_not_before()
    {
        Give("a");
        Assert.Empty(_ran);
        Assert.Equal((1, false), (_queue.Count, _queue.IsEmpty));
        Assert.Equal(1, _queue.Drain());
        Assert.Equal((0, true), (_queue.Count, _queue.IsEmpty));
        Assert.Equal(["a"], _ran);
        Assert.Equal(0, _queue.Drain());
    }

    [Fact]
    public void What_is_first_in_is_first_out()
    {
        Give("a", "b", "c");
        _queue.Schedule("d", (_, name) => { _ran.Add(name); return System.Reactive.Disposables.Disposable.Empty; });
        _queue.Drain();
        Assert.Equal(["a", "b", "c", "d"], _ran);
    }

    [Fact]
    public void An_item_that_gives_itself_again_runs_once_a_drain()
    {
        void Again()
        {
            _ran.Add("again");
            _queue.Dispatch(Again);
        }

        _queue.Dispatch(Again);
        Assert.Equal(1, _queue.Drain());
        Assert.Equal(1, _queue.Drain(100));
        Assert.Equal(1, _queue.Drain(TimeSpan.MaxValue));
        Assert.Equal(3, _ran.Count);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void A_drain_of_so_many_items_leaves_the_rest()
    {
        Give("a", "b", "c");
        Assert.Equal(2, _queue.Drain(2));
        Assert.Equal(["a", "b"], _ran);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void A_time_budget_begins_no_item_when_it_is_spent_but_always_one()
    {
        for (var i = 0; i < 5; i++) _queue.Dispatch(() => _scheduler.Sleep(20_000)); // Two milliseconds each.
        Assert.Equal(2, _queue.Drain(TimeSpan.FromMilliseconds(3)));
        Assert.Equal(1, _queue.Drain(TimeSpan.Zero));
        Assert.Equal(2, _queue.Drain(TimeSpan.MaxValue));
    }

    [Fact]
    public void An_item_that_throws_is_reported_and_the_rest_runs()
    {
        var boom = new InvalidOperationException("boom");
        Give("a");
        _queue.Dispatch(() => throw boom);
        Give("b");
        Assert.Equal(3, _queue.Drain());
        Assert.Equal(["a", "b"], _ran);
        var error = Assert.Single(_unobserved);
        Assert.Equal((boom, UnobservedErrorOrigin.Dispatch), (error.Exception, error.Origin));
    }

    [Fact]
    public void A_drain_inside_an_item_runs_the_next_items_and_the_outer_one_ends_where_it_would_have()
    {
        var inner = 0;
        _queue.Dispatch(() =>
        {
            _ran.Add("dialog opens");
            Give("later");
            inner = _queue.Drain();
            _ran.Add("dialog closes");
            Give("next drain");
        });
        Give("a", "b");
        Assert.Equal(1, _queue.Drain());
        Assert.Equal(3, inner);
        Assert.Equal(["dialog opens", "a", "b", "later", "dialog closes"], _ran);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void A_second_thread_that_drains_at_the_same_time_is_refused()
    {
        InvalidOperationException? refused = null;
        _queue.Dispatch(() => Storms.Storm.OnAnotherThread(() => refused = Assert.Throws<InvalidOperationException>(() => _queue.Drain())));
        Give("a");
        Assert.Equal(2, _queue.Drain());
        Assert.NotNull(refused);
        Assert.Equal(["a"], _ran);
    }

    [Fact]
    public void The_loop_is_woken_once_until_it_has_drained()
    {
        var wakeUps = 0;
        using var wake = _queue.WakeUps.Subscribe(_ => wakeUps++);
        Assert.Equal(0, wakeUps);
        Give("a", "b");
        Assert.Equal(1, wakeUps);
        _queue.Drain();
        Assert.Equal(1, wakeUps);
        Give("c");
        Assert.Equal(2, wakeUps);
    }

    [Fact]
    public void A_drain_that_leaves_items_behind_wakes_again()
    {
        var wakeUps = 0;
        using var wake = _queue.WakeUps.Subscribe(_ => wakeUps++);
        Give("a", "b", "c");
        _queue.Drain(1);
        Assert.Equal(2, wakeUps);
        _queue.Dispatch(() => Give("from an item"));
        Assert.Equal(2, wakeUps);
        _queue.Drain();
        Assert.Equal(3, wakeUps);
        _queue.Drain();
        Assert.Equal(3, wakeUps);
    }

    [Fact]
    public void Whoever_listens_for_wake_ups_while_something_waits_is_woken_at_once()
    {
        var wakeUps = 0;
        Give("a");
        using (_queue.WakeUps.Subscribe(_ => wakeUps++)) Assert.Equal(1, wakeUps);
        _queue.Drain();
        using (_queue.WakeUps.Subscribe(_ => wakeUps++)) Assert.Equal(1, wakeUps);
    }

    [Fact]
    public void A_wake_up_that_throws_is_reported_and_the_item_is_queued_and_the_next_wake_up_comes()
    {
        var wakeUps = 0;
        using var wake = _queue.WakeUps.Subscribe(_ =>
        {
            wakeUps++;
            throw new InvalidOperationException("no window");
        });
        Give("a");
        _queue.Drain();
        Give("b");
        _queue.Drain();
        Assert.Equal(["a", "b"], _ran);
        Assert.Equal(2, wakeUps);
        Assert.All(_unobserved, error => Assert.Equal(UnobservedErrorOrigin.Observer, error.Origin));
        Assert.Equal(2, _unobserved.Count);
    }

    [Fact]
    public void The_thread_that_drained_last_is_the_one_of_the_user_interface()
    {
        Assert.True(_queue.IsCurrent);
        _queue.VerifyAccess();
        Storms.Storm.OnAnotherThread(() =>
        {
            Assert.False(_queue.IsCurrent);
            Assert.Contains("Dispatch it there", Assert.Throws<InvalidOperationException>(_queue.VerifyAccess).Message, StringComparison.Ordinal);
            _queue.Drain();
            _queue.VerifyAccess();
        });
        Assert.False(_queue.IsCurrent);
    }

    [Fact]
    public void Work_that_is_due_later_is_queued_when_it_is_due_and_nothing_is_scheduled_when_nothing_is()
    {
        _queue.Schedule(TimeSpan.Zero, () => _ran.Add("now"));
        Assert.Equal(0, _scheduler.PendingWorkItems);
        _queue.Schedule(TimeSpan.FromMilliseconds(5), () => _ran.Add("5"));
        _queue.Schedule(_queue.Now.AddMilliseconds(3), () => _ran.Add("3"));
        _queue.Schedule(TimeSpan.MaxValue, () => _ran.Add("never"));
        Assert.Equal((1, 2), (_queue.Count, _scheduler.PendingWorkItems));
        _scheduler.AdvanceToFrame(4);
        Give("4");
        _scheduler.AdvanceToFrame(5);
        Assert.Equal(4, _queue.Drain());
        Assert.Equal(["now", "3", "4", "5"], _ran);
        Assert.Equal(0, _scheduler.PendingWorkItems);
    }

    [Fact]
    public void Work_due_in_sixty_days_runs()
    {
        _queue.Schedule(TimeSpan.FromDays(60), () => _ran.Add("60"));
        _scheduler.AdvanceBy(TimeSpan.FromDays(60));
        _queue.Drain();
        Assert.Equal(["60"], _ran);
    }

    [Fact]
    public void Cancelled_work_leaves_the_queue_and_the_clock()
    {
        var now = _queue.Schedule(() => _ran.Add("now"));
        var later = _queue.Schedule(TimeSpan.FromMilliseconds(5), () => _ran.Add("later"));
        var due = _queue.Schedule(TimeSpan.FromMilliseconds(1), () => _ran.Add("due"));
        _scheduler.AdvanceToFrame(1);
        Assert.Equal(2, _queue.Count);
        now.Dispose();
        later.Dispose();
        due.Dispose();
        Assert.Equal((0, 0), (_queue.Count, _scheduler.PendingWorkItems));
        Assert.Equal(0, _queue.Drain());
        Assert.Empty(_ran);
    }

    [Fact]
    public void After_disposal_everything_is_dropped_and_nothing_escapes()
    {
        var completed = false;
        using var wake = _queue.WakeUps.Subscribe(_ => { }, () => completed = true);
        Give("a");
        _queue.Schedule(TimeSpan.FromMilliseconds(1), () => _ran.Add("due"));
        _queue.Dispose();
        _queue.Dispose();
        Assert.True(completed);
        Assert.Equal((0, 0), (_queue.Count, _scheduler.PendingWorkItems));
        Give("b");
        _queue.Schedule(TimeSpan.FromMilliseconds(1), () => _ran.Add("late"));
        Assert.Equal((0, 0), (_queue.Count, _scheduler.PendingWorkItems));
        Assert.Equal(0, _queue.Drain());
        Assert.Empty(_ran);
        Assert.Empty(_unobserved);
    }

    [Fact]
    public void Disposed_by_an_item_the_drain_ends()
    {
        Give("a");
        _queue.Dispatch(_queue.Dispose);
        Give("b");
        Assert.Equal(2, _queue.Drain());
        Assert.Equal(["a"], _ran);
    }

    [Fact]
    public void A_query_that_is_dispatched_to_it_is_there_at_once_then_in_drains_and_lets_go_of_a_queue_that_was_shut_down()
    {
        using var client = new QueryClient(new QueryClientOptions { Scheduler = _scheduler });
        var query = Query.Define("q", (CancellationToken _) => Task.FromResult("fetched"));
        client.SetData(query, System.Reactive.Unit.Default, "cached");
        using var subscription = client.Observe(query, o => o with { DispatchOn = _queue }).Subscribe(state => _ran.Add(state.Data!));
        Assert.Equal(["cached"], _ran);
        client.SetData(query, System.Reactive.Unit.Default, "b");
        Assert.Equal(["cached"], _ran);
        _queue.Drain();
        Assert.Equal(["cached", "b"], _ran);
        _queue.Dispose();
        client.SetData(query, System.Reactive.Unit.Default, "c");
        Assert.Equal(0, Assert.Single(client.Cache.Find()).ObserverCount);
        Assert.Equal(["cached", "b"], _ran);
    }

    [Fact]
    public void Many_producers_and_one_drainer_lose_nothing_and_keep_each_producers_order()
    {
        const int Producers = 4;
        const int Each = 5_000;
        var seen = Enumerable.Range(0, Producers).Select(_ => new List<int>()).ToArray();
        using var wake = new ManualResetEventSlim();
        using var subscription = _queue.WakeUps.Subscribe(_ => wake.Set());
        var left = Producers * Each;

        void Produce(int producer)
        {
            for (var i = 0; i < Each; i++)
            {
                var number = i;
                _queue.Dispatch(() => seen[producer].Add(number));
            }
        }

        void Loop()
        {
            while (left > 0)
            {
                Assert.True(wake.Wait(TimeSpan.FromSeconds(30)), $"No wake-up, though {left} items are missing and {_queue.Count} wait.");
                wake.Reset();
                left -= _queue.Drain(7);
            }
        }

        Race.Run([Loop, .. Enumerable.Range(0, Producers).Select(producer => (Action)(() => Produce(producer)))]);
        Assert.All(seen, numbers => Assert.Equal(Enumerable.Range(0, Each), numbers));
        Assert.Empty(_unobserved);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Equal("options", Assert.Throws<ArgumentNullException>(() => new UiDispatchQueue(null!)).ParamName);
        Assert.Equal("Scheduler", Assert.Throws<ArgumentNullException>(() => new UiDispatchQueueOptions { Scheduler = null! }).ParamName);
        Assert.Equal("action", Assert.Throws<ArgumentNullException>(() => _queue.Dispatch(null!)).ParamName);
        Assert.Equal("maxItems", Assert.Throws<ArgumentOutOfRangeException>(() => _queue.Drain(0)).ParamName);
        Assert.Equal("timeBudget", Assert.Throws<ArgumentOutOfRangeException>(() => _queue.Drain(TimeSpan.FromTicks(-1))).ParamName);
    }

    private void Give(params string[] names)
    {
        foreach (var name in names) _queue.Dispatch(() => _ran.Add(name));
    }
}
