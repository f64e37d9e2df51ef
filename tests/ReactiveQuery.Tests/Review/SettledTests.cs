using System.Reactive;
using System.Reactive.Concurrency;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Review;

/// <summary>Calls that wait for fetches to settle, under a SynchronizationContext such as that of a test runner.</summary>
public class SettledTests
{
    private readonly MarbleScheduler _scheduler = new();

    [Theory]
    [InlineData("invalidate")]
    [InlineData("refetch")]
    [InlineData("prefetch")]
    public void With_a_completion_boundary_they_settle_with_the_commit_under_any_context(string how)
    {
        using var client = new QueryClient(new() { Scheduler = _scheduler, CompletionBoundary = new Here(_scheduler) });
        TaskCompletionSource<int> answer = new();
        var query = Query.Define("q", (CancellationToken _) => answer.Task);
        using var _ = client.Observe(query).Subscribe();
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new Never());
        try
        {
            var settled = how switch
            {
                "invalidate" => client.InvalidateAsync(query),
                "refetch" => client.RefetchAsync(query, Unit.Default),
                _ => client.PrefetchAsync(query, Unit.Default),
            };
            Assert.False(settled.IsCompleted);
            answer.SetResult(1);
            client.Cancel(query, Unit.Default);
            Assert.True(settled.IsCompletedSuccessfully);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    [Fact]
    public void A_prefetch_is_cancelled_by_its_token()
    {
        using var client = new QueryClient(new() { Scheduler = _scheduler, CompletionBoundary = new Here(_scheduler) });
        using var cancellation = new CancellationTokenSource();
        var query = Query.Define("q", (CancellationToken _) => new TaskCompletionSource<int>().Task);
        var settled = client.PrefetchAsync(query, Unit.Default, cancellation.Token);
        cancellation.Cancel();
        Assert.True(settled.IsCanceled);
    }

    private sealed class Never : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    private sealed class Here(IScheduler scheduler) : IUiBoundary
    {
        public IScheduler Scheduler => scheduler;

        public bool IsCurrent => true;
    }
}
