namespace ReactiveQuery;

/// <summary>
/// An attempt failed with an error that the <see cref="RetryPolicy"/> does not retry, or whose callbacks could not be asked.
/// <see cref="Exception.InnerException"/> is the error of that attempt.
/// </summary>
/// <remarks>Delivered by <see cref="QueryObservable.RetryWithBackoff{T}(IObservable{T}, RetryPolicy, System.Reactive.Concurrency.IScheduler, Func{double})"/>.
/// The state of a query never holds it: there the error is the fetcher's own.</remarks>
public sealed class NonRetryableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="attempts">How many attempts in a row have failed; 1 or more.</param>
    /// <param name="innerException">The error of the last attempt.</param>
    /// <param name="callbackError">What a callback of the policy threw when it was asked; <see langword="null"/> when it answered no.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerException"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is below 1.</exception>
    public NonRetryableException(int attempts, Exception innerException, Exception? callbackError = null)
        : base(
            callbackError is null
                ? $"Failed with an error that is not retried: {RetryMessages.Of(innerException)}"
                : $"Failed, and the retry policy threw when asked about it ({callbackError.GetType().Name}: {callbackError.Message}). Error: {RetryMessages.Of(innerException)}",
            innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        Attempts = attempts;
        CallbackError = callbackError;
    }

    /// <summary>How many attempts in a row have failed, the first one included.</summary>
    public int Attempts { get; }

    /// <summary>
    /// What <see cref="RetryPolicy.ShouldRetry"/>, <see cref="RetryPolicy.Schedule"/>, the random source or the scheduler threw when it was asked about
    /// this failure; <see langword="null"/> when <see cref="RetryPolicy.ShouldRetry"/> answered no.
    /// </summary>
    public Exception? CallbackError { get; }
}

/// <summary>How the two exceptions quote the error that they wrap.</summary>
internal static class RetryMessages
{
    internal static string Of(Exception innerException)
    {
        ArgumentNullException.ThrowIfNull(innerException);
        return innerException.Message;
    }
}
