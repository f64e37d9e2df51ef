namespace ReactiveQuery;

/// <summary>The token of one attempt. A callback on it that throws harms nobody and is reported.</summary>
/// <param name="report">Receives what a callback on the token threw.</param>
internal sealed class AttemptCancellation(Action<Exception> report) : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private int _isDisposed;

    public CancellationToken Token => _source.Token;

    public bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>Cancels. The source itself is not disposed: the user's code may still register on its token, and it holds no timer.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        try
        {
            _source.Cancel();
        }
        catch (Exception error)
        {
            report(error);
        }
    }
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
