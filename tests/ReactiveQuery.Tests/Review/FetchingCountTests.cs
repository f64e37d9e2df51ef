using System.Reactive.Concurrency;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Review;

/// <summary>How many queries fetch, asked while a commit is being made.</summary>
public class FetchingCountTests
{
    [Fact]
    public void A_fetch_that_follows_another_in_one_commit_is_counted_though_somebody_counted_between_the_two()
    {
        var clock = new AskedClock(new MarbleScheduler());
        using var client = new QueryClient(new() { Scheduler = clock });
        var answer = new TaskCompletionSource<string>();
        var query = Query.Define("q", (CancellationToken _) => answer.Task);
        using var subscription = client.Observe(query).Subscribe();
        client.Invalidate(query); // The first load goes on; when it lands it is to be followed by another.

        var first = answer;
        answer = new();
        clock.WhenAsked = () => client.Cache.CountFetching(null);
        first.SetResult("old");
        clock.WhenAsked = null;

        Assert.True(client.GetState(query, default).IsFetching);
        Assert.Equal(1, client.Cache.CountFetching(null));
    }

    /// <summary>A scheduler whose clock tells when it is asked: the entry asks it under its lock, and so stands still there.</summary>
    private sealed class AskedClock(IScheduler scheduler) : IScheduler
    {
        public Action? WhenAsked { get; set; }

        public DateTimeOffset Now
        {
            get
            {
                WhenAsked?.Invoke();
                return scheduler.Now;
            }
        }

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => scheduler.Schedule(state, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            scheduler.Schedule(state, dueTime, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            scheduler.Schedule(state, dueTime, action);
    }
}
