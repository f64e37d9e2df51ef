using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Operators;

public class RefetchOnTests : OperatorContract
{
    private static readonly InvalidOperationException Failure = new("boom");
    private readonly Subject<Unit> _trigger = new();
    private readonly Source<int> _source = new();
    private readonly Recorder<int> _heard = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.RefetchOn(Observable.Empty<Unit>());

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.RefetchOn<int>(null!, _trigger));
        Assert.Throws<ArgumentNullException>("trigger", () => _source.RefetchOn(null!));
    }

    [Fact]
    public void It_runs_at_once_and_again_at_each_trigger()
    {
        var source = new Source<int>((observer, n) => { observer.OnNext(n); observer.OnCompleted(); });
        using IDisposable subscription = source.RefetchOn(_trigger).Subscribe(_heard);
        Assert.Equal([1], _heard.Values);
        _trigger.OnNext(Unit.Default);
        _trigger.OnNext(Unit.Default);
        Assert.Equal([1, 2, 3], _heard.Values);
        Assert.Equal(0, source.Active);
        Assert.False(_heard.Ended);
    }

    [Fact]
    public void A_trigger_during_a_run_joins_it()
    {
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(_heard);
        _trigger.OnNext(Unit.Default);
        _trigger.OnNext(Unit.Default);
        Assert.Equal(1, _source.Subscriptions);
        _source.Observer.OnCompleted();
        Assert.Equal(1, _source.Subscriptions);
        _trigger.OnNext(Unit.Default);
        Assert.Equal((2, 1), (_source.Subscriptions, _source.Active));
    }

    [Fact]
    public void A_trigger_that_fires_while_it_is_subscribed_to_joins_the_first_run()
    {
        var source = new Source<int>((observer, n) => { observer.OnNext(n); observer.OnCompleted(); });
        using var trigger = new BehaviorSubject<Unit>(Unit.Default);
        using IDisposable subscription = source.RefetchOn(trigger).Subscribe(_heard);
        Assert.Equal([1], _heard.Values);
    }

    [Fact]
    public void A_trigger_from_inside_a_value_joins_the_run_that_gave_it()
    {
        var source = new Source<int>((observer, n) => { observer.OnNext(n); observer.OnCompleted(); });
        var heard = new Recorder<int>(_ => _trigger.OnNext(Unit.Default));
        using IDisposable subscription = source.RefetchOn(_trigger).Subscribe(heard);
        Assert.Equal([1], heard.Values);
    }

    [Fact]
    public void It_completes_when_the_trigger_and_then_the_run_have()
    {
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(_heard);
        _trigger.OnCompleted();
        _source.Observer.OnNext(1);
        Assert.False(_heard.Ended);
        _source.Observer.OnCompleted();
        Assert.Equal([1], _heard.Values);
        Assert.True(_heard.Completed);
    }

    [Fact]
    public void It_completes_when_the_run_and_then_the_trigger_have()
    {
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(_heard);
        _source.Observer.OnCompleted();
        Assert.False(_heard.Ended);
        _trigger.OnCompleted();
        Assert.True(_heard.Completed);
    }

    [Fact]
    public void An_error_of_a_run_ends_the_stream_and_lets_the_trigger_go()
    {
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(_heard);
        _source.Observer.OnError(Failure);
        Assert.Same(Failure, _heard.Error);
        Assert.False(_trigger.HasObservers);
    }

    [Fact]
    public void An_error_of_the_trigger_ends_the_stream_and_the_run()
    {
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(_heard);
        _trigger.OnError(Failure);
        Assert.Same(Failure, _heard.Error);
        Assert.Equal(0, _source.Active);

        var refused = new Recorder<int>();
        using IDisposable other = _source.RefetchOn(new Source<Unit>((_, _) => throw Failure)).Subscribe(refused);
        Assert.Same(Failure, refused.Error);
        Assert.Equal(1, _source.Subscriptions);
    }

    [Fact]
    public void An_error_of_the_trigger_from_inside_a_value_comes_after_that_value()
    {
        var log = new List<string>();
        var heard = new Recorder<int>(value => { _trigger.OnError(Failure); log.Add($"end of {value}"); }, () => log.Add("error"));
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(heard);
        _source.Observer.OnNext(1);
        _source.Observer.OnNext(2);
        Assert.Equal(["end of 1", "error"], log);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void A_value_from_inside_a_value_is_not_lost()
    {
        var heard = new Recorder<int>(value => { if (value == 1) _source.Observer.OnNext(2); });
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(heard);
        _source.Observer.OnNext(1);
        Assert.Equal([1, 2], heard.Values);
    }

    [Fact]
    public void A_late_signal_of_a_run_that_has_ended_is_not_taken_for_one_of_the_next()
    {
        using IDisposable subscription = _source.RefetchOn(_trigger).Subscribe(_heard);
        IObserver<int> first = _source.Observer;
        first.OnCompleted();
        _trigger.OnNext(Unit.Default);
        first.OnNext(1);
        first.OnCompleted();
        first.OnError(Failure);
        _trigger.OnNext(Unit.Default);
        Assert.Equal((2, 1), (_source.Subscriptions, _source.Active));
        Assert.Empty(_heard.Values);
        Assert.False(_heard.Ended);
    }

    [Fact]
    public void An_error_of_the_trigger_never_overlaps_a_value_on_another_thread()
    {
        for (int round = 0; round < 300; round++)
        {
            var source = new Source<int>();
            using var trigger = new Subject<Unit>();
            var heard = new Recorder<int>();
            using IDisposable subscription = source.RefetchOn(trigger).Subscribe(heard);
            Race.Run(() => trigger.OnError(Failure), () =>
            {
                for (int i = 0; i < 50; i++) source.Observer.OnNext(i);
            });
            Assert.Same(Failure, heard.Error);
            Assert.Empty(heard.Violations);
            Assert.Equal(0, source.Active);
        }
    }

    [Fact]
    public void Triggers_from_another_thread_never_run_two_at_a_time()
    {
        int running = 0;
        int most = 0;
        var source = Observable.Create<int>(observer =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            observer.OnNext(0);
            Interlocked.Decrement(ref running);
            observer.OnCompleted();
            return () => { };
        });
        using IDisposable subscription = source.RefetchOn(Subject.Synchronize(_trigger)).Subscribe(_heard);
        Race.Run(Fire, Fire);
        Assert.Equal(1, most);
        Assert.Empty(_heard.Violations);

        void Fire()
        {
            for (int i = 0; i < 1_000; i++)
            {
                lock (_trigger) _trigger.OnNext(Unit.Default);
            }
        }
    }
}
