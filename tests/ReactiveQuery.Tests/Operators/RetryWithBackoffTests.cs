using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Operators;

public class RetryWithBackoffTests : OperatorContract
{
    private static readonly InvalidOperationException Failure = new("boom");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HistoricalScheduler _scheduler = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.RetryWithBackoff(RetryPolicy.None, _scheduler);

    protected override void Settle() => _scheduler.Start();

    protected override Exception? SourceError(Exception? error) => Assert.IsType<RetryExhaustedException>(error).InnerException;

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        IObservable<int> source = Observable.Never<int>();
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.RetryWithBackoff<int>(null!, RetryPolicy.Default, _scheduler));
        Assert.Throws<ArgumentNullException>("policy", () => source.RetryWithBackoff(null!, _scheduler));
        Assert.Throws<ArgumentNullException>("scheduler", () => source.RetryWithBackoff(RetryPolicy.Default, null!));
        Assert.Throws<ArgumentOutOfRangeException>("MaxDelay", () => source.RetryWithBackoff(RetryPolicy.Default with { MaxDelay = TimeSpan.Zero }, _scheduler));
    }

    [Fact]
    public void It_waits_1_2_4_seconds_and_gives_up_after_the_third_retry()
    {
        var starts = new List<double>();
        DateTimeOffset begin = _scheduler.Clock;
        var source = new Source<int>((observer, _) => { starts.Add((_scheduler.Clock - begin).TotalSeconds); observer.OnError(Failure); });
        Recorder<int> heard = Run(source.RetryWithBackoff(RetryPolicy.Default, _scheduler));
        Assert.Equal([0, 1, 3, 7], starts);
        RetryExhaustedException error = Assert.IsType<RetryExhaustedException>(heard.Error);
        Assert.Equal(4, error.Attempts);
        Assert.Same(Failure, error.InnerException);
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void A_value_starts_the_count_anew()
    {
        var source = new Source<int>((observer, n) =>
        {
            if (n % 2 == 0) observer.OnNext(n);
            observer.OnError(Failure);
        });
        var heard = new Recorder<int>();
        using (source.RetryWithBackoff(RetryPolicy.Fixed(TimeSpan.FromSeconds(1), 2), _scheduler).Subscribe(heard)) _scheduler.AdvanceBy(TimeSpan.FromSeconds(20));
        Assert.Equal([2, 4, 6, 8, 10, 12, 14, 16, 18, 20], heard.Values);
        Assert.False(heard.Ended);
    }

    [Fact]
    public void The_attempt_before_is_disposed_before_the_wait_begins()
    {
        var source = new Source<int>();
        using IDisposable subscription = source.RetryWithBackoff(RetryPolicy.Default, _scheduler).Subscribe(new Recorder<int>());
        source.Observer.OnError(Failure);
        Assert.Equal((1, 0), (source.Subscriptions, source.Active));
        _scheduler.Start();
        Assert.Equal((2, 1), (source.Subscriptions, source.Active));
    }

    [Fact]
    public void A_refused_error_ends_the_stream_at_once()
    {
        var source = new Source<int>((observer, _) => observer.OnError(Failure));
        Recorder<int> heard = Run(source.RetryWithBackoff(RetryPolicy.Default with { ShouldRetry = e => e is not InvalidOperationException }, _scheduler));
        NonRetryableException error = Assert.IsType<NonRetryableException>(heard.Error);
        Assert.Equal((1, Failure, null), (error.Attempts, error.InnerException, error.CallbackError));
        Assert.Equal(1, source.Subscriptions);
    }

    [Fact]
    public void A_schedule_of_ones_own_is_asked_with_the_number_of_the_retry_and_the_error()
    {
        var asked = new List<(int, Exception)>();
        var policy = RetryPolicy.Custom((n, e) => { asked.Add((n, e)); return TimeSpan.FromSeconds(10 * n); }, 2);
        DateTimeOffset begin = _scheduler.Clock;
        Recorder<int> heard = Run(Observable.Throw<int>(Failure).RetryWithBackoff(policy, _scheduler));
        Assert.Equal([(1, Failure), (2, Failure)], asked);
        Assert.Equal(TimeSpan.FromSeconds(30), _scheduler.Clock - begin);
        Assert.IsType<RetryExhaustedException>(heard.Error);
    }

    [Fact]
    public void Jitter_comes_from_the_given_random_source_and_is_asked_for_only_with_jitter()
    {
        DateTimeOffset begin = _scheduler.Clock;
        Run(Observable.Throw<int>(Failure).RetryWithBackoff(RetryPolicy.ExponentialWithJitter(maxRetries: 2), _scheduler, () => 0.25));
        Assert.Equal(TimeSpan.FromSeconds(0.75), _scheduler.Clock - begin);
        Recorder<int> steady = Run(Observable.Throw<int>(Failure).RetryWithBackoff(RetryPolicy.Default, _scheduler, () => throw new FormatException()));
        Assert.IsType<RetryExhaustedException>(steady.Error);
        Recorder<int> own = Run(Observable.Throw<int>(Failure).RetryWithBackoff(RetryPolicy.ExponentialWithJitter(), _scheduler));
        Assert.IsType<RetryExhaustedException>(own.Error);
    }

    public static TheoryData<string, RetryPolicy> ThrowingCallbacks { get; } = new()
    {
        { nameof(RetryPolicy.ShouldRetry), RetryPolicy.Default with { ShouldRetry = _ => throw new FormatException() } },
        { nameof(RetryPolicy.Schedule), RetryPolicy.Custom((_, _) => throw new FormatException()) },
        { "random", RetryPolicy.ExponentialWithJitter() },
    };

    [Theory]
    [MemberData(nameof(ThrowingCallbacks))]
    public void A_callback_that_throws_ends_the_stream_and_both_errors_are_told(string which, RetryPolicy policy)
    {
        Recorder<int> heard = Run(Observable.Throw<int>(Failure).RetryWithBackoff(policy, _scheduler, () => throw new FormatException()));
        NonRetryableException error = Assert.IsType<NonRetryableException>(heard.Error);
        Assert.Same(Failure, error.InnerException);
        Assert.True(error.CallbackError is FormatException, which);
    }

    [Fact]
    public void A_negative_delay_from_a_schedule_counts_as_a_callback_that_threw()
    {
        Recorder<int> heard = Run(Observable.Throw<int>(Failure).RetryWithBackoff(RetryPolicy.Custom((_, _) => TimeSpan.FromTicks(-1)), _scheduler));
        NonRetryableException error = Assert.IsType<NonRetryableException>(heard.Error);
        Assert.Contains(nameof(RetryPolicy.Schedule), Assert.IsType<InvalidOperationException>(error.CallbackError).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheduler_that_throws_ends_the_stream_instead_of_hanging_it()
    {
        using var dead = new EventLoopScheduler();
        dead.Dispose();
        var heard = new Recorder<int>();
        using IDisposable subscription = Observable.Throw<int>(Failure).RetryWithBackoff(RetryPolicy.Default, dead).Subscribe(heard);
        NonRetryableException error = Assert.IsType<NonRetryableException>(heard.Error);
        Assert.Same(Failure, error.InnerException);
        Assert.IsType<ObjectDisposedException>(error.CallbackError);
    }

    [Fact]
    public void Ten_thousand_synchronous_failures_without_delay_need_no_scheduler_and_no_stack()
    {
        const int Failures = 10_000;
        var source = new Source<int>((observer, n) =>
        {
            if (n <= Failures)
            {
                observer.OnError(Failure);
            }
            else
            {
                observer.OnNext(n);
                observer.OnCompleted();
            }
        });
        var heard = new Recorder<int>();
        using IDisposable subscription = source.RetryWithBackoff(RetryPolicy.Fixed(TimeSpan.Zero, RetryPolicy.Forever), _scheduler).Subscribe(heard);
        Assert.Equal([Failures + 1], heard.Values);
        Assert.True(heard.Completed);
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void Disposal_during_synchronous_failures_stops_them()
    {
        var subscription = new SingleAssignmentDisposable();
        var source = new Source<int>((observer, n) =>
        {
            if (n == 1) return;
            if (n == 5_000) subscription.Dispose();
            observer.OnError(Failure);
        });
        subscription.Disposable = source.RetryWithBackoff(RetryPolicy.Fixed(TimeSpan.Zero, RetryPolicy.Forever), _scheduler).Subscribe(new Recorder<int>());
        source.Observer.OnError(Failure);
        Assert.Equal((5_000, 0), (source.Subscriptions, source.Active));
    }

    [Fact]
    public void Disposal_from_another_thread_stops_a_storm_of_synchronous_failures()
    {
        using var begun = new ManualResetEventSlim();
        var source = new Source<int>((observer, n) =>
        {
            if (n == 1) return;
            if (n == 100) begun.Set();
            observer.OnError(Failure);
        });
        IDisposable subscription = source.RetryWithBackoff(RetryPolicy.Fixed(TimeSpan.Zero, RetryPolicy.Forever), _scheduler).Subscribe(new Recorder<int>());
        Race.Run(() => source.Observer.OnError(Failure), () =>
        {
            Assert.True(begun.Wait(Patience));
            subscription.Dispose();
        });
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void Disposal_during_the_wait_leaves_nothing_scheduled()
    {
        var source = new Source<int>((observer, _) => observer.OnError(Failure));
        IDisposable subscription = source.RetryWithBackoff(RetryPolicy.Fixed(TimeSpan.FromDays(60)), _scheduler).Subscribe(new Recorder<int>());
        _scheduler.AdvanceBy(TimeSpan.FromDays(3));
        DateTimeOffset before = _scheduler.Clock;
        subscription.Dispose();
        _scheduler.Start();
        Assert.Equal(before, _scheduler.Clock);
        Assert.Equal(1, source.Subscriptions);
    }

    [Fact]
    public void Disposal_by_a_callback_of_the_policy_schedules_nothing()
    {
        var subscription = new SingleAssignmentDisposable();
        var source = new Source<int>();
        subscription.Disposable = source
            .RetryWithBackoff(RetryPolicy.Default with { ShouldRetry = _ => { subscription.Dispose(); return true; } }, _scheduler)
            .Subscribe(new Recorder<int>());
        DateTimeOffset before = _scheduler.Clock;
        source.Observer.OnError(Failure);
        _scheduler.Start();
        Assert.Equal(before, _scheduler.Clock);
        Assert.Equal((1, 0), (source.Subscriptions, source.Active));
    }

    [Fact]
    public void A_delay_of_sixty_days_ends_exactly()
    {
        DateTimeOffset begin = _scheduler.Clock;
        var source = new Source<int>((observer, n) =>
        {
            if (n == 1) observer.OnError(Failure);
            else observer.OnCompleted();
        });
        Recorder<int> heard = Run(source.RetryWithBackoff(RetryPolicy.Fixed(TimeSpan.FromDays(60)), _scheduler));
        Assert.True(heard.Completed);
        Assert.Equal(TimeSpan.FromDays(60), _scheduler.Clock - begin);
    }

    [Fact]
    public void A_source_that_fails_twice_is_retried_once()
    {
        var source = new Source<int>();
        using IDisposable subscription = source.RetryWithBackoff(RetryPolicy.Default, _scheduler).Subscribe(new Recorder<int>());
        IObserver<int> first = source.Observer;
        first.OnError(Failure);
        first.OnError(Failure);
        _scheduler.Start();
        Assert.Equal((2, 1), (source.Subscriptions, source.Active));
    }

    [Fact]
    public void A_late_value_of_an_attempt_that_failed_is_dropped()
    {
        var source = new Source<int>();
        var heard = new Recorder<int>();
        using IDisposable subscription = source.RetryWithBackoff(RetryPolicy.Default, _scheduler).Subscribe(heard);
        IObserver<int> first = source.Observer;
        first.OnError(Failure);
        _scheduler.Start();
        first.OnNext(1);
        first.OnCompleted();
        source.Observer.OnNext(2);
        Assert.Equal([2], heard.Values);
        Assert.False(heard.Ended);
    }

    [Fact]
    public void An_attempt_that_fails_on_another_thread_before_its_Subscribe_returns_is_retried()
    {
        var source = new Source<int>((observer, n) => Race.Run(() =>
        {
            if (n < 50) observer.OnError(Failure);
            else observer.OnNext(n);
        }));
        var heard = new Recorder<int>();
        using (source.RetryWithBackoff(RetryPolicy.Fixed(TimeSpan.Zero, RetryPolicy.Forever), _scheduler).Subscribe(heard)) Assert.Equal([50], heard.Values);
        Assert.Equal(0, source.Active);
    }

    [Fact]
    public void The_engine_hears_each_retry_before_its_wait_and_gets_the_original_error()
    {
        var retries = new List<(Exception, int, TimeSpan)>();
        DateTimeOffset begin = _scheduler.Clock;
        Recorder<int> heard = Run(QueryObservable.RetryWithBackoff(
            Observable.Throw<int>(Failure), RetryPolicy.Default, _scheduler, null, (e, n) => { retries.Add((e, n, _scheduler.Clock - begin)); return true; }));
        Assert.Equal([(Failure, 1, TimeSpan.Zero), (Failure, 2, TimeSpan.FromSeconds(1)), (Failure, 3, TimeSpan.FromSeconds(3))], retries);
        Assert.Same(Failure, heard.Error);
    }

    [Fact]
    public void The_engine_may_give_up_with_the_original_error()
    {
        var source = new Source<int>((observer, _) => observer.OnError(Failure));
        Recorder<int> heard = Run(QueryObservable.RetryWithBackoff(source, RetryPolicy.Default, _scheduler, null, (_, n) => n < 2));
        Assert.Same(Failure, heard.Error);
        Assert.Equal(2, source.Subscriptions);
    }

    [Fact]
    public void The_engine_gets_the_original_error_and_the_hook_what_a_callback_threw()
    {
        var thrown = new List<Exception>();
        RetryPolicy policy = RetryPolicy.Default with { ShouldRetry = _ => throw new FormatException() };
        Recorder<int> heard = Run(QueryObservable.RetryWithBackoff(Observable.Throw<int>(Failure), policy, _scheduler, null, (_, _) => true, thrown.Add));
        Assert.Same(Failure, heard.Error);
        Assert.IsType<FormatException>(Assert.Single(thrown));
    }
}
