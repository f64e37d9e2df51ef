using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// Rx operators that are the steps of a query, each useful on its own as well.
/// </summary>
/// <remarks><b>Thread safety:</b> every operator may be subscribed and disposed from any thread at any time, also from inside a notification.
/// As everywhere in Rx a source must deliver one notification after the other; from which threads does not matter. No lock is held while an
/// observer, a callback or a scheduler is called.</remarks>
public static partial class QueryObservable
{
    /// <summary>
    /// Passes on the values of <paramref name="source"/> and subscribes to it anew after each failure, as often and after such delays as
    /// <paramref name="policy"/> says.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The stream to repeat; each attempt is one subscription. The one before is disposed first.</param>
    /// <param name="policy">How many retries, after which errors, after which delays.</param>
    /// <param name="scheduler">Where the delays are waited for. A delay of zero does not use it: the next attempt starts at once on the thread that
    /// delivered the failure (in a loop, so that any number of synchronous failures is fine). Delays may be of any length.</param>
    /// <param name="random">Gives a number in [0, 1) for each jittered delay; <see langword="null"/> for the random numbers of the runtime.</param>
    /// <returns>A cold stream: one series of attempts per subscription. Completes with the attempt that completes. Errors with
    /// <see cref="RetryExhaustedException"/> when the retries are used up and <see cref="NonRetryableException"/> when an error is not to be retried; both
    /// carry the source's error and the number of attempts.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>; thrown at the call.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="RetryPolicy.MaxDelay"/> is below <see cref="RetryPolicy.InitialDelay"/>; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term>a value</term><description>is passed on, and failures are counted from zero again</description></item>
    /// <item><term>an error</term><description><see cref="RetryPolicy.ShouldRetry"/> is asked, then the count is looked at, then the delay is found and waited for</description></item>
    /// <item><term><c>Subscribe</c> of the source throws</term><description>the same as an error</description></item>
    /// <item><term>a callback of the policy, the random source or the scheduler throws</term><description>the stream ends with <see cref="NonRetryableException"/>: its
    /// <see cref="Exception.InnerException"/> is the source's error, its <see cref="NonRetryableException.CallbackError"/> what was thrown</description></item>
    /// <item><term>disposal</term><description>ends the attempt or the wait at once</description></item>
    /// </list>
    /// <para>The callbacks run on the thread that delivered the failure. Unlike Rx's <c>Retry(n)</c>, which counts attempts, this counts retries.</para>
    /// </remarks>
    public static IObservable<T> RetryWithBackoff<T>(
        this IObservable<T> source, RetryPolicy policy, IScheduler scheduler, Func<double>? random = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(scheduler);
        policy.Validate();
        return new RetryWithBackoff<T>(source, policy, scheduler, random, onRetrying: null, onCallbackError: null);
    }

    /// <summary>
    /// As the public operator, for a fetch: errors are the source's own, unwrapped, and <paramref name="onRetrying"/> hears (error, failures in a row)
    /// before each wait and may give up with <see langword="false"/>. What a callback throws goes to <paramref name="onCallbackError"/>, then the source's error ends the stream.
    /// </summary>
    internal static IObservable<T> RetryWithBackoff<T>(
        IObservable<T> source,
        RetryPolicy policy,
        IScheduler scheduler,
        Func<double>? random,
        Func<Exception, int, bool> onRetrying,
        Action<Exception>? onCallbackError = null) =>
        new RetryWithBackoff<T>(source, policy, scheduler, random, onRetrying, onCallbackError);
}

internal sealed class RetryWithBackoff<T>(
    IObservable<T> source,
    RetryPolicy policy,
    IScheduler scheduler,
    Func<double>? random,
    Func<Exception, int, bool>? onRetrying,
    Action<Exception>? onCallbackError) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observer);
        subscription.Start();
        return subscription;
    }

    /// <summary>Takes over a series whose first attempt was made elsewhere and has failed. The slot is taken before anything runs.</summary>
    public void Resume(Exception error, IObserver<T> observer, ref DisposableSlot slot)
    {
        var subscription = new Subscription(this, observer);
        slot.Put(subscription);
        subscription.Failed(error);
    }

    private IObservable<T> Source => source;

    private IScheduler Scheduler => scheduler;

    /// <summary>How long to wait after the given failure, or what to end the stream with instead.</summary>
    private Exception? Decide(Exception error, int failures, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        try
        {
            if (policy.ShouldRetry?.Invoke(error) == false) return Final(new NonRetryableException(failures, error));
            if (failures > policy.MaxRetries) return Final(new RetryExhaustedException(failures, error));
            delay = DelayAfter(error, failures);
            return onRetrying?.Invoke(error, failures) == false ? error : null;
        }
        catch (Exception thrown)
        {
            return CallbackThrew(thrown, error, failures);
        }
    }

    private TimeSpan DelayAfter(Exception error, int failures)
    {
        if (policy.Schedule is null) return Backoff.Delay(policy, failures, policy.UseJitter ? NextRandom() : 0);
        TimeSpan delay = policy.Schedule(failures, error);
        return delay >= TimeSpan.Zero
            ? delay
            : throw new InvalidOperationException($"{nameof(RetryPolicy)}.{nameof(RetryPolicy.Schedule)} returned {delay} for retry {failures}; the delay must be zero or more.");
    }

    [SuppressMessage("Security", "CA5394", Justification = "Jitter spreads load; nothing depends on its being unpredictable.")]
    private double NextRandom() => random is null ? Random.Shared.NextDouble() : random();

    private Exception CallbackThrew(Exception thrown, Exception error, int failures)
    {
        onCallbackError?.Invoke(thrown);
        return Final(new NonRetryableException(failures, error, thrown));
    }

    private Exception Final(Exception wrapped) => onRetrying is null ? wrapped : wrapped.InnerException!;

    /// <summary>One series of attempts: either an attempt is running or a delay is waited for, and <see cref="_current"/> is that.</summary>
    private sealed class Subscription(RetryWithBackoff<T> parent, IObserver<T> observer) : Sink<T>(observer)
    {
        private DisposableSlot _current;
        private int _failures;
        private int _startsDue;

        /// <summary>Starts an attempt. One that fails within its own <c>Subscribe</c> comes back here from inside; the loop then starts the next, so the stack does not grow.</summary>
        internal void Start()
        {
            if (Interlocked.Increment(ref _startsDue) != 1) return;
            do
            {
                if (IsStopped) return;
                var attempt = new Attempt(this);
                _current.Put(attempt);
                attempt.Run(parent.Source);
            }
            while (Interlocked.Decrement(ref _startsDue) != 0);
        }

        private void Value(T value)
        {
            _failures = 0;
            ForwardNext(value);
        }

        internal void Failed(Exception error)
        {
            if (IsStopped) return;
            if (_failures < RetryPolicy.Forever) _failures++;
            Exception? final = parent.Decide(error, _failures, out TimeSpan delay);
            if (final is not null) ForwardError(final);
            else if (delay == TimeSpan.Zero) Start();
            else Wait(delay, error);
        }

        private void Wait(TimeSpan delay, Exception error)
        {
            // The slot is taken before the delay is scheduled: an attempt that starts before Schedule has returned must not be overwritten by it.
            var slot = new SingleAssignmentDisposable();
            _current.Put(slot);
            if (slot.IsDisposed) return;
            try
            {
                slot.Disposable = parent.Scheduler.ScheduleLong(this, delay, static subscription => subscription.Start());
            }
            catch (Exception thrown) when (!IsOfObserver(thrown))
            {
                ForwardError(parent.CallbackThrew(thrown, error, _failures));
            }
        }

        private void Completed() => ForwardCompleted();

        protected override void Release() => _current.Dispose();

        /// <summary>One attempt. Deaf once it has ended, so that a source that fails twice is not retried twice.</summary>
        private sealed class Attempt(Subscription series) : IObserver<T>, IDisposable
        {
            private SingleAssignmentDisposableValue _upstream;
            private bool _ended;

            internal void Run(IObservable<T> source) => series.SubscribeTo(source, this, ref _upstream);

            public void OnNext(T value)
            {
                if (!_ended) series.Value(value);
            }

            public void OnError(Exception error)
            {
                if (_ended) return;
                _ended = true;
                Dispose();
                series.Failed(error);
            }

            public void OnCompleted()
            {
                if (_ended) return;
                _ended = true;
                series.Completed();
            }

            public void Dispose() => _upstream.Dispose();
        }
    }
}
