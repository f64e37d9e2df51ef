using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery.Tests.Operators;

public class LongDelayTests
{
    [Theory]
    [InlineData("00:00:00")]
    [InlineData("00:00:00.0000001")]
    [InlineData("1.00:00:00")]
    [InlineData("1.00:00:00.0000001")]
    [InlineData("60.00:00:00")]
    [InlineData("1000.01:02:03.0000004")]
    public void A_wait_of_any_length_ends_exactly_and_once(string wait)
    {
        var dueTime = TimeSpan.Parse(wait);
        var scheduler = new HistoricalScheduler();
        DateTimeOffset start = scheduler.Clock;
        var ended = new List<TimeSpan>();
        using IDisposable timer = scheduler.ScheduleLong("state", dueTime, state => { Assert.Equal("state", state); ended.Add(scheduler.Clock - start); });
        Assert.Empty(ended);
        scheduler.Start();
        Assert.Equal([dueTime], ended);
    }

    [Fact]
    public void No_piece_is_longer_than_a_day_so_that_real_timers_accept_it()
    {
        var scheduler = new PieceRecorder();
        using IDisposable timer = scheduler.ScheduleLong(0, TimeSpan.FromDays(2.5), _ => { });
        while (scheduler.RunNext())
        {
        }

        Assert.Equal([TimeSpan.FromDays(1), TimeSpan.FromDays(1), TimeSpan.FromDays(0.5)], scheduler.Pieces);
    }

    [Fact]
    public void Disposal_in_the_middle_cancels_the_piece_that_is_waited_for()
    {
        var scheduler = new HistoricalScheduler();
        bool ended = false;
        IDisposable timer = scheduler.ScheduleLong(0, TimeSpan.FromDays(60), _ => ended = true);
        scheduler.AdvanceBy(TimeSpan.FromDays(30.5));
        timer.Dispose();
        DateTimeOffset before = scheduler.Clock;
        scheduler.Start();
        Assert.False(ended);
        Assert.Equal(before, scheduler.Clock);
    }

    [Fact]
    public void Waiting_for_ever_schedules_nothing()
    {
        var scheduler = new PieceRecorder();
        scheduler.ScheduleLong(0, TimeSpan.MaxValue, _ => { }).Dispose();
        scheduler.ScheduleLong(0, Timeout.InfiniteTimeSpan, _ => { }).Dispose();
        Assert.Empty(scheduler.Pieces);
    }

    [Fact]
    public void A_scheduler_that_runs_everything_at_once_does_not_lose_the_end()
    {
        var scheduler = new AtOnce();
        int ended = 0;
        using IDisposable timer = scheduler.ScheduleLong(0, TimeSpan.FromDays(3), _ => ended++);
        Assert.Equal(1, ended);
    }

    private sealed class PieceRecorder : IScheduler
    {
        private readonly Queue<Action> _work = new();

        public List<TimeSpan> Pieces { get; } = [];

        public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public bool RunNext()
        {
            if (!_work.TryDequeue(out Action? next)) return false;
            next();
            return true;
        }

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Schedule(state, TimeSpan.Zero, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => Schedule(state, dueTime - Now, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            Pieces.Add(dueTime);
            _work.Enqueue(() => action(this, state));
            return Disposable.Empty;
        }
    }

    private sealed class AtOnce : IScheduler
    {
        public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => action(this, state);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => action(this, state);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => action(this, state);
    }
}
