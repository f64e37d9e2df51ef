namespace ReactiveQuery.Tests.Model;

/// <content>One fetch for each key: its attempts, its end, its passengers.</content>
internal sealed partial class ReferenceModel
{
    /// <summary>The program answers a call; a call that was superseded or cancelled answers nobody.</summary>
    public void Answer(TestKey key, int index, string? data, string error)
    {
        var call = _calls[key][index];
        call.IsAnswered = true;
        if (_entries.GetValueOrDefault(key) is not { Fetch: { } fetch } entry || fetch.Call != call) return;
        Answered(entry, fetch, data, error);
        Tidy(entry);
    }

    public void Advance(long milliseconds)
    {
        var target = Now + milliseconds;
        while (NextDeadline(target) is var (due, run) && run is not null)
        {
            Now = due;
            run();
        }

        Now = target;
    }

    private (long Due, Action? Run) NextDeadline(long target)
    {
        (long Due, Action? Run) next = (target, null);
        foreach (var entry in _entries.Values)
        {
            if (entry.Fetch is { } fetch)
            {
                if (fetch.Phase == Phase.BackingOff) Consider(fetch.RetryAt, () => Retry(entry, fetch));
                if (fetch.AbandonAt is { } due) Consider(due, () => Abandon(entry, fetch));
            }

            if (entry is { Fetch: null, UnheldSince: { } since } && setup.GcTime != Setup.Never) Consider(since + setup.GcTime, () => _entries.Remove(entry.Key));
        }

        return next;

        void Consider(long due, Action run)
        {
            if (due <= target && (next.Run is null || due < next.Due)) next = (due, run);
        }
    }

    private void Trigger(ModelEntry entry)
    {
        if (entry.Fetch is null) Start(entry);
    }

    /// <summary>A refetch or an invalidation: restarts what runs behind data, joins a first load.</summary>
    private void Explicit(ModelEntry entry)
    {
        if (entry.Fetch is not null && !entry.HasData) return;
        EndSilently(entry);
        Start(entry);
    }

    private void Start(ModelEntry entry)
    {
        entry.UnheldSince = null;
        var fetch = entry.Fetch = new ModelFetch(entry.Epoch);
        Attempt(entry, fetch, isFirst: true);
    }

    private void Attempt(ModelEntry entry, ModelFetch fetch, bool isFirst)
    {
        var waits = setup.NetworkMode == NetworkMode.Online || (setup.NetworkMode == NetworkMode.OfflineFirst && !isFirst);
        if (waits && _isOffline) fetch.Phase = Phase.Paused;
        else Call(entry, fetch);
    }

    private void Call(ModelEntry entry, ModelFetch fetch)
    {
        var call = fetch.Call = new ModelCall(_calls[entry.Key].Count);
        _calls[entry.Key].Add(call);
        fetch.Phase = Phase.Calling;
        var behaviour = _behaviours[entry.Key];
        if (behaviour == Behaviour.Waits) return;
        call.IsAnswered = true;
        Answered(entry, fetch, behaviour == Behaviour.Succeeds ? Answers.Data(entry.Key, call.Index) : null, Answers.Error(entry.Key, call.Index));
    }

    private void Answered(ModelEntry entry, ModelFetch fetch, string? data, string error)
    {
        fetch.Call = null;
        entry.UnheldSince = null; // What lands without passengers stays from now on.
        if (data is not null) Succeeded(entry, fetch, data);
        else Failed(entry, fetch, error);
    }

    private void Succeeded(ModelEntry entry, ModelFetch fetch, string data)
    {
        Successes++;
        entry.Fetch = null;
        entry.Set(data, Now);
        entry.IsInvalidated = fetch.Epoch < entry.Epoch;
        foreach (var waiter in Answerable(entry, fetch)) waiter.Succeed(data);
        FollowUp(entry, fetch);
    }

    private void Failed(ModelEntry entry, ModelFetch fetch, string error)
    {
        (fetch.Failures, fetch.FailureReason) = (fetch.Failures + 1, error);
        if (fetch.Failures <= Setup.MaxRetries && !fetch.HasNoMoreRetries)
            (fetch.Phase, fetch.RetryAt) = (Phase.BackingOff, Now + Setup.RetryDelay);
        else
            FailedForGood(entry, fetch);
    }

    private void FailedForGood(ModelEntry entry, ModelFetch fetch)
    {
        Errors++;
        entry.Fetch = null;
        (entry.Settled, entry.Error, entry.Failures) = (QueryStatus.Error, fetch.FailureReason, fetch.Failures);
        foreach (var waiter in Answerable(entry, fetch)) waiter.Fail(fetch.FailureReason!);
        FollowUp(entry, fetch);
    }

    private void Retry(ModelEntry entry, ModelFetch fetch)
    {
        Attempt(entry, fetch, isFirst: false);
        Tidy(entry);
    }

    private static List<ModelWaiter> Answerable(ModelEntry entry, ModelFetch fetch)
    {
        List<ModelWaiter> answerable = [.. entry.Waiters.Where(w => w.Epoch <= fetch.Epoch)];
        entry.Waiters.RemoveAll(answerable.Contains);
        return answerable;
    }

    /// <summary>What was invalidated while it was fetched is fetched again, if anybody wants it.</summary>
    private void FollowUp(ModelEntry entry, ModelFetch fetch)
    {
        if (fetch.Epoch < entry.Epoch && (entry.IsWanted || entry.Waiters.Count > 0)) Start(entry);
    }

    private void EndSilently(ModelEntry entry)
    {
        if (entry.Fetch is not { } fetch) return;
        if (fetch.Call is { } call) call.IsCancelled = entry.Key.TakesToken;
        entry.Fetch = null;
    }

    private void Abandon(ModelEntry entry, ModelFetch fetch)
    {
        fetch.AbandonAt = null;
        fetch.HasNoMoreRetries = true;
        if (entry.Key.TakesToken || fetch is { Phase: Phase.Paused, Failures: 0 }) EndSilently(entry);
        else if (fetch.Phase != Phase.Calling) FailedForGood(entry, fetch);
        Tidy(entry);
    }

    /// <summary>After each change: a fetch without passengers is given up, an entry without passengers grows old or goes.</summary>
    private void Tidy(ModelEntry entry)
    {
        if (entry.Fetch is { } fetch)
        {
            if (entry.HasPassengers)
            {
                (fetch.AbandonAt, fetch.HasNoMoreRetries) = (null, false);
            }
            else if (fetch.AbandonAt is null && !fetch.HasNoMoreRetries)
            {
                if (setup.CancelDelay > 0) fetch.AbandonAt = Now + setup.CancelDelay;
                else Abandon(entry, fetch);
            }
        }

        if (entry.HasPassengers) entry.UnheldSince = null;
        else if (entry.Fetch is null && (entry.IsEmpty || setup.GcTime == 0)) _entries.Remove(entry.Key);
        else entry.UnheldSince ??= Now;
    }
}
