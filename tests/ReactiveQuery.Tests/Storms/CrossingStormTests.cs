using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Storms;

/// <summary>A producer and a scheduler on a thread of its own that meet at every moment: no value is left behind, none comes twice or late, and at most one work item waits.</summary>
[Collection(AloneCollection.Name)]
public sealed class CrossingStormTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);
    private readonly Loop _loop = new();
    private readonly UiBoundary _boundary;

    public CrossingStormTests() => _boundary = UiBoundary.From(_loop, () => false);

    public void Dispose() => _loop.Dispose();

    [Theory]
    [InlineData(DispatchMode.LatestState)]
    [InlineData(DispatchMode.EveryState)]
    public void The_last_value_of_every_burst_arrives(DispatchMode mode)
    {
        var source = new Source<string>();
        var last = 0;
        var heard = new Recorder<string>(value =>
        {
            if (int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) is var number && number <= last) throw new InvalidOperationException($"{number} after {last}");
            Volatile.Write(ref last, number);
        });
        using var subscription = source.ObserveOnUi(_boundary, mode).Subscribe(heard);
        var sent = 0;
        for (var burst = 0; burst < 15_000; burst++)
        {
            for (var i = 0; i <= burst % 4; i++) source.Observer.OnNext($"{++sent}");
            Assert.True(IsSoon(() => Volatile.Read(ref last) == sent), $"{last} of {sent}");
        }

        _loop.Dispose();
        Assert.Equal(1, _loop.Most);
        Assert.Null(_loop.Thrown);
        Assert.Empty(heard.Violations);
        if (mode == DispatchMode.EveryState) Assert.Equal(sent, heard.Values.Count);
    }

    [Theory]
    [InlineData(DispatchMode.LatestState, true)]
    [InlineData(DispatchMode.LatestState, false)]
    [InlineData(DispatchMode.EveryState, true)]
    [InlineData(DispatchMode.EveryState, false)]
    public void The_end_arrives_once_and_after_the_last_value_whatever_the_scheduler_is_about(DispatchMode mode, bool completes)
    {
        using var ended = new ManualResetEventSlim();
        for (var round = 0; round < 5_000; round++)
        {
            ended.Reset();
            var source = new Source<string>();
            var heard = new Recorder<string>(onEnd: ended.Set);
            using var subscription = source.ObserveOnUi(_boundary, mode).Subscribe(heard);
            for (var i = 0; i < round % 3; i++) source.Observer.OnNext($"{i}");
            for (var i = 0; i < round % 7; i++) Thread.SpinWait(10);
            if (completes) source.Observer.OnCompleted();
            else source.Observer.OnError(new InvalidOperationException("boom"));

            Assert.True(ended.Wait(Long));
            Assert.Empty(heard.Violations);
            if (round % 3 > 0 && (completes || mode == DispatchMode.LatestState)) Assert.Equal($"{(round % 3) - 1}", heard.Values[^1]);
        }
    }

    [Theory]
    [InlineData(DispatchMode.LatestState)]
    [InlineData(DispatchMode.EveryState)]
    public void A_subscription_that_is_disposed_amid_values_is_called_no_more_and_keeps_none(DispatchMode mode)
    {
        var kept = new List<(IDisposable Subscription, WeakReference Value)>();
        for (var round = 0; round < 1_000; round++)
            kept.Add(DisposeAmidValues(mode, round));
        _loop.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Equal(0, kept.Count(pair => pair.Value.IsAlive));
        GC.KeepAlive(kept);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private (IDisposable Subscription, WeakReference Value) DisposeAmidValues(DispatchMode mode, int round)
    {
        var source = new Source<object>();
        var count = 0;
        var subscription = source.ObserveOnUi(_boundary, mode).Subscribe(new Counting(() => Interlocked.Increment(ref count)));
        var last = new object();
        Action produce = () =>
        {
            Thread.SpinWait(round / 2 % 20);
            source.Observer.OnNext(new object());
            source.Observer.OnNext(last);
        };
        Action leave = subscription.Dispose;
        Race.Run(round % 2 == 0 ? [produce, leave] : [leave, produce]); // The one that starts last tends to be the first.
        Assert.InRange(Volatile.Read(ref count), 0, 2);
        return (subscription, new WeakReference(last));
    }

    /// <summary>Waits without sleeping at first, so that the next burst meets the end of the last turn.</summary>
    private static bool IsSoon(Func<bool> condition)
    {
        var spinner = default(SpinWait);
        while (spinner.Count < 1_000)
        {
            if (condition()) return true;
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        return SpinWait.SpinUntil(condition, Long);
    }

    private sealed class Counting(Action onNext) : IObserver<object>
    {
        public void OnNext(object value) => onNext();

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }

    /// <summary>A thread that never sleeps: the closest race a producer can have.</summary>
    private sealed class Loop : IScheduler, IDisposable
    {
        private readonly ConcurrentQueue<Action> _work = new();
        private readonly Thread _thread;
        private volatile bool _isStopped;
        private int _most;

        public Loop()
        {
            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        /// <summary>How many items waited at the most.</summary>
        public int Most => Volatile.Read(ref _most);

        public Exception? Thrown { get; private set; }

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
        {
            _work.Enqueue(() => action(this, state));
            _most = Math.Max(_most, _work.Count);
            return Disposable.Empty;
        }

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

        public void Dispose()
        {
            _isStopped = true;
            _thread.Join(Long);
        }

        private void Run()
        {
            var spinner = default(SpinWait);
            while (!_isStopped)
            {
                if (!_work.TryDequeue(out var work))
                {
                    spinner.SpinOnce(sleep1Threshold: -1);
                    continue;
                }

                spinner.Reset();
                try
                {
                    work();
                }
                catch (Exception error)
                {
                    Thrown ??= error;
                }
            }
        }
    }
}
