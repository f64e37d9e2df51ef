using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>The first attempt of a write, which is made without operators: what it leaves to those that follow.</summary>
public class WriteAttemptTests : ClientTest
{
    private const int Tries = 4_000;

    /// <remarks>The failure is to come between two instructions, so it is tried at many instants; each try holds by itself.</remarks>
    [Fact]
    public void A_cancelled_write_cancels_its_retry_though_the_first_attempt_failed_just_as_it_returned()
    {
        var retry = new RetryPolicy { MaxRetries = 1, InitialDelay = TimeSpan.Zero };
        var client = NewClient(o => o with { CompletionBoundary = null });
        TaskCompletionSource<int>? failing = null;
        var isOver = false;
        var elsewhere = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
                Interlocked.Exchange(ref failing, null)?.SetException(Boom);
        });
        elsewhere.Start();

        var areCancelled = true;
        for (var i = 0; i < Tries && areCancelled; i++)
        {
            var instant = i % 64;
            var attempts = 0;
            using var isRetried = new ManualResetEventSlim();
            CancellationToken ofRetry = default;
            var mutation = client.CreateMutation(
                (int _, CancellationToken token) =>
                {
                    if (Interlocked.Increment(ref attempts) == 1)
                    {
                        var first = new TaskCompletionSource<int>();
                        Volatile.Write(ref failing, first);
                        Thread.SpinWait(instant);
                        return first.Task;
                    }

                    ofRetry = token;
                    isRetried.Set();
                    return new TaskCompletionSource<int>().Task;
                },
                m => m with { Retry = retry });
            var call = mutation.Start(1);
            Assert.True(isRetried.Wait(TimeSpan.FromSeconds(10)));
            call.Cancel();
            areCancelled = SpinWait.SpinUntil(() => ofRetry.IsCancellationRequested, TimeSpan.FromSeconds(5)); // It may just be on its way to be held.
        }

        Volatile.Write(ref isOver, true);
        Assert.True(elsewhere.Join(TimeSpan.FromSeconds(10)));
        Assert.True(areCancelled);
    }
}
