namespace ReactiveQuery;

/// <content>From the outcome to the end.</content>
internal sealed partial class MutationCall<TArgs, T>
{
    private MutationEvent? _decided;

    public override bool Cancel() => TrySettle(new CallCancelled());

    public override void Close()
    {
        _run.Dispose();
        Finish(new CallCancelled());
    }

    /// <summary>A failure that nobody is told of. Where the client's disposal cuts the callbacks off, those who wait are told that the call was cancelled.</summary>
    private CallFailed? Unobserved_NeedsLock(MutationEvent outcome)
    {
        if (_callbacks.Error.Length > 0) return null;
        return outcome is CallFailed && (IsObserved || _mutation.IsSeen_NeedsLock(this)) ? null : _decided as CallFailed;
    }

    /// <summary>Decides what becomes of the call, once: whoever comes first.</summary>
    private bool TrySettle(MutationEvent outcome)
    {
        MutationOptions<TArgs, T> options;
        lock (Ledger.Gate)
        {
            if (Stage_NeedsLock >= CallStage.Settling) return false;
            Stage_NeedsLock = CallStage.Settling;
            _decided = outcome;
            options = Options;
        }

        _run.Dispose();
        AffectCache(outcome, options);
        Client.Environment.WriteEnded(this);
        new CallbackChain(Client, StepsFor(outcome), CallbackThrew, HasLeft(CallStage.Settling), () => Finish(outcome)).Run();
        return true;
    }

    private List<Func<Task?>> StepsFor(MutationEvent outcome)
    {
        var shown = MutationReducer.Reduce(_state, outcome);
        List<Func<Task?>> steps = [];
        if (outcome is CallSucceeded<T> succeeded)
            steps.AddRange(_callbacks.Success.Select(callback => (Func<Task?>)(() => callback(succeeded.Data, _context))));
        if (outcome is CallFailed failed)
            steps.AddRange(_callbacks.Error.Select(callback => (Func<Task?>)(() => callback(failed.Error, _context))));
        steps.AddRange(_callbacks.Settled.Select(callback => (Func<Task?>)(() => callback(shown, _context))));
        if (_refetches is not null)
            steps.Add(() => Task.WhenAll(_refetches));
        return steps;
    }

    private bool CallbackThrew(Exception error)
    {
        ReportCallback(error);
        return true;
    }

    private void Finish(MutationEvent outcome)
    {
        CallFailed? unobserved;
        lock (Ledger.Gate)
        {
            if (Stage_NeedsLock == CallStage.Settled) return;
            Stage_NeedsLock = CallStage.Settled;
            unobserved = Unobserved_NeedsLock(outcome);
            Apply_NeedsLock(outcome);
            _mutation.Removed_NeedsLock(this);
            Ledger.Ended_NeedsLock(this, Stay_NeedsLock(outcome));
            if (outcome is not CallFailed || _mutation.IsDisposed)
                LetGo_NeedsLock();
        }

        Answer(outcome);
        Deliver();
        Ledger.RequestDeadline(this);
        if (unobserved is not null)
            Report(unobserved.Error, UnobservedErrorOrigin.Mutation);
        Scope?.Advance();
    }

    /// <summary>How long the ended call is shown; null: not at all. What a disposed mutation did nobody can repeat, so nobody needs to see it.</summary>
    private TimeSpan? Stay_NeedsLock(MutationEvent outcome) =>
        outcome is CallCancelled || _mutation.IsDisposed ? null : Options.GcTime ?? Defaults.GcTime ?? QueryDefaults.GcTime;

    private void Answer(MutationEvent outcome)
    {
        switch (outcome)
        {
            case CallSucceeded<T> succeeded:
                _answer.TrySetResult(succeeded.Data);
                break;
            case CallFailed failed:
                _answer.TrySetException(failed.Error);
                _ = _answer.Task.Exception; // The state, the callbacks or the client's hook tell it; the finalizer need not.
                break;
            default:
                _answer.TrySetCanceled();
                break;
        }
    }
}
