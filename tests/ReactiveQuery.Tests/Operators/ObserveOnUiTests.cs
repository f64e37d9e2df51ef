using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Operators;

/// <summary>Subscribed to from elsewhere, it is <c>ObserveOn</c>; on the boundary only the first value differs.</summary>
public class ObserveOnUiFromElsewhere : OperatorContract
{
    private readonly HistoricalScheduler _scheduler = new();

    protected override bool ErrorsOvertake => true;

    protected override IObservable<int> Apply(IObservable<int> source) => source.ObserveOnUi(UiBoundary.From(_scheduler, () => false));

    protected override void Settle()
    {
        try
        {
            _scheduler.Start();
        }
        finally
        {
            _scheduler.Stop(); // An exception of the observer's leaves it running otherwise.
        }
    }
}

public class ObserveOnUiFromThere : OperatorContract
{
    private readonly HistoricalScheduler _scheduler = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.ObserveOnUi(UiBoundary.From(_scheduler, () => true));

    protected override void Settle()
    {
        try
        {
            _scheduler.Start();
        }
        finally
        {
            _scheduler.Stop(); // An exception of the observer's leaves it running otherwise.
        }
    }
}

public class ObserveOnUiTests
{
    private readonly CountingScheduler _scheduler = new();
    private readonly Source<int> _source = new();
    private bool _isThere = true;

    private UiBoundary Boundary => UiBoundary.From(_scheduler, () => _isThere);

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.ObserveOnUi<int>(null!, Boundary));
        Assert.Throws<ArgumentNullException>("boundary", () => _source.ObserveOnUi(null!));
        Assert.Throws<ArgumentOutOfRangeException>("mode", () => _source.ObserveOnUi(Boundary, (DispatchMode)7));
        Assert.Throws<ArgumentNullException>("context", () => UiBoundary.From(null!));
        Assert.Throws<ArgumentNullException>("scheduler", () => UiBoundary.From(null!, () => true));
        Assert.Throws<ArgumentNullException>("isOnUi", () => UiBoundary.From(_scheduler, null!));
    }

    [Theory]
    [InlineData(DispatchMode.EveryState)]
    [InlineData(DispatchMode.LatestState)]
    public void The_first_value_of_a_subscriber_who_is_there_comes_before_Subscribe_returns_and_the_rest_is_posted(DispatchMode mode)
    {
        var heard = new Recorder<int>();
        using var source = new BehaviorSubject<int>(1);
        using var subscription = source.ObserveOnUi(Boundary, mode).Subscribe(heard);
        Assert.Equal([1], heard.Values);
        Assert.Equal(0, _scheduler.Pending);
        source.OnNext(2);
        Assert.Equal([1], heard.Values);
        Assert.Equal(1, _scheduler.Pending);
        _scheduler.RunAll();
        Assert.Equal([1, 2], heard.Values);
    }

    [Fact]
    public void A_subscriber_who_is_elsewhere_has_the_first_value_posted()
    {
        _isThere = false;
        var heard = new Recorder<int>();
        using var subscription = Observable.Return(1, ImmediateScheduler.Instance).ObserveOnUi(Boundary).Subscribe(heard);
        Assert.Equal((0, 1), (heard.Values.Count, _scheduler.Pending));
        _scheduler.RunAll();
        Assert.Equal([1], heard.Values);
        Assert.True(heard.Completed);
    }

    [Fact]
    public void A_first_value_that_comes_later_is_posted_though_it_comes_from_there()
    {
        var heard = new Recorder<int>();
        using var subscription = _source.ObserveOnUi(Boundary).Subscribe(heard);
        _source.Observer.OnNext(1);
        Assert.Equal((0, 1), (heard.Values.Count, _scheduler.Pending));
    }

    [Fact]
    public void Only_the_first_of_several_values_during_Subscribe_is_delivered_at_once_so_that_a_long_replay_does_not_hold_the_screen_up()
    {
        var heard = new Recorder<int>();
        using var subscription = Observable.Range(1, 5, ImmediateScheduler.Instance).ObserveOnUi(Boundary).Subscribe(heard);
        Assert.Equal([1], heard.Values);
        Assert.Equal(1, _scheduler.Pending);
        _scheduler.RunAll();
        Assert.Equal([1, 2, 3, 4, 5], heard.Values);
        Assert.True(heard.Completed);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void What_comes_during_the_first_delivery_does_not_overtake_or_overlap_it_though_the_observer_runs_a_message_loop()
    {
        using var source = new BehaviorSubject<int>(1);
        var heard = new Recorder<int>(value =>
        {
            if (value != 1) return;
            source.OnNext(2);
            source.OnNext(3);
            _scheduler.RunAll();
        });
        using var subscription = source.ObserveOnUi(Boundary).Subscribe(heard);
        _scheduler.RunAll();
        Assert.Equal([1, 2, 3], heard.Values);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void A_message_loop_run_by_the_observer_delivers_nothing_inside_a_posted_delivery_either()
    {
        var heard = new Recorder<int>(value => { _source.Observer.OnNext(value + 1); if (value < 5) _scheduler.RunAll(); });
        using var subscription = _source.ObserveOnUi(Boundary).Subscribe(heard);
        _source.Observer.OnNext(1);
        for (var i = 0; i < 5; i++) _scheduler.RunNext();
        Assert.Equal(Enumerable.Range(1, heard.Values.Count), heard.Values);
        Assert.InRange(heard.Values.Count, 5, 10);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void A_blocked_boundary_that_conflates_holds_one_item_and_ends_with_the_latest()
    {
        var heard = new Recorder<int>();
        using var subscription = _source.ObserveOnUi(Boundary, DispatchMode.LatestState).Subscribe(heard);
        for (var i = 1; i <= 10_000; i++) _source.Observer.OnNext(i);
        _source.Observer.OnCompleted();
        Assert.Equal(1, _scheduler.Pending);
        _scheduler.RunAll();
        Assert.Equal([10_000], heard.Values);
        Assert.True(heard.Completed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_end_comes_when_ObserveOn_would_bring_it(bool completes)
    {
        var ours = new Recorder<int>();
        var theirs = new Recorder<int>();
        foreach (var (heard, apply) in new (Recorder<int>, Func<IObservable<int>, IObservable<int>>)[]
        {
            (ours, s => s.ObserveOnUi(Boundary)), (theirs, s => s.ObserveOn(_scheduler)),
        })
        {
            var source = new Source<int>();
            using var subscription = apply(source).Subscribe(heard);
            for (var i = 1; i <= 3; i++) source.Observer.OnNext(i);
            if (completes) source.Observer.OnCompleted();
            else source.Observer.OnError(new InvalidOperationException("boom"));
            _scheduler.RunAll();
        }

        Assert.Equal(theirs.Values, ours.Values);
        Assert.Equal((theirs.Completed, theirs.Error?.Message), (ours.Completed, ours.Error?.Message));
        Assert.True(ours.Ended);
    }

    [Fact]
    public void A_boundary_that_has_shut_down_stops_the_stream_and_nobody_gets_its_exception()
    {
        foreach (var mode in Enum.GetValues<DispatchMode>())
        {
            var scheduler = new CountingScheduler { IsDead = true };
            var heard = new Recorder<int>();
            var source = new Source<int>((observer, _) => observer.OnNext(1));
            using var subscription = source.ObserveOnUi(UiBoundary.From(scheduler, () => true), mode).Subscribe(heard);
            Assert.Equal([1], heard.Values); // Needs no dispatcher.
            source.Observer.OnNext(2);
            Assert.Equal(0, source.Active);
            source.Observer.OnCompleted();
            Assert.Equal([1], heard.Values);
            Assert.False(heard.Ended);
        }
    }

    [Fact]
    public void A_boundary_that_does_not_know_where_it_is_posts()
    {
        var heard = new Recorder<int>();
        using var source = new BehaviorSubject<int>(1);
        using var subscription = source.ObserveOnUi(UiBoundary.From(_scheduler, () => throw new InvalidOperationException())).Subscribe(heard);
        Assert.Equal((0, 1), (heard.Values.Count, _scheduler.Pending));
        _scheduler.RunAll();
        Assert.Equal([1], heard.Values);
    }

    [Fact]
    public void A_disposal_inside_the_first_delivery_lets_the_source_go()
    {
        var subscription = new SingleAssignmentDisposable();
        var source = new Source<int>((observer, _) => observer.OnNext(1));
        var heard = new Recorder<int>(_ => subscription.Dispose());
        subscription.Disposable = source.ObserveOnUi(Boundary).Subscribe(heard);
        source.Observer.OnNext(2);
        _scheduler.RunAll();
        Assert.Equal([1], heard.Values);
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void The_boundary_of_a_synchronization_context_is_there_while_the_context_is_current()
    {
        var posted = new List<Action>();
        var context = new Posting(posted);
        var boundary = UiBoundary.From(context);
        var before = SynchronizationContext.Current;
        var heard = new Recorder<int>();
        try
        {
            SynchronizationContext.SetSynchronizationContext(context);
            Assert.True(boundary.IsCurrent);
            using var first = Observable.Return(1, ImmediateScheduler.Instance).Concat(Observable.Never<int>()).ObserveOnUi(boundary).Subscribe(heard);
            Assert.Equal([1], heard.Values);
            Assert.Empty(posted);

            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            Assert.False(boundary.IsCurrent);
            using var second = Observable.Return(2, ImmediateScheduler.Instance).Concat(Observable.Never<int>()).ObserveOnUi(boundary).Subscribe(heard);
            Assert.Equal([1], heard.Values);
            Assert.Single(posted);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void A_boundary_is_the_scheduler_it_was_made_of()
    {
        var inner = new HistoricalScheduler();
        var boundary = UiBoundary.From(inner, () => true);
        List<string> done = [];
        boundary.Schedule(() => done.Add("now"));
        boundary.Schedule(TimeSpan.FromSeconds(1), () => done.Add("in a second"));
        boundary.Schedule(inner.Now.AddSeconds(2), () => done.Add("at two"));
        inner.Start();
        Assert.Equal(["now", "in a second", "at two"], done);
        Assert.Equal((inner.Now, inner), (boundary.Now, boundary.Scheduler));
        using var posted = Observable.Return(1, ImmediateScheduler.Instance).ObserveOn(boundary).Subscribe(_ => done.Add("posted"));
        Assert.Equal(3, done.Count);
        inner.Start();
        Assert.Equal("posted", done[^1]);
    }

    private sealed class Posting(List<Action> posted) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => posted.Add(() => d(state));
    }
}
