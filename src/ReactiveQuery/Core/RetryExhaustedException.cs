namespace ReactiveQuery;

/// <summary>
/// Every attempt that a <see cref="RetryPolicy"/> allows has failed. <see cref="Exception.InnerException"/> is the error of the last one.
/// </summary>
/// <remarks>Delivered by <see cref="QueryObservable.RetryWithBackoff{T}(IObservable{T}, RetryPolicy, System.Reactive.Concurrency.IScheduler, Func{double})"/>.
/// The state of a query never holds it: there the error is the fetcher's own.</remarks>
public sealed class RetryExhaustedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="attempts">How many attempts in a row have failed; 1 or more.</param>
    /// <param name="innerException">The error of the last attempt.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerException"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempts"/> is below 1.</exception>
    public RetryExhaustedException(int attempts, Exception innerException)
        : base($"Failed {attempts} times in a row, no retry is left. Last error: {RetryMessages.Of(innerException)}", innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        Attempts = attempts;
    }

    /// <summary>How many attempts in a row have failed, the first one included.</summary>
    public int Attempts { get; }
}
