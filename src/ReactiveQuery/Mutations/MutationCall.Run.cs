namespace ReactiveQuery;

/// <content>
/// The first attempt. Where nothing stands between it and the function (no timeout, a connection), it is made directly; the operators of <c>Attempts</c> are put together
/// only if it failed and is to be retried (W9 in <c>benchmarks/WORKLOADS.md</c>).
/// </content>
internal sealed partial class MutationCall<TArgs, T>
{
    private Task<T>? _landed;
    private IDisposable? _run;
    private bool _isSent;

    private bool HasToWait => NetworkMode == NetworkMode.Online && Client.Environment.HoldsWrites;

    public override void Run()
    {
        if (Rules is not { } rules || IsAnswered) return;
        if (_mutation.Definition.Fetcher is MutationTaskFetcher<TArgs, T> fetcher && rules.IsAttemptedDirectly && !HasToWait)
            RunDirectly(fetcher);
        else
            RunAttempts(rules, null);
    }

    private void RunDirectly(MutationTaskFetcher<TArgs, T> fetcher)
    {
        if (!BeginAttempt()) return;
        var cancellation = fetcher.TakesToken ? new AttemptCancellation(ReportCancellation) : null;
        Task<T> task;
        try
        {
            task = fetcher.Call(_args, cancellation?.Token ?? default);
        }
        catch (Exception error)
        {
            Failed(error);
            return;
        }

        if (task.IsCompleted)
        {
            Landed(task);
            return;
        }

        var attempt = new Attempt(this, cancellation);
        HoldRun(attempt); // First: should the task have ended by now, what follows from it takes the place.
        attempt.Follow(task);
    }

    /// <summary>Keeps what runs for the call, to be ended with it. Either this sees that it has ended, or who ends it sees what runs.</summary>
    private void HoldRun(IDisposable run)
    {
        Volatile.Write(ref _run, run);
        Interlocked.MemoryBarrier();
        if (!IsAnswered) return;
        run.Dispose();
        Volatile.Write(ref _run, null);
    }

    private void EndRun() => Volatile.Read(ref _run)?.Dispose();

    /// <summary>The fetcher is about to be called; false when the call has ended meanwhile.</summary>
    private bool BeginAttempt()
    {
        _isSent = true;
        Volatile.Read(ref _extras)?.Insists?.OnNext(false);
        if (IsPaused)
            Apply(CallResumed.Instance);
        return !IsAnswered;
    }

    private void Landed(Task<T> task)
    {
        _landed = task;
        if (task.IsCompletedSuccessfully)
            Decide(MutationOutcome<T>.Succeeded(task.Result));
        else
            Failed(TaskRun<T>.ErrorOf(task));
    }

    private void Failed(Exception error)
    {
        if (Rules is not { } rules) return; // It has ended; nobody decides anything any more.
        if (rules.IsRetried)
            RunAttempts(rules, error);
        else
            Decide(MutationOutcome<T>.Failed(error, 1));
    }

    private void Decide(MutationOutcome<T> outcome)
    {
        if (Client.Options.CompletionBoundary is null)
            TrySettle(outcome);
        else
            DecideAtBoundary(outcome);
    }

    private void DecideAtBoundary(MutationOutcome<T> outcome) => Client.AtCompletionBoundary(() => TrySettle(outcome));

    /// <summary>An attempt whose task has not ended when the fetcher returned it. As <see cref="TaskRun{T}"/>, but hands on the task itself.</summary>
    private sealed class Attempt(MutationCall<TArgs, T> call, AttemptCancellation? cancellation) : IDisposable
    {
        private MutationCall<TArgs, T>? _call = call;

        public void Follow(Task<T> task) => task.ContinueInline(static (ended, attempt) => ((Attempt)attempt!).Ended((Task<T>)ended), this);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _call, null) is not null)
                cancellation?.Dispose();
        }

        private void Ended(Task<T> task)
        {
            _ = task.Exception; // A superseded failure is nobody's business; looked at, it is not an unobserved one either.
            if (Interlocked.Exchange(ref _call, null) is { } call)
                call.Landed(task);
        }
    }
}
