using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Operators;

public class PauseWhileTests : OperatorContract
{
    private readonly Source<int> _source = new();
    private readonly Recorder<int> _heard = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.PauseWhile(Observable.Return(false));

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.PauseWhile<int>(null!, Observable.Never<bool>()));
        Assert.Throws<ArgumentNullException>("paused", () => _source.PauseWhile(null!));
    }

    [Fact]
    public void It_subscribes_when_the_pause_ends_and_lets_the_condition_go_before()
    {
        using var paused = new BehaviorSubject<bool>(true);
        bool conditionHeld = true;
        var source = new Source<int>((observer, _) => { conditionHeld = paused.HasObservers; observer.OnNext(1); });
        using IDisposable subscription = source.PauseWhile(paused).Subscribe(_heard);
        Assert.Equal(0, source.Subscriptions);
        paused.OnNext(false);
        Assert.Equal([1], _heard.Values);
        Assert.False(conditionHeld);
    }

    [Fact]
    public void What_has_started_is_not_interrupted_and_a_flapping_connection_starts_it_once()
    {
        using var paused = new BehaviorSubject<bool>(true);
        using IDisposable subscription = _source.PauseWhile(paused).Subscribe(_heard);
        foreach (bool value in new[] { true, false, true, false, true }) paused.OnNext(value);
        _source.Observer.OnNext(1);
        Assert.Equal([1], _heard.Values);
        Assert.Equal((1, 1), (_source.Subscriptions, _source.Active));
        Assert.False(paused.HasObservers);
    }

    [Fact]
    public void A_condition_without_a_value_does_not_pause()
    {
        var paused = new Subject<bool>();
        using IDisposable subscription = _source.PauseWhile(paused).Subscribe(_heard);
        Assert.Equal(1, _source.Subscriptions);
        Assert.False(paused.HasObservers);
    }

    [Fact]
    public void A_condition_that_completes_while_paused_counts_as_resumed()
    {
        using var paused = new BehaviorSubject<bool>(true);
        using IDisposable subscription = _source.PauseWhile(paused).Subscribe(_heard);
        paused.OnCompleted();
        Assert.Equal(1, _source.Subscriptions);
        Assert.Equal(1, Subscriptions(Observable.Empty<bool>()));
        Assert.Equal(1, Subscriptions(Observable.Return(true)));
    }

    [Fact]
    public void Only_the_last_value_during_the_subscription_to_the_condition_counts()
    {
        Assert.Equal(1, Subscriptions(new Source<bool>((observer, _) => { observer.OnNext(true); observer.OnNext(false); })));
        Assert.Equal(0, Subscriptions(new Source<bool>((observer, _) => { observer.OnNext(false); observer.OnNext(true); })));
    }

    [Fact]
    public void A_condition_that_fails_ends_the_stream_and_the_source_is_never_subscribed_to()
    {
        var failure = new InvalidOperationException();
        using var paused = new BehaviorSubject<bool>(true);
        using IDisposable subscription = _source.PauseWhile(paused).Subscribe(_heard);
        paused.OnError(failure);
        Assert.Same(failure, _heard.Error);

        var atOnce = new Recorder<int>();
        using IDisposable other = _source.PauseWhile(Observable.Throw<bool>(failure)).Subscribe(atOnce);
        Assert.Same(failure, atOnce.Error);

        var thrown = new Recorder<int>();
        using IDisposable third = _source.PauseWhile(new Source<bool>((_, _) => throw failure)).Subscribe(thrown);
        Assert.Same(failure, thrown.Error);
        Assert.Equal(0, _source.Subscriptions);
    }

    [Fact]
    public void A_condition_that_fails_after_the_start_changes_nothing()
    {
        var paused = new Source<bool>();
        using IDisposable subscription = _source.PauseWhile(paused).Subscribe(_heard);
        paused.Observer.OnError(new InvalidOperationException());
        _source.Observer.OnNext(1);
        Assert.Equal([1], _heard.Values);
        Assert.False(_heard.Ended);
    }

    [Fact]
    public void Disposal_while_paused_lets_the_condition_go_and_nothing_starts()
    {
        using var paused = new BehaviorSubject<bool>(true);
        _source.PauseWhile(paused).Subscribe(_heard).Dispose();
        Assert.False(paused.HasObservers);
        paused.OnNext(false);
        Assert.Equal(0, _source.Subscriptions);
    }

    [Fact]
    public void The_engine_hears_of_the_pause_and_of_its_end_just_before_the_start()
    {
        var log = new List<string>();
        using var paused = new BehaviorSubject<bool>(true);
        var source = new Source<int>((_, _) => log.Add("subscribed"));
        using IDisposable subscription = source.PauseWhile(paused, p => log.Add($"paused {p}")).Subscribe(_heard);
        paused.OnNext(true);
        paused.OnNext(false);
        Assert.Equal(["paused True", "paused False", "subscribed"], log);

        log.Clear();
        using IDisposable unpaused = source.PauseWhile(Observable.Return(false), p => log.Add($"paused {p}")).Subscribe(_heard);
        Assert.Equal(["subscribed"], log);
    }

    [Fact]
    public void Disposal_when_told_of_the_pause_or_of_its_end_starts_nothing()
    {
        foreach (bool at in new[] { true, false })
        {
            using var paused = new BehaviorSubject<bool>(true);
            var stop = new System.Reactive.Disposables.SingleAssignmentDisposable();
            stop.Disposable = _source.PauseWhile(paused, p => { if (p == at) stop.Dispose(); }).Subscribe(_heard);
            paused.OnNext(false);
            Assert.Equal(0, _source.Subscriptions);
            Assert.False(paused.HasObservers);
        }
    }

    [Fact]
    public void A_resume_before_the_wait_has_quite_begun_is_not_missed()
    {
        using var paused = new BehaviorSubject<bool>(true);
        using IDisposable subscription = _source.PauseWhile(paused, isPaused => { if (isPaused) paused.OnNext(false); }).Subscribe(_heard);
        Assert.Equal(1, _source.Subscriptions);
    }

    [Fact]
    public void The_source_is_not_subscribed_to_from_inside_the_subscription_to_the_condition()
    {
        bool inside = false;
        bool startedInside = false;
        var paused = new Source<bool>((observer, _) => { inside = true; observer.OnNext(true); observer.OnNext(false); inside = false; });
        var source = new Source<int>((_, _) => startedInside = inside);
        using IDisposable subscription = source.PauseWhile(paused).Subscribe(_heard);
        Assert.Equal(1, source.Subscriptions);
        Assert.False(startedInside);
    }

    [Fact]
    public void A_resume_that_races_with_the_subscription_starts_the_source_exactly_once()
    {
        for (int round = 0; round < 500; round++)
        {
            using var paused = new BehaviorSubject<bool>(true);
            var source = new Source<int>();
            IDisposable? subscription = null;
            Race.Run(() => paused.OnNext(false), () => subscription = source.PauseWhile(paused).Subscribe(new Recorder<int>()));
            Assert.Equal((1, 1), (source.Subscriptions, source.Active));
            subscription!.Dispose();
            Assert.Equal(0, source.Active);
        }
    }

    [Fact]
    public void A_condition_that_fails_on_another_thread_never_overlaps_the_source()
    {
        for (int round = 0; round < 300; round++)
        {
            using var paused = new BehaviorSubject<bool>(true);
            var source = new Source<int>((observer, _) => observer.OnNext(1));
            var heard = new Recorder<int>();
            Race.Run(() => paused.OnError(new InvalidOperationException()), () => source.PauseWhile(paused).Subscribe(heard));
            Assert.NotNull(heard.Error);
            Assert.Empty(heard.Values);
            Assert.Empty(heard.Violations);
        }
    }

    [Fact]
    public void It_works_where_the_values_are_of_the_type_of_the_condition()
    {
        var heard = new Recorder<bool>();
        using IDisposable subscription = Observable.Return(true).PauseWhile(Observable.Return(false)).Subscribe(heard);
        Assert.Equal([true], heard.Values);
    }

    private static int Subscriptions(IObservable<bool> paused)
    {
        var source = new Source<int>();
        using IDisposable subscription = source.PauseWhile(paused).Subscribe(new Recorder<int>());
        return source.Subscriptions;
    }
}
