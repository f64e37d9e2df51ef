using System.Collections.Concurrent;

namespace ReactiveQuery.Tests.Cache;

/// <summary>The delivery rule on its own: serialized per observer, in order, outside the lock. Seen through <see cref="LatestSubject{T}"/>.</summary>
public class DeliveryTests
{
    [Fact]
    public void The_latest_value_is_delivered_before_subscribe_returns()
    {
        var subject = new LatestSubject<int>();
        subject.OnNext(1);
        subject.OnNext(2);
        List<int> seen = [];
        subject.Subscribe(System.Reactive.Observer.Create<int>(seen.Add));
        Assert.Equal([2], seen);
    }

    [Fact]
    public void An_observer_that_joined_before_the_first_value_misses_none()
    {
        var subject = new LatestSubject<int>();
        List<int> seen = [];
        subject.Subscribe(System.Reactive.Observer.Create<int>(seen.Add));
        subject.OnNext(1);
        subject.OnNext(2);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public void A_reentrant_value_is_seen_in_order_by_everyone()
    {
        var subject = new LatestSubject<int>();
        List<string> seen = [];
        subject.Subscribe(System.Reactive.Observer.Create<int>(value =>
        {
            seen.Add($"A{value}");
            if (value == 1) subject.OnNext(2);
        }));
        subject.Subscribe(System.Reactive.Observer.Create<int>(value => seen.Add($"B{value}")));
        subject.OnNext(1);
        Assert.Equal(["A1", "B1", "B2", "A2"], seen);
    }

    [Fact]
    public void Nothing_comes_after_dispose_not_even_what_was_committed_before()
    {
        var subject = new LatestSubject<int>();
        List<int> seen = [];
        IDisposable? own = null;
        own = subject.Subscribe(System.Reactive.Observer.Create<int>(value =>
        {
            seen.Add(value);
            subject.OnNext(value + 1);
            own!.Dispose();
        }));
        subject.OnNext(1);
        subject.OnNext(9);
        Assert.Equal([1], seen);
        Assert.Equal(0, subject.ObserverCount);
    }

    [Fact]
    public async Task A_blocked_observer_delays_itself_only()
    {
        var subject = new LatestSubject<int>();
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        ConcurrentQueue<int> slow = [], quick = [];
        subject.Subscribe(System.Reactive.Observer.Create<int>(value =>
        {
            slow.Enqueue(value);
            entered.Set();
            release.Wait(TimeSpan.FromSeconds(30));
        }));
        subject.Subscribe(System.Reactive.Observer.Create<int>(quick.Enqueue));

        var blocked = Task.Run(() => subject.OnNext(1));
        Assert.True(entered.Wait(TimeSpan.FromSeconds(30)));
        subject.OnNext(2);
        Assert.Equal([1, 2], quick);
        Assert.Equal([1], slow);

        release.Set();
        await blocked.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([1, 2], slow);
    }

    [Fact]
    public async Task The_call_that_another_thread_is_in_when_dispose_returns_is_the_last()
    {
        var subject = new LatestSubject<int>();
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        ConcurrentQueue<int> seen = [];
        var subscription = subject.Subscribe(System.Reactive.Observer.Create<int>(value =>
        {
            seen.Enqueue(value);
            entered.Set();
            release.Wait(TimeSpan.FromSeconds(30));
        }));

        var inside = Task.Run(() => subject.OnNext(1));
        Assert.True(entered.Wait(TimeSpan.FromSeconds(30)));
        subject.OnNext(2);
        subscription.Dispose();
        subject.OnNext(3);
        release.Set();
        await inside.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([1], seen);
    }

    [Fact]
    public void An_observer_that_throws_harms_nobody_and_is_reported()
    {
        List<Exception> reported = [];
        var subject = new LatestSubject<int>(reported.Add);
        List<int> seen = [];
        var boom = new InvalidOperationException();
        subject.Subscribe(System.Reactive.Observer.Create<int>(_ => throw boom));
        subject.Subscribe(System.Reactive.Observer.Create<int>(seen.Add));
        subject.OnNext(1);
        subject.OnNext(2);
        Assert.Equal([1, 2], seen);
        Assert.Equal([boom, boom], reported);
    }

    [Fact]
    public void Without_a_hook_the_others_are_served_before_the_exception_reaches_the_caller()
    {
        var subject = new LatestSubject<int>();
        List<int> seen = [];
        subject.Subscribe(System.Reactive.Observer.Create<int>(_ => throw new InvalidOperationException("boom")));
        subject.Subscribe(System.Reactive.Observer.Create<int>(seen.Add));
        Assert.Equal("boom", Assert.Throws<InvalidOperationException>(() => subject.OnNext(1)).Message);
        Assert.Equal([1], seen);
    }

    [Fact]
    public void The_end_is_told_once_and_to_latecomers_too()
    {
        var subject = new LatestSubject<int>();
        List<string> seen = [];
        subject.Subscribe(System.Reactive.Observer.Create<int>(_ => { }, () => seen.Add("early")));
        subject.End();
        subject.End();
        subject.OnNext(1);
        subject.Subscribe(System.Reactive.Observer.Create<int>(v => seen.Add($"{v}"), () => seen.Add("late")));
        Assert.Equal(["early", "late"], seen);
        Assert.False(subject.TryGetLatest(out _));
    }

    [Fact]
    public void Without_replay_a_newcomer_sees_what_follows_only()
    {
        var subject = new LatestSubject<int>(replaysLatest: false);
        subject.OnNext(1);
        List<int> seen = [];
        subject.Subscribe(System.Reactive.Observer.Create<int>(seen.Add));
        subject.OnNext(2);
        Assert.Equal([2], seen);
    }

    [Fact]
    public void Two_threads_never_overlap_in_one_observer_and_lose_nothing()
    {
        const int Each = 20_000;
        var subject = new LatestSubject<int>();
        var (inside, overlaps, count) = (0, 0, 0);
        subject.Subscribe(System.Reactive.Observer.Create<int>(_ =>
        {
            if (Interlocked.Increment(ref inside) != 1) overlaps++;
            count++;
            Interlocked.Decrement(ref inside);
        }));
        Parallel.Invoke(
            () => { for (var i = 0; i < Each; i++) subject.OnNext(i); },
            () => { for (var i = 0; i < Each; i++) subject.OnNext(i); });
        Assert.Equal((0, 2 * Each), (overlaps, count));
    }

    [Fact]
    public void A_disposed_subscription_keeps_its_observer_alive_no_longer()
    {
        var subject = new LatestSubject<int>();
        var (subscription, observer) = Subscribe(subject);
        subscription.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(observer.IsAlive);
        GC.KeepAlive(subscription);
        GC.KeepAlive(subject);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static (IDisposable, WeakReference) Subscribe(LatestSubject<int> subject)
        {
            var observer = new Nobody();
            return (subject.Subscribe(observer), new WeakReference(observer));
        }
    }

    private sealed class Nobody : IObserver<int>
    {
        public void OnCompleted() { }
        public void OnError(Exception error) { }
        public void OnNext(int value) { }
    }
}
