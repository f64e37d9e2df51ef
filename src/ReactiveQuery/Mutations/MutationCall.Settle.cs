namespace ReactiveQuery;

/// <content>From the outcome to the end.</content>
internal sealed partial class MutationCall<TArgs, T>
{
    private MutationOutcome<T> _outcome;
    private object? _answer;

    /// <summary>The end of the call as a task: made when somebody first asks, most calls have ended by then.</summary>
    public override Task ObservedTask()
    {
        MarkObserved();
        if (Volatile.Read(ref _answer) is Task<T> known) return known;
        lock (Ledger.Gate)
        {
            if (_answer is null)
            {
                var answer = new TaskCompletionSource<T>(Client.ContinuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
                if (IsSettled)
                    Answer(answer, State_NeedsLock);
                Volatile.Write(ref _answer, IsSettled ? answer.Task : answer);
            }

            return _answer as Task<T> ?? ((TaskCompletionSource<T>)_answer).Task;
        }
    }

    public override bool Cancel() => TrySettle(MutationOutcome<T>.Cancelled);

    public override void Close()
    {
        EndRun();
        Finish(MutationOutcome<T>.Cancelled);
    }

    /// <summary>A failure that nobody is told of. Where the client's disposal cuts the callbacks off, those who wait are told that the call was cancelled.</summary>
    private Exception? Unobserved_NeedsLock(MutationOutcome<T> outcome)
    {
        if (Callbacks.Error.Length > 0) return null;
        return outcome.Error is not null && (IsObserved || _mutation.IsSeen_NeedsLock(this)) ? null : _outcome.Error;
    }

    /// <summary>Decides what becomes of the call, once: whoever comes first.</summary>
    private bool TrySettle(MutationOutcome<T> outcome)
    {
        if (Rules is not { } rules || !TryAdvance(CallStage.Settling)) return false;
        _outcome = outcome;
        EndRun();
        AffectCache(outcome, rules);
        Client.Environment.WriteEnded(this);
        if (HasSteps(outcome, rules.Callbacks))
            RunSteps(outcome);
        else
            Finish(outcome);
        return true;
    }

    private bool HasSteps(MutationOutcome<T> outcome, MutationCallbacks<TArgs, T> callbacks) =>
        callbacks.Settled.Length > 0
        || _extras?.Refetches is not null
        || (outcome.IsSuccess && callbacks.Success.Length > 0)
        || (outcome.Error is not null && callbacks.Error.Length > 0);

    private void RunSteps(MutationOutcome<T> outcome) =>
        new CallbackChain(Client, StepsFor(outcome), CallbackThrew, HasLeft(CallStage.Settling), () => Finish(outcome)).Run();

    private List<Func<Task?>> StepsFor(MutationOutcome<T> outcome)
    {
        var shown = MutationReducer.Reduce(State, new CallEnded<T>(outcome));
        List<Func<Task?>> steps = [];
        if (outcome.IsSuccess)
            steps.AddRange(Callbacks.Success.Select(callback => (Func<Task?>)(() => callback(outcome.Data!, Context))));
        if (outcome.Error is { } error)
            steps.AddRange(Callbacks.Error.Select(callback => (Func<Task?>)(() => callback(error, Context))));
        steps.AddRange(Callbacks.Settled.Select(callback => (Func<Task?>)(() => callback(shown, Context))));
        if (_extras?.Refetches is { } refetches)
            steps.Add(() => Task.WhenAll(refetches));
        return steps;
    }

    private bool CallbackThrew(Exception error)
    {
        ReportCallback(error);
        return true;
    }

    private void Finish(MutationOutcome<T> outcome)
    {
        Exception? unobserved;
        TaskCompletionSource<T>? awaited;
        IDisposable? run;
        lock (Ledger.Gate)
        {
            if (!TryEnd_NeedsLock()) return;
            unobserved = Unobserved_NeedsLock(outcome);
            Show_NeedsLock(outcome.IsCancelled ? MutationState<TArgs, T>.Idle : null); // Idle whatever was decided: the client's disposal may have come between.
            _mutation.Removed_NeedsLock();
            Ledger.Ended_NeedsLock(this, Stay_NeedsLock(outcome));
            if (outcome.Error is null || _mutation.IsDisposed)
                LetGo_NeedsLock();
            run = _run;
            awaited = _answer as TaskCompletionSource<T>;
            if (_answer is null && IsLanded(outcome))
                Volatile.Write(ref _answer, _landed);
            (_run, _landed, _patches) = (null, null, null);
            if (_extras is { } extras)
                extras.Refetches = null;
        }

        run?.Dispose(); // One that began while the client was disposed; any other has ended.
        if (awaited is not null)
            Answer(awaited, State);
        Deliver();
        Ledger.RequestDeadline(this);
        if (unobserved is not null)
            Report(unobserved, UnobservedErrorOrigin.Mutation);
        Turn?.Scope?.Advance();
    }

    /// <summary>How long the ended call is shown; null: not at all. What a disposed mutation did nobody can repeat, so nobody needs to see it.</summary>
    private TimeSpan? Stay_NeedsLock(MutationOutcome<T> outcome) =>
        outcome.IsCancelled || _mutation.IsDisposed ? null : Rules!.GcTime;

    /// <summary>Whether the fetcher's own task is the answer: it ended as the call does, and nothing is left that the two could differ in.</summary>
    private bool IsLanded(MutationOutcome<T> outcome) =>
        _landed is { } landed
        && (outcome.IsSuccess ? landed.IsCompletedSuccessfully : landed.IsFaulted && outcome.Error is not (null or AggregateException));

    private static void Answer(TaskCompletionSource<T> answer, MutationState<TArgs, T> state)
    {
        if (state.HasData)
        {
            answer.TrySetResult(state.Data!);
        }
        else if (state.Error is { } error)
        {
            answer.TrySetException(error);
            _ = answer.Task.Exception; // The state, the callbacks or the client's hook tell it; the finalizer need not.
        }
        else
        {
            answer.TrySetCanceled();
        }
    }
}
