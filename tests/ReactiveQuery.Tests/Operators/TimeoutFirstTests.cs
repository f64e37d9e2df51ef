using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Operators;

public class TimeoutFirstTests : OperatorContract
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly HistoricalScheduler _scheduler = new();
    private readonly Source<int> _source = new();
    private readonly Recorder<int> _heard = new();

    // Nothing of the contract depends on the time; on a scheduler that nobody runs it does not pass.
    protected override IObservable<int> Apply(IObservable<int> source) => source.TimeoutFirst(Second, new HistoricalScheduler());

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.TimeoutFirst<int>(null!, Second, _scheduler));
        Assert.Throws<ArgumentNullException>("scheduler", () => _source.TimeoutFirst(Second, null!));
        Assert.Throws<ArgumentOutOfRangeException>("dueTime", () => _source.TimeoutFirst(TimeSpan.FromSeconds(-1), _scheduler));
    }

    [Fact]
    public void Without_value_and_end_it_errors_at_the_due_time_and_lets_the_source_go()
    {
        using IDisposable subscription = _source.TimeoutFirst(Second, _scheduler).Subscribe(_heard);
        _scheduler.AdvanceBy(Second - TimeSpan.FromTicks(1));
        Assert.False(_heard.Ended);
        _scheduler.AdvanceBy(TimeSpan.FromTicks(1));
        Assert.Contains("00:00:01", Assert.IsType<TimeoutException>(_heard.Error).Message, StringComparison.Ordinal);
        Assert.Equal(0, _source.Active);
        _source.Observer.OnNext(1);
        Assert.Empty(_heard.Values);
    }

    [Fact]
    public void After_the_first_value_there_is_no_limit_and_no_timer()
    {
        using IDisposable subscription = _source.TimeoutFirst(Second, _scheduler).Subscribe(_heard);
        _source.Observer.OnNext(1);
        DateTimeOffset before = _scheduler.Clock;
        _scheduler.Start();
        Assert.Equal(before, _scheduler.Clock);
        _source.Observer.OnNext(2);
        _source.Observer.OnCompleted();
        Assert.Equal([1, 2], _heard.Values);
        Assert.True(_heard.Completed);
    }

    [Fact]
    public void Disposal_cancels_the_timer()
    {
        DateTimeOffset before = _scheduler.Clock;
        _source.TimeoutFirst(Second, _scheduler).Subscribe(_heard).Dispose();
        _scheduler.Start();
        Assert.Equal(before, _scheduler.Clock);
        Assert.False(_heard.Ended);
    }

    [Fact]
    public void An_infinite_time_is_no_step_at_all()
    {
        Assert.Same(_source, _source.TimeoutFirst(Timeout.InfiniteTimeSpan, _scheduler));
        Assert.Same(_source, _source.TimeoutFirst(TimeSpan.MaxValue, _scheduler));
    }

    [Fact]
    public void Sixty_days_work()
    {
        using IDisposable subscription = _source.TimeoutFirst(TimeSpan.FromDays(60), _scheduler).Subscribe(_heard);
        DateTimeOffset begin = _scheduler.Clock;
        _scheduler.Start();
        Assert.IsType<TimeoutException>(_heard.Error);
        Assert.Equal(TimeSpan.FromDays(60), _scheduler.Clock - begin);
    }

    [Fact]
    public void A_timer_that_fires_before_the_source_is_subscribed_to_starts_nothing()
    {
        using IDisposable subscription = _source.TimeoutFirst(TimeSpan.Zero, ImmediateScheduler.Instance).Subscribe(_heard);
        Assert.IsType<TimeoutException>(_heard.Error);
        Assert.Equal(0, _source.Subscriptions);
    }

    [Fact]
    public void A_value_that_races_with_the_timer_and_the_timeout_never_both_arrive()
    {
        for (int round = 0; round < 500; round++)
        {
            var scheduler = new HistoricalScheduler();
            var source = new Source<int>();
            var heard = new Recorder<int>();
            using IDisposable subscription = source.TimeoutFirst(Second, scheduler).Subscribe(heard);
            Race.Run(scheduler.Start, () => source.Observer.OnNext(1));
            Assert.Empty(heard.Violations);
            Assert.True(heard.Values.Count == 1 ^ heard.Error is TimeoutException);
        }
    }
}
