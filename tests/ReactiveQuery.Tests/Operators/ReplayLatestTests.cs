using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Operators;

public class ReplayLatestTests : OperatorContract
{
    private static readonly InvalidOperationException Failure = new("boom");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HistoricalScheduler _scheduler = new();
    private readonly Source<int> _source = new();
    private readonly Recorder<int> _first = new();
    private readonly Recorder<int> _second = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.ReplayLatest(TimeSpan.Zero, _scheduler);

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.ReplayLatest<int>(null!, Minute, _scheduler));
        Assert.Throws<ArgumentNullException>("scheduler", () => _source.ReplayLatest(Minute, null!));
        Assert.Throws<ArgumentOutOfRangeException>("keepTime", () => _source.ReplayLatest(TimeSpan.FromSeconds(-1), _scheduler));
    }

    [Fact]
    public void All_share_one_subscription_and_a_late_one_gets_the_latest_value_at_once()
    {
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        using IDisposable first = shared.Subscribe(_first);
        _source.Observer.OnNext(1);
        _source.Observer.OnNext(2);
        using IDisposable second = shared.Subscribe(_second);
        Assert.Equal([2], _second.Values);
        _source.Observer.OnNext(3);
        Assert.Equal([1, 2, 3], _first.Values);
        Assert.Equal([2, 3], _second.Values);
        Assert.Equal(1, _source.Subscriptions);
    }

    [Fact]
    public void Source_and_value_are_kept_for_the_time_after_the_last_subscriber_left_and_no_longer()
    {
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        shared.Subscribe(_first).Dispose();
        _source.Observer.OnNext(1);
        _scheduler.AdvanceBy(Minute - TimeSpan.FromTicks(1));
        Assert.Equal(1, _source.Active);
        shared.Subscribe(_second).Dispose();
        Assert.Equal([1], _second.Values);
        _scheduler.AdvanceBy(Minute - TimeSpan.FromTicks(1));
        Assert.Equal(1, _source.Active);
        _scheduler.AdvanceBy(TimeSpan.FromTicks(1));
        Assert.Equal(0, _source.Active);

        var third = new Recorder<int>();
        using IDisposable anew = shared.Subscribe(third);
        Assert.Empty(third.Values);
        Assert.Equal(2, _source.Subscriptions);
    }

    [Fact]
    public void While_somebody_watches_nothing_is_scheduled()
    {
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        shared.Subscribe(_first).Dispose();
        using IDisposable watching = shared.Subscribe(_second);
        DateTimeOffset before = _scheduler.Clock;
        _scheduler.Start();
        Assert.Equal(before, _scheduler.Clock);
        Assert.Equal(1, _source.Active);
    }

    [Fact]
    public void A_time_without_end_keeps_for_ever_and_schedules_nothing()
    {
        IObservable<int> shared = _source.ReplayLatest(Timeout.InfiniteTimeSpan, _scheduler);
        shared.Subscribe(_first).Dispose();
        _source.Observer.OnNext(1);
        DateTimeOffset before = _scheduler.Clock;
        _scheduler.Start();
        Assert.Equal(before, _scheduler.Clock);
        using IDisposable again = shared.Subscribe(_second);
        Assert.Equal([1], _second.Values);
    }

    [Fact]
    public void Sixty_days_are_kept_exactly()
    {
        IObservable<int> shared = _source.ReplayLatest(TimeSpan.FromDays(60), _scheduler);
        shared.Subscribe(_first).Dispose();
        DateTimeOffset begin = _scheduler.Clock;
        _scheduler.Start();
        Assert.Equal(0, _source.Active);
        Assert.Equal(TimeSpan.FromDays(60), _scheduler.Clock - begin);
    }

    [Fact]
    public void An_error_is_told_to_those_present_and_not_replayed()
    {
        IObservable<int> shared = _source.ReplayLatest(Timeout.InfiniteTimeSpan, _scheduler);
        using IDisposable first = shared.Subscribe(_first);
        _source.Observer.OnNext(1);
        _source.Observer.OnError(Failure);
        Assert.Same(Failure, _first.Error);
        using IDisposable second = shared.Subscribe(_second);
        Assert.False(_second.Ended);
        Assert.Empty(_second.Values);
        Assert.Equal((2, 1), (_source.Subscriptions, _source.Active));
    }

    [Fact]
    public void An_end_while_nobody_watches_is_forgotten_and_its_timer_cancelled()
    {
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        shared.Subscribe(_first).Dispose();
        _source.Observer.OnCompleted();
        DateTimeOffset before = _scheduler.Clock;
        _scheduler.Start();
        Assert.Equal(before, _scheduler.Clock);
        using IDisposable second = shared.Subscribe(_second);
        Assert.Equal(2, _source.Subscriptions);
    }

    [Fact]
    public void One_who_subscribes_from_inside_the_error_starts_anew()
    {
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        var first = new Recorder<int>(onEnd: () => shared.Subscribe(_second));
        using IDisposable subscription = shared.Subscribe(first);
        _source.Observer.OnError(Failure);
        _source.Observer.OnNext(5);
        Assert.Equal([5], _second.Values);
        Assert.False(_second.Ended);
    }

    [Fact]
    public void A_value_caused_from_inside_a_value_does_not_overtake_it_for_those_who_subscribed_later()
    {
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        var first = new Recorder<int>(value => { if (value == 1) _source.Observer.OnNext(2); });
        using IDisposable one = shared.Subscribe(first);
        using IDisposable two = shared.Subscribe(_second);
        _source.Observer.OnNext(1);
        Assert.Equal([1, 2], first.Values);
        Assert.Equal([1, 2], _second.Values);
        Assert.Empty(first.Violations);
    }

    [Fact]
    public void One_who_subscribes_from_inside_a_value_gets_that_value()
    {
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        var first = new Recorder<int>(_ => shared.Subscribe(_second));
        using IDisposable one = shared.Subscribe(first);
        _source.Observer.OnNext(1);
        Assert.Equal([1], _second.Values);
    }

    [Fact]
    public void An_observer_that_throws_leaves_the_others_served_and_the_emitter_told()
    {
        IObservable<int> shared = _source.ReplayLatest(TimeSpan.Zero, _scheduler);
        var first = new Recorder<int>(_ => throw Failure);
        using IDisposable one = shared.Subscribe(first);
        using IDisposable two = shared.Subscribe(_second);
        Assert.Same(Failure, Record.Exception(() => _source.Observer.OnNext(1)));
        Assert.Same(Failure, Record.Exception(() => _source.Observer.OnNext(2)));
        Assert.Equal([1, 2], first.Values);
        Assert.Equal([1, 2], _second.Values);
        Assert.Equal(1, _source.Active);
    }

    [Fact]
    public void An_observer_that_throws_at_the_replayed_value_throws_at_its_subscriber()
    {
        IObservable<int> shared = _source.ReplayLatest(TimeSpan.Zero, _scheduler);
        using IDisposable one = shared.Subscribe(_first);
        _source.Observer.OnNext(1);
        Assert.Same(Failure, Record.Exception(() => shared.Subscribe(new Recorder<int>(_ => throw Failure))));
        _source.Observer.OnNext(2);
        Assert.Equal([1, 2], _first.Values);
    }

    [Fact]
    public void A_scheduler_that_has_shut_down_keeps_nothing_and_disposal_does_not_throw()
    {
        using var dead = new EventLoopScheduler();
        dead.Dispose();
        _source.ReplayLatest(Minute, dead).Subscribe(_first).Dispose();
        Assert.Equal(0, _source.Active);
    }

    [Fact]
    public void Who_comes_and_goes_while_the_timer_is_being_armed_begins_the_time_anew()
    {
        IObservable<int>? shared = null;
        var scheduler = new Interrupted(_scheduler, () =>
        {
            _scheduler.AdvanceBy(Minute / 2);
            shared!.Subscribe(_second).Dispose();
        });
        shared = _source.ReplayLatest(Minute, scheduler);
        shared.Subscribe(_first).Dispose();
        _scheduler.AdvanceBy(Minute - TimeSpan.FromTicks(1));
        Assert.Equal(1, _source.Active);
        _scheduler.AdvanceBy(TimeSpan.FromTicks(1));
        Assert.Equal(0, _source.Active);
    }

    [Fact]
    public void A_blocked_observer_does_not_keep_others_from_subscribing()
    {
        using var inside = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        IObservable<int> shared = _source.ReplayLatest(Minute, _scheduler);
        var slow = new Recorder<int>(_ => { inside.Set(); Assert.True(release.Wait(Patience)); });
        using IDisposable one = shared.Subscribe(slow);
        Race.Run(() => _source.Observer.OnNext(1), () =>
        {
            Assert.True(inside.Wait(Patience));
            using IDisposable two = shared.Subscribe(_second);
            Assert.Equal([1], _second.Values);
            release.Set();
        });
    }

    [Fact]
    public void Nobody_ever_joins_a_connection_that_is_being_let_go()
    {
        for (int round = 0; round < 1_000; round++)
        {
            var scheduler = new HistoricalScheduler();
            var source = new Source<int>();
            IObservable<int> shared = source.ReplayLatest(Minute, scheduler);
            shared.Subscribe(new Recorder<int>()).Dispose();
            var heard = new Recorder<int>();
            IDisposable? late = null;
            Race.Run(scheduler.Start, () => late = shared.Subscribe(heard));
            source.Observer.OnNext(7);
            Assert.Equal([7], heard.Values);
            Assert.Equal(1, source.Active);
            late!.Dispose();
            scheduler.Start();
            Assert.Equal(0, source.Active);
        }
    }

    [Fact]
    public void A_subscription_that_is_still_held_holds_neither_observer_nor_value()
    {
        var source = new Source<object>();
        IObservable<object> shared = source.ReplayLatest(TimeSpan.Zero, _scheduler);
        (IDisposable subscription, WeakReference observer, WeakReference value) = Watch(source, shared);
        for (int i = 0; i < 5 && (observer.IsAlive || value.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(observer.IsAlive);
        Assert.False(value.IsAlive);
        GC.KeepAlive(subscription);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static (IDisposable, WeakReference, WeakReference) Watch(Source<object> source, IObservable<object> shared)
    {
        var observer = new Recorder<object>();
        var value = new object();
        IDisposable subscription = shared.Subscribe(observer);
        source.Observer.OnNext(value);
        subscription.Dispose();
        return (subscription, new WeakReference(observer), new WeakReference(value));
    }

    /// <summary>Something else happens once, after the first work item has been scheduled and before <c>Schedule</c> has returned.</summary>
    private sealed class Interrupted(IScheduler inner, Action interruption) : IScheduler
    {
        private Action? _interruption = interruption;

        public DateTimeOffset Now => inner.Now;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, dueTime, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            IDisposable work = inner.Schedule(state, dueTime, action);
            Interlocked.Exchange(ref _interruption, null)?.Invoke();
            return work;
        }
    }
}
