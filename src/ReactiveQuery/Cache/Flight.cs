using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// One fetch of one entry: <c>Defer(fetcher) ▸ TimeoutFirst ▸ PauseWhile(offline) ▸ AtBoundary ▸ RetryWithBackoff ▸ events</c>. Its identity is its generation:
/// the entry takes events from its present flight only. One that is over within the call that began it may become the next (<see cref="Renew"/>).
/// </summary>
/// <remarks>
/// A fetch that needs none of the operators but the retry, which most do, makes its first attempt without it, and gives it the failure to go on from (W8 in
/// <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal sealed class Flight<T>(QueryEntry<T> entry, QueryRequest<T> request, FetchRun<T> run, int epoch, int number)
    : IObserver<T>, IObservable<T>, IDisposable
{
    private readonly Interest? _interest = request.IsLive ? new() : null;
    private DisposableSlot _subscription;
    private int _lastStarted = number - 1; // The number of a fetch.
    private int _attempts;
    private int _failures;
    private bool _isFirstAttempt;
    private bool _hasValue;
    private bool _hasCaller;
    private bool _isSpare;
    private TaskCompletionSource<T>? _callersTask;
    private volatile bool _isBetweenAttempts;

    public QueryRequest<T> Request { get; } = request;

    /// <summary>What it is for.</summary>
    public PageDirection Direction => run.Direction;

    /// <summary>Whether there may be many values.</summary>
    public bool IsLive => _interest is not null;

    public bool IsOfPage => run.Direction != PageDirection.None;

    /// <summary>The entry's epoch when the flight was started; an invalidation begins a new one.</summary>
    public int Epoch { get; private set; } = epoch;

    /// <summary>Whether it has brought a value; a live fetch is complete then, as far as those who left are concerned. Guarded by the entry's lock; whoever landed it may look without.</summary>
    public bool HasLanded { get; set; }

    /// <summary>Whether whoever began it waits for its end, and has no place among the entry's waiters; guarded by the entry's lock.</summary>
    public bool HasCaller { get => Volatile.Read(ref _hasCaller); set => Volatile.Write(ref _hasCaller, value); }

    /// <summary>Where that caller is answered; null before anybody needs to know. A fetch that ends within the call that began it needs no such place.</summary>
    public TaskCompletionSource<T>? CallersTask => Volatile.Read(ref _callersTask);

    /// <summary>When it ends if nobody has come back for it by then; guarded by the entry's lock.</summary>
    public TimeSpan AbandonDue { get; set; } = TimeSpan.MaxValue;

    /// <summary>How many fetches the entry had begun with this one; a patch confirmed before it is part of what it brings.</summary>
    public int Number { get; private set; } = number;

    private QueryClient Client => entry.Client;

    /// <summary>How many attempts were begun.</summary>
    public int AttemptCount => Volatile.Read(ref _attempts);

    /// <summary>How many attempts have failed in a row, the one that ends the flight included.</summary>
    public int Failures => IsBetweenAttempts ? _failures : _failures + 1;

    /// <summary>Whether the last attempt has failed and the next has not begun.</summary>
    public bool IsBetweenAttempts => _isBetweenAttempts;

    /// <summary>
    /// Begins. Whoever joins a flight calls this too, once they have shown their first state: should the thread that made the flight be held up by a slow
    /// observer, the first to come by starts it.
    /// </summary>
    /// <param name="fetch">Its <see cref="Number"/> when it was joined. It may be another fetch by now, and that is none of the caller's business.</param>
    /// <returns>Whether it is over, and the caller alone has it: it landed within this call, from a task that was complete. Then it can be <see cref="Renew">renewed</see>.</returns>
    public bool Start(int fetch)
    {
        if (Volatile.Read(ref _lastStarted) != fetch - 1 || Interlocked.CompareExchange(ref _lastStarted, fetch, fetch - 1) != fetch - 1) return false;
        Run();
        return _isSpare;
    }

    /// <summary>Whether it is a fetch of this entry.</summary>
    public bool IsOf(QueryEntry<T> other) => ReferenceEquals(entry, other);

    /// <summary>
    /// Becomes the next fetch of its request: a flight is a quarter of what is allocated for a fetch whose task is complete (W8 in <c>benchmarks/WORKLOADS.md</c>). Only after
    /// <see cref="Start"/> said that it can, and under the entry's lock.
    /// </summary>
    public void Renew(int epoch, int number)
    {
        (Epoch, Number, AbandonDue) = (epoch, number, TimeSpan.MaxValue);
        (_attempts, _hasValue, _isSpare, HasLanded) = (0, false, false, false);
        Volatile.Write(ref _lastStarted, number - 1);
    }

    /// <summary>What the entry is to hold, given what it holds now and what the flight brought. May run user code.</summary>
    public T Land(QueryState<T> seen, T value) => IsOfPage ? run.Land(seen, value) : value;

    /// <summary><see cref="CallersTask"/>, made unless there is one already.</summary>
    public TaskCompletionSource<T> NeedCallersTask()
    {
        if (CallersTask is { } known) return known;
        var made = new TaskCompletionSource<T>(Client.ContinuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _callersTask, made, null) ?? made;
    }

    /// <summary>Cancels; nothing arrives any more.</summary>
    public void Dispose()
    {
        _interest?.Lose();
        _subscription.Dispose();
    }

    /// <summary>One attempt: the fetcher is called when this is subscribed, and again at each retry, each time where the options want it.</summary>
    public IDisposable Subscribe(IObserver<T> observer)
    {
        if (Request.Options.FetchScheduler is not { } scheduler) return Attempt(observer);
        var attempt = new AttemptElsewhere(this, observer);
        attempt.Schedule(scheduler);
        return attempt;
    }

    private IDisposable Attempt(IObserver<T> observer) => run.Run(Request, Client, BeginAttempt(), _interest, observer);

    /// <returns>Its number.</returns>
    private int BeginAttempt()
    {
        _isBetweenAttempts = false;
        var attempt = _attempts + 1; // One attempt at a time.
        Volatile.Write(ref _attempts, attempt);
        entry.OnAttemptStarting(this);
        return attempt;
    }

    public void OnNext(T value)
    {
        _failures = 0;
        if (run.Legs is { } legs && !TryGather(legs, ref value)) return;
        _hasValue = true;
        entry.OnValue(this, value);
    }

    public void OnError(Exception error)
    {
        if (_isFirstAttempt)
            GoOnAfterFirst(error);
        else
            entry.OnFailure(this, error);
    }

    public void OnCompleted()
    {
        if (run.Legs is { IsOver: true } legs)
        {
            legs.IsOver = false;
            Run();
        }
        else if (!_hasValue)
        {
            entry.OnFailure(this, new EmptyFetchException(Request.Name));
        }
        else if (IsLive)
        {
            entry.OnEnd(this);
        }
    }

    /// <summary>Calls the hooks: the success hooks when it brought its first value, the error hooks when it failed for good.</summary>
    public void CallHooks(T data, Exception? error)
    {
        if (!Request.Options.HasHooks) return;
        if (error is not null)
            CallErrorHooks(error);
        else
            CallSuccessHooks(data);
    }

    private void CallErrorHooks(Exception error)
    {
        var context = Context();
        CallHook(() => Request.Options.OnError?.Invoke(error, context));
        CallHook(() => Client.Options.OnError?.Invoke(error, context));
    }

    private void CallSuccessHooks(T data)
    {
        var context = Context();
        CallHook(() => Request.Options.OnSuccess?.Invoke(data, context));
        CallHook(() => Client.Options.OnSuccess?.Invoke(data, context));
    }

    private QueryContext Context() => new(Client, Request.Key, Request.Options.Meta, AttemptCount, CancellationToken.None);

    private void CallHook(Action hook)
    {
        try
        {
            hook();
        }
        catch (Exception thrown)
        {
            Client.Errors.Report(thrown, UnobservedErrorOrigin.Callback, Request.Key);
        }
    }

    /// <summary>One leg, and those that follow; one that ends within its own <c>Subscribe</c> comes back here from inside, and the stack does not grow.</summary>
    private void Run()
    {
        if (run.Legs is not { } legs)
        {
            if (!_subscription.IsDisposed) // An observer may have left, and ended it, when it was shown that it begins.
                RunLeg();
            return;
        }

        if (!legs.TryBegin()) return;
        do
        {
            _subscription.Put(null); // The leg before is over, and its place is that of the next.
            if (_subscription.IsDisposed) return;
            RunLeg();
        }
        while (legs.TryGoOn());
    }

    private void RunLeg()
    {
        if (!IsPlain)
        {
            _subscription.Put(Retrying(Attempts(Request.Options)).Subscribe((IObserver<T>)this));
            return;
        }

        _isFirstAttempt = true;
        var number = BeginAttempt();
        if (TryCall(number)) return;
        var attempt = run.Run(Request, Client, number, _interest, this);
        if (!ReferenceEquals(attempt, Disposable.Empty)) // Its end is here already.
            _subscription.PutUnlessTaken(attempt); // By the retry, should it have failed by now.
    }

    /// <summary>An attempt as the call of a fetcher that gives a task, without the steps of code that all kinds share; false where it gives anything else.</summary>
    private bool TryCall(int number)
    {
        Task<T>? task;
        CancellationTokenSource? source;
        try
        {
            task = Request.TryCall(Client, number, out source);
        }
        catch (Exception error)
        {
            OnError(error);
            return true;
        }

        if (task is null) return false;
        if (task.IsCompleted)
        {
            Take(task);
            _isSpare = HasLanded && _isFirstAttempt && CallersTask is null; // The retry would have it; a caller's task would be that of the next caller.
            return true;
        }

        if (HasCaller)
            NeedCallersTask(); // Before it can land: whoever lands it looks for the caller without a lock.
        var pending = new PendingTask(this, task, source);
        if (Client.Cache.Clock.IsOfPlatform)
            task.ContinueInlineUnordered(pending.Ended);
        else
            task.ContinueInline(static (_, pending) => ((PendingTask)pending!).Ended(), pending);
        _subscription.PutUnlessTaken(pending); // By the retry, should it have failed by now.
        return true;
    }

    private void Take(Task<T> ended)
    {
        if (ended.IsCompletedSuccessfully)
            OnNext(ended.Result);
        else
            OnError(TaskRun<T>.ErrorOf(ended));
    }

    /// <summary>Whether no operator but the retry has anything to do. A live source may break the rules of a stream, which the operators hold against it.</summary>
    private bool IsPlain => Request.Options.IsFetchedPlainly && !IsLive;

    private void GoOnAfterFirst(Exception error)
    {
        _isFirstAttempt = false;
        Retrying(this).Resume(error, this, ref _subscription);
    }

    private RetryWithBackoff<T> Retrying(IObservable<T> attempts) => new(
        attempts, Request.Options.Retry, Client.Options.Scheduler, Client.Options.Random, OnRetrying, OnCallbackError);

    private IObservable<T> Attempts(EffectiveOptions<T> options) =>
        AtBoundary(Paused(QueryObservable.TimeoutFirst(this, options.Timeout, Client.Options.Scheduler), options.NetworkMode));

    private IObservable<T> Paused(IObservable<T> attempt, NetworkMode mode)
    {
        if (mode == NetworkMode.Always || Client.Environment.Offline is not { } offline) return attempt;
        var paused = attempt.PauseWhile(offline, OnPausedChanged);
        var before = AttemptCount;
        return mode == NetworkMode.Online ? paused : System.Reactive.Linq.Observable.Defer(() => AttemptCount == before ? attempt : paused);
    }

    private IObservable<T> AtBoundary(IObservable<T> attempt) =>
        Client.Options.CompletionBoundary is { } boundary ? new AtBoundary<T>(attempt, boundary, OnSchedulerError) : attempt;

    private void OnSchedulerError(Exception error) => Client.Errors.Report(error, UnobservedErrorOrigin.Scheduler, Request.Key);

    private void OnPausedChanged(bool isPaused)
    {
        if (isPaused)
            entry.OnPaused(this);
    }

    private void OnCallbackError(Exception error) => Client.Errors.Report(error, UnobservedErrorOrigin.Callback, Request.Key);

    private bool OnRetrying(Exception error, int failureCount)
    {
        _failures = failureCount;
        _isBetweenAttempts = true;
        return entry.OnAttemptFailed(this, error, failureCount);
    }

    /// <summary>False while the value is but a part, and when user code failed at it.</summary>
    private bool TryGather(Legs legs, ref T value)
    {
        try
        {
            if (run.Gather(ref value)) return true;
        }
        catch (Exception error)
        {
            entry.OnFailure(this, error);
            return false;
        }

        legs.IsOver = true;
        entry.OnLegEnded(this);
        return false;
    }

    /// <summary>An attempt on the fetch scheduler: first the work item, then the attempt itself.</summary>
    private sealed class AttemptElsewhere(Flight<T> flight, IObserver<T> observer) : IDisposable
    {
        private DisposableSlot _schedule;
        private DisposableSlot _attempt;

        public void Schedule(IScheduler scheduler) => _schedule.Put(scheduler.ScheduleLong(this, TimeSpan.Zero, static attempt => attempt.Run()));

        public void Dispose()
        {
            _schedule.Dispose();
            _attempt.Dispose();
        }

        private void Run()
        {
            if (!_attempt.IsDisposed)
                _attempt.Put(flight.Attempt(observer));
        }
    }

    /// <summary>The task of an attempt, and its flight as long as that is interested: work that never ends must not keep it alive.</summary>
    private sealed class PendingTask(Flight<T> flight, Task<T> task, CancellationTokenSource? source) : IDisposable
    {
        private Flight<T>? _flight = flight;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _flight, null) is { } flight && source is not null)
                new FetchCancellation(flight.Client, flight.Request.Key, source).Dispose();
        }

        public void Ended()
        {
            if (!task.IsCompletedSuccessfully)
                _ = task.Exception; // A superseded failure is nobody's business; looked at, it is not an unobserved one either.
            if (Volatile.Read(ref _flight) is not { } flight) return;
            Volatile.Write(ref _flight, null); // Not exchanged: should it be disposed at this moment, the entry drops what comes, and the token of an ended task is cancelled.
            flight.Take(task);
        }
    }
}
