namespace ReactiveQuery;

/// <content>From the call to its turn.</content>
internal sealed partial class MutationCall<TArgs, T>
{
    /// <summary>Takes its place in the scope and becomes what its mutation shows, or is refused.</summary>
    public void Enlist_NeedsLock(bool isRefused)
    {
        if (isRefused)
        {
            IsRefused = true;
            StartAt(CallStage.Settled);
            _state = MutationState<TArgs, T>.Idle;
            LetGo_NeedsLock();
            return;
        }

        Ledger.Enlist_NeedsLock(this);
        _mutation.Added_NeedsLock(this);
        var isPaused = Client.Environment.IsDisconnected && NetworkMode == NetworkMode.Online; // Under the lock: a change is seen here, or told to a call that is listed by then.
        Show_NeedsLock(isPaused ? Started(isPaused) : null);
        if (Turn is null && Callbacks.Mutate.Length == 0 && !isPaused)
            StartAt(CallStage.Running); // Nothing to wait for: once its patches are applied, its first attempt is made.
    }

    public void Begin(Exception? scopeError)
    {
        if (IsRefused) return;
        Deliver();
        OptimisticHandle? patches = null;
        if (scopeError is not null || (!IsAnswered && !TryPatch(ref patches, out scopeError)))
            TrySettle(MutationOutcome<T>.Failed(scopeError!, 0));
        if (IsAnswered)
        {
            RollBack(patches); // An observer of a patch may have cancelled the call while others were still to be laid.
            return;
        }

        if (Stage == CallStage.Running)
            Run();
        else if (Callbacks.Mutate is { Length: > 0 } callbacks)
            Prepare(callbacks);
        else
            Prepared();
    }

    private void Prepare(Func<MutationContext<TArgs>, Task?>[] callbacks)
    {
        var steps = Array.ConvertAll(callbacks, callback => (Func<Task?>)(() => callback(Context)));
        new CallbackChain(Client, steps, MutateThrew, HasLeft(CallStage.Preparing), Prepared).Run();
    }

    /// <summary>A cancelled call has no use for the exception any more; it must not disappear all the same.</summary>
    private bool MutateThrew(Exception error)
    {
        if (!TrySettle(MutationOutcome<T>.Failed(error, 0)))
            ReportCallback(error);
        return false;
    }

    private Func<bool> HasLeft(CallStage stage) => () => Stage != stage;

    private void Prepared()
    {
        lock (Ledger.Gate) // A change of the connection is shown before this, or found by the attempt.
        {
            if (!TryAdvance(CallStage.Preparing, Turn is null ? CallStage.Running : CallStage.Waiting)) return;
        }

        if (Turn is { Scope: { } scope })
            scope.Advance();
        else
            Run();
    }
}
