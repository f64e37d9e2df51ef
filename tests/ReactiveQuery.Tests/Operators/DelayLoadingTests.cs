using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Operators;

public class DelayLoadingTests : OperatorContract
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(3);
    private readonly MarbleScheduler _scheduler = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.AsStates().DelayLoading(Delay, Delay, _scheduler).AsData();

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        var source = new Source<QueryState<int>>();
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.DelayLoading<int>(null!, Delay, Delay, _scheduler));
        Assert.Throws<ArgumentOutOfRangeException>("delay", () => source.DelayLoading(TimeSpan.FromTicks(-1), Delay, _scheduler));
        Assert.Throws<ArgumentOutOfRangeException>("minimum", () => source.DelayLoading(Delay, TimeSpan.FromTicks(-1), _scheduler));
        Assert.Throws<ArgumentNullException>("scheduler", () => source.DelayLoading(Delay, Delay, null!));
    }

    [Fact]
    public void Nothing_is_scheduled_while_nothing_loads_and_one_timer_while_something_does()
    {
        var source = new Source<QueryState<int>>();
        var heard = new Recorder<QueryState<int>>();
        using var subscription = source.DelayLoading(Delay, Delay, _scheduler).Subscribe(heard);
        source.Observer.OnNext(QueryState.Success(1));
        Assert.Equal(0, _scheduler.PendingWorkItems);
        source.Observer.OnNext(QueryState.Loading<int>());
        source.Observer.OnNext(QueryState.Loading<int>(FetchStatus.Paused));
        Assert.Equal(1, _scheduler.PendingWorkItems);
        source.Observer.OnNext(QueryState.Success(2));
        Assert.Equal(0, _scheduler.PendingWorkItems);
        Assert.Equal(2, heard.Values.Count);
    }

    [Fact]
    public void The_source_and_the_timer_may_race()
    {
        for (var round = 0; round < 300; round++)
        {
            var source = new Source<QueryState<int>>();
            var heard = new Recorder<QueryState<int>>();
            var scheduler = new CountingDelays();
            using var subscription = source.DelayLoading(Delay, Delay, scheduler).Subscribe(heard);
            source.Observer.OnNext(QueryState.Loading<int>());
            Race.Run(scheduler.RingAll, () => source.Observer.OnNext(QueryState.Success(1)));
            while (scheduler.HasTimers) scheduler.RingAll();
            Assert.Equal(1, heard.Values[^1].Data);
            Assert.InRange(heard.Values.Count, 1, 2);
            Assert.Empty(heard.Violations);
        }
    }

    /// <summary>Timers that ring when a test says so, on whatever thread.</summary>
    private sealed class CountingDelays : System.Reactive.Concurrency.IScheduler
    {
        private readonly List<Action> _timers = [];

        public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public bool HasTimers
        {
            get { lock (_timers) return _timers.Count > 0; }
        }

        public void RingAll()
        {
            Action[] due;
            lock (_timers)
            {
                due = [.. _timers];
                _timers.Clear();
            }

            foreach (var ring in due) ring();
        }

        public IDisposable Schedule<TState>(TState state, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action) => Schedule(state, TimeSpan.Zero, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action)
        {
            lock (_timers) _timers.Add(() => action(this, state));
            return System.Reactive.Disposables.Disposable.Empty;
        }

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action) =>
            Schedule(state, dueTime - Now, action);
    }
}
