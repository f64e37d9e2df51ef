using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <content>The attempts: <c>fetcher ▸ TimeoutFirst ▸ PauseWhile(offline) ▸ RetryWithBackoff</c>, as for a query's fetch.</content>
internal sealed partial class MutationCall<TArgs, T> : IObservable<T>, IObserver<T>
{
    private int _attempts;
    private int _failures;
    private bool _hasResult;
    private T? _result;

    public override void Run()
    {
        var (options, scheduler) = (Options, Client.Options.Scheduler);
        if (options is null || _run.IsDisposed) return;
        var attempt = QueryObservable.TimeoutFirst(this, options.Timeout ?? Defaults.Timeout ?? Timeout.InfiniteTimeSpan, scheduler);
        var attempts = QueryObservable.RetryWithBackoff(
            Paused(attempt), options.Retry ?? Defaults.Retry ?? RetryPolicy.None, scheduler, Client.Options.Random, OnRetrying, ReportCallback);
        _run.Put(attempts.Subscribe((IObserver<T>)this));
    }

    /// <summary>One attempt.</summary>
    public IDisposable Subscribe(IObserver<T> observer)
    {
        _attempts++;
        _insists.OnNext(false);
        Apply(new CallResumed());
        return _run.IsDisposed
            ? Disposable.Empty
            : _mutation.Definition.Fetcher.Run(_context.Variables, error => Report(error, UnobservedErrorOrigin.Cancellation), observer);
    }

    public void OnNext(T value)
    {
        _result = value;
        _hasResult = true;
    }

    public void OnError(Exception error) => Client.AtCompletionBoundary(() => TrySettle(new CallFailed(error, _failures + 1)));

    public void OnCompleted() => Client.AtCompletionBoundary(() => TrySettle(
        _hasResult ? new CallSucceeded<T>(_result!) : new CallFailed(EmptyFetchException.OfMutation(Name), _failures + 1)));

    private IObservable<T> Paused(IObservable<T> attempt)
    {
        if (NetworkMode == NetworkMode.Always || Client.Environment.Disconnected is not { } offline) return attempt;
        var paused = attempt.PauseWhile(new Liftable(offline, _insists), OnPausedChanged);
        return NetworkMode == NetworkMode.Online ? paused : Observable.Defer(() => _attempts == 0 ? attempt : paused);
    }

    private void OnPausedChanged(bool isPaused) => Apply(isPaused ? new CallPaused() : new CallResumed());

    private bool OnRetrying(Exception error, int failureCount)
    {
        _failures = failureCount;
        Apply(new CallAttemptFailed(error, failureCount));
        return true;
    }
}
