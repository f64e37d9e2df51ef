using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Operators;

public class ObserveLatestOnTests : OperatorContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HistoricalScheduler _scheduler = new();
    private readonly Source<int> _source = new();
    private readonly Recorder<int> _heard = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.ObserveLatestOn(_scheduler);

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

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.ObserveLatestOn<int>(null!, _scheduler));
        Assert.Throws<ArgumentNullException>("scheduler", () => _source.ObserveLatestOn(null!));
    }

    [Fact]
    public void A_blocked_scheduler_holds_one_item_and_sees_the_latest_value()
    {
        var scheduler = new CountingScheduler();
        using IDisposable subscription = _source.ObserveLatestOn(scheduler).Subscribe(_heard);
        for (int i = 1; i <= 10_000; i++) _source.Observer.OnNext(i);
        Assert.Equal(1, scheduler.Pending);
        Assert.Empty(_heard.Values);
        scheduler.RunAll();
        Assert.Equal([10_000], _heard.Values);
        Assert.Equal(0, scheduler.Pending);
    }

    [Fact]
    public void The_end_comes_after_the_pending_value_in_the_same_item()
    {
        var scheduler = new CountingScheduler();
        using IDisposable subscription = _source.ObserveLatestOn(scheduler).Subscribe(_heard);
        _source.Observer.OnNext(1);
        _source.Observer.OnNext(2);
        _source.Observer.OnCompleted();
        Assert.Equal(1, scheduler.Pending);
        Assert.True(scheduler.RunNext());
        Assert.Equal([2], _heard.Values);
        Assert.True(_heard.Completed);
    }

    [Fact]
    public void What_comes_during_a_delivery_is_delivered_by_the_next_item()
    {
        var scheduler = new CountingScheduler();
        var heard = new Recorder<int>(value =>
        {
            if (value != 1) return;
            for (int i = 2; i <= 5; i++) _source.Observer.OnNext(i);
            Assert.Equal(0, scheduler.Pending);
        });
        using IDisposable subscription = _source.ObserveLatestOn(scheduler).Subscribe(heard);
        _source.Observer.OnNext(1);
        scheduler.RunNext();
        Assert.Equal([1], heard.Values);
        Assert.Equal(1, scheduler.Pending);
        scheduler.RunAll();
        Assert.Equal([1, 5], heard.Values);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void Disposal_drops_the_pending_value_and_its_work_item()
    {
        IDisposable subscription = _source.ObserveLatestOn(_scheduler).Subscribe(_heard);
        _source.Observer.OnNext(1);
        subscription.Dispose();
        _scheduler.Start();
        Assert.Empty(_heard.Values);
        Assert.Equal(0, _source.Active);
    }

    [Fact]
    public void A_scheduler_that_has_shut_down_stops_the_stream_and_nobody_gets_its_exception()
    {
        var scheduler = new CountingScheduler();
        using IDisposable subscription = _source.ObserveLatestOn(scheduler).Subscribe(_heard);
        _source.Observer.OnNext(1);
        scheduler.RunAll();
        scheduler.IsDead = true;
        _source.Observer.OnNext(2);
        Assert.Equal(0, _source.Active);
        _source.Observer.OnNext(3);
        _source.Observer.OnCompleted();
        Assert.Equal([1], _heard.Values);
        Assert.False(_heard.Ended);
    }

    [Fact]
    public void A_scheduler_that_runs_work_at_once_delivers_in_order_without_nesting_and_without_stack()
    {
        const int Count = 20_000;
        using var source = new Subject<int>();
        var heard = new Recorder<int>(value => { if (value < Count) source.OnNext(value + 1); });
        using IDisposable subscription = source.ObserveLatestOn(ImmediateScheduler.Instance).Subscribe(heard);
        source.OnNext(1);
        Assert.Equal(Enumerable.Range(1, Count), heard.Values);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void A_scheduler_of_several_threads_still_gets_one_delivery_at_a_time_and_the_last_value()
    {
        const int Count = 20_000;
        using var ended = new ManualResetEventSlim();
        var heard = new Recorder<int>(onEnd: ended.Set);
        using IDisposable subscription = _source.ObserveLatestOn(new TaskPoolScheduler(Task.Factory)).Subscribe(heard);
        for (int i = 1; i <= Count; i++) _source.Observer.OnNext(i);
        _source.Observer.OnCompleted();
        Assert.True(ended.Wait(Patience));
        Assert.Equal(Count, heard.Values[^1]);
        Assert.Equal(heard.Values.Order(), heard.Values);
        Assert.Empty(heard.Violations);
    }
}
