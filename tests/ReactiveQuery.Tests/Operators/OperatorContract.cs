using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Operators;

/// <summary>The questions that every operator is asked. An operator's test class says how the operator is applied.</summary>
public abstract class OperatorContract
{
    private readonly InvalidOperationException _failure = new("boom");

    /// <summary>The operator with arguments under which it passes everything on.</summary>
    protected abstract IObservable<int> Apply(IObservable<int> source);

    /// <summary>Lets the operator's scheduler do what it has to do.</summary>
    protected virtual void Settle()
    {
    }

    /// <summary>Whether an error takes the place of values that have yet to be delivered.</summary>
    protected virtual bool ErrorsOvertake => false;

    /// <summary>The source's error in what the operator made of it.</summary>
    protected virtual Exception? SourceError(Exception? error) => error;

    [Fact]
    public void A_null_observer_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => Apply(Observable.Never<int>()).Subscribe(null!));

    [Fact]
    public void Nothing_is_subscribed_to_before_someone_subscribes()
    {
        var source = new Source<int>();
        IObservable<int> result = Apply(source);
        Settle();
        Assert.Equal(0, source.Subscriptions);
        using IDisposable subscription = result.Subscribe(new Recorder<int>());
        Settle();
        Assert.Equal(1, source.Subscriptions);
    }

    [Fact]
    public void An_empty_source_completes()
    {
        Recorder<int> heard = Run(Apply(Observable.Empty<int>()));
        Assert.Empty(heard.Values);
        Assert.True(heard.Completed);
    }

    [Fact]
    public void A_silent_source_stays_silent()
    {
        Recorder<int> heard = Run(Apply(Observable.Never<int>()));
        Assert.Empty(heard.Values);
        Assert.False(heard.Ended);
    }

    [Fact]
    public void An_error_is_passed_on_after_the_values_before_it()
    {
        Recorder<int> heard = Run(Apply(Observable.Return(1).Concat(Observable.Throw<int>(_failure))));
        Assert.Equal(!ErrorsOvertake, heard.Values is [.., 1]);
        Assert.Same(_failure, SourceError(heard.Error));
    }

    [Fact]
    public void Values_that_come_later_and_the_completion_are_passed_on_and_the_source_is_let_go()
    {
        var source = new Source<int>();
        var heard = new Recorder<int>();
        using IDisposable subscription = Apply(source).Subscribe(heard);
        foreach (int value in new[] { 1, 2, 3 })
        {
            source.Observer.OnNext(value);
            Settle();
        }

        source.Observer.OnCompleted();
        Settle();
        Assert.Equal([1, 2, 3], heard.Values);
        Assert.True(heard.Completed);
        Assert.Equal(0, source.Active);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void A_source_whose_Subscribe_throws_is_a_source_that_fails()
    {
        Recorder<int> heard = Run(Apply(new Source<int>((_, _) => throw _failure)));
        Assert.Same(_failure, SourceError(heard.Error));
    }

    [Fact]
    public void Disposal_midway_lets_the_source_go_and_silences_it()
    {
        var source = new Source<int>();
        var heard = new Recorder<int>();
        IDisposable subscription = Apply(source).Subscribe(heard);
        source.Observer.OnNext(1);
        Settle();
        subscription.Dispose();
        subscription.Dispose();
        source.Observer.OnNext(2);
        source.Observer.OnError(_failure);
        Settle();
        Assert.Equal([1], heard.Values);
        Assert.False(heard.Ended);
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void Disposal_from_inside_a_value_silences_a_source_that_goes_on()
    {
        var source = new Source<int>();
        var subscription = new SingleAssignmentDisposable();
        var heard = new Recorder<int>(_ => subscription.Dispose());
        subscription.Disposable = Apply(source).Subscribe(heard);
        source.Observer.OnNext(1);
        Settle();
        source.Observer.OnNext(2);
        source.Observer.OnCompleted();
        Settle();
        Assert.Equal([1], heard.Values);
        Assert.False(heard.Ended);
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void A_source_that_ends_before_its_Subscribe_returns_is_let_go()
    {
        var source = new Source<int>((observer, _) => { observer.OnNext(1); observer.OnCompleted(); });
        Recorder<int> heard = Run(Apply(source));
        Assert.Equal([1], heard.Values);
        Assert.True(heard.Completed);
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void A_source_that_goes_on_after_its_end_is_not_heard()
    {
        var source = new Source<int>();
        var heard = new Recorder<int>();
        using IDisposable subscription = Apply(source).Subscribe(heard);
        IObserver<int> observer = source.Observer;
        observer.OnCompleted();
        observer.OnNext(1);
        observer.OnError(_failure);
        observer.OnCompleted();
        Settle();
        Assert.Empty(heard.Values);
        Assert.True(heard.Completed);
        Assert.Null(heard.Error);
        Assert.Empty(heard.Violations);
    }

    [Fact]
    public void An_observer_that_throws_tells_the_emitter_and_hears_what_follows()
    {
        var source = new Subject<int>();
        var heard = new Recorder<int>(_ => throw _failure);
        using IDisposable subscription = Apply(source).Subscribe(heard);
        Exception? thrown = Record.Exception(() => { source.OnNext(1); Settle(); });
        Assert.Same(_failure, thrown);
        Assert.Same(_failure, Record.Exception(() => { source.OnNext(2); Settle(); }));
        Assert.Equal([1, 2], heard.Values);
        Assert.Null(heard.Error);
        Assert.Empty(heard.Violations);
        subscription.Dispose();
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void An_observer_that_throws_at_a_value_during_Subscribe_does_not_get_its_exception_back_as_an_error()
    {
        var source = new Source<int>((observer, _) => observer.OnNext(1));
        var heard = new Recorder<int>(_ => throw _failure);
        Exception? thrown = Record.Exception(() => { Apply(source).Subscribe(heard); Settle(); });
        Assert.Same(_failure, thrown);
        Assert.Equal([1], heard.Values);
        Assert.Null(heard.Error);
        Assert.Equal(1, source.Subscriptions);
    }

    [Fact]
    public void Every_subscriber_may_come_again_after_the_end()
    {
        IObservable<int> result = Apply(Observable.Return(7));
        Assert.Equal([7], Run(result).Values);
        Assert.Equal([7], Run(result).Values);
    }

    [Fact]
    public void Disposal_on_one_thread_while_another_emits_leaves_nothing_behind()
    {
        for (int round = 0; round < 100; round++)
        {
            var source = new Source<int>();
            var heard = new Recorder<int>();
            IDisposable subscription = Apply(source).Subscribe(heard);
            Race.Run(subscription.Dispose, () =>
            {
                for (int i = 0; i < 20; i++) source.Observer.OnNext(i);
                source.Observer.OnCompleted();
            });
            Settle();
            Assert.Empty(heard.Violations);
            Assert.Equal(0, source.Active);
        }
    }

    /// <summary>Subscribes, lets the scheduler work, and checks the contract.</summary>
    private protected Recorder<int> Run(IObservable<int> stream)
    {
        var heard = new Recorder<int>();
        using IDisposable subscription = stream.Subscribe(heard);
        Settle();
        Assert.Empty(heard.Violations);
        return heard;
    }
}
