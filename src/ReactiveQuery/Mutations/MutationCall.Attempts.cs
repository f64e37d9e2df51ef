using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <content>The attempts with all that may stand between them and the function: <c>fetcher ▸ TimeoutFirst ▸ PauseWhile(offline) ▸ RetryWithBackoff</c>, as for a query's fetch.</content>
internal sealed partial class MutationCall<TArgs, T>
{
    /// <param name="rules">Of the call.</param>
    /// <param name="firstError">What the first attempt failed with, if it was made already.</param>
    private void RunAttempts(MutationRules<TArgs, T> rules, Exception? firstError)
    {
        _landed = null;
        HoldRun(new Attempts(this, firstError).Start(rules.DueTime, rules.Retry));
    }

    private sealed class Attempts(MutationCall<TArgs, T> call, Exception? firstError) : IObservable<T>, IObserver<T>
    {
        private bool _isFirst = firstError is null;
        private int _failures;
        private bool _hasResult;
        private T? _result;

        private QueryClient Client => call.Client;

        public IDisposable Start(TimeSpan dueTime, RetryPolicy policy)
        {
            var scheduler = Client.Options.Scheduler;
            var attempt = Paused(QueryObservable.TimeoutFirst(this, dueTime, scheduler));
            return QueryObservable
                .RetryWithBackoff(new Chosen(() => TakeFirstError() ?? attempt), policy, scheduler, Client.Options.Random, OnRetrying, call.ReportCallback)
                .Subscribe((IObserver<T>)this);
        }

        /// <summary>One attempt.</summary>
        public IDisposable Subscribe(IObserver<T> observer)
        {
            _isFirst = false;
            return call.BeginAttempt() ? call._mutation.Definition.Fetcher.Run(call._args, call.ReportCancellation, observer) : Disposable.Empty;
        }

        public void OnNext(T value)
        {
            _result = value;
            _hasResult = true;
        }

        public void OnError(Exception error) => call.Decide(MutationOutcome<T>.Failed(error, _failures + 1));

        public void OnCompleted() =>
            call.Decide(_hasResult
                ? MutationOutcome<T>.Succeeded(_result!)
                : MutationOutcome<T>.Failed(EmptyFetchException.OfMutation(call.Name), _failures + 1));

        private Failure? TakeFirstError() => Interlocked.Exchange(ref firstError, null) is { } error ? new(error) : null;

        private IObservable<T> Paused(IObservable<T> attempt)
        {
            if (call.NetworkMode == NetworkMode.Always || Client.Environment.Disconnected is not { } offline) return attempt;
            var paused = attempt.PauseWhile(new Liftable(offline, call.Insists), OnPausedChanged);
            return call.NetworkMode == NetworkMode.Online ? paused : new Chosen(() => _isFirst ? attempt : paused);
        }

        private void OnPausedChanged(bool isPaused) => call.Apply(isPaused ? CallPaused.Instance : CallResumed.Instance);

        private bool OnRetrying(Exception error, int failureCount)
        {
            _failures = failureCount;
            call.Apply(new CallAttemptFailed(error, failureCount));
            return true;
        }
    }

    /// <summary>Rx's <c>Defer</c> without its trampoline.</summary>
    private sealed class Chosen(Func<IObservable<T>> choose) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer) => choose().Subscribe(observer);
    }

    /// <summary>Rx's <c>Throw</c> without a scheduler.</summary>
    private sealed class Failure(Exception error) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }
    }
}
