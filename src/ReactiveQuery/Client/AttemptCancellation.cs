namespace ReactiveQuery;

/// <summary>A token for work that may be cancelled. A callback on it that throws harms nobody and is reported.</summary>
internal abstract class GuardedCancellation(CancellationTokenSource source) : IDisposable
{
    public CancellationToken Token => source.Token;

    public bool IsDisposed => source.IsCancellationRequested;

    /// <summary>Cancels. The source itself is not disposed: the user's code may still register on its token, and it holds no timer.</summary>
    public void Dispose()
    {
        if (IsDisposed) return;
        try
        {
            source.Cancel();
        }
        catch (Exception error)
        {
            Report(error);
        }
    }

    /// <summary>Receives what a callback on the token threw.</summary>
    protected abstract void Report(Exception error);
}

/// <summary>The token of one attempt.</summary>
internal sealed class AttemptCancellation(Action<Exception> report) : GuardedCancellation(new CancellationTokenSource())
{
    protected override void Report(Exception error) => report(error);
}

/// <summary>The same for a fetch, without a delegate of its own, and made only when the fetch is to last, or to be cancelled (W8 in <c>benchmarks/WORKLOADS.md</c>).</summary>
internal sealed class FetchCancellation(QueryClient client, QueryKey key, CancellationTokenSource source) : GuardedCancellation(source)
{
    protected override void Report(Exception error) => client.Errors.Report(error, UnobservedErrorOrigin.Cancellation, key);
}

/// <summary>Ends the subscription to a user's observable; if its disposal throws, that is reported and goes no further.</summary>
internal sealed class GuardedDisposable(IDisposable subscription, Action<Exception> report) : IDisposable
{
    public void Dispose()
    {
        try
        {
            subscription.Dispose();
        }
        catch (Exception error)
        {
            report(error);
        }
    }
}
