namespace ReactiveQuery.Tests.Model;

/// <content>One fetch for each key: its attempts, its end, its passengers.</content>
internal sealed partial class ReferenceModel
{
    /// <summary>The program answers a call; a call that was superseded or cancelled answers nobody.</summary>
    public void Answer(TestKey key, int index, AnswerKind kind, string? data, string error)
    {
        var call = _calls[key][index];
        call.IsAnswered = !key.IsLive || data is null;
        call.Values++;
        if (_entries.GetValueOrDefault(key) is not { Fetch: { } fetch } entry || fetch.Call != call) return;
        if (!key.IsLive) Answered(entry, fetch, data, error);
        else if (data is not null) Streamed(entry, fetch, data);
        else if (kind == AnswerKind.Ends) Ended(entry, fetch);
        else Answered(entry, fetch, null, error);
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

            foreach (var observer in entry.Observers)
                if (observer.IntervalDue is { } tick) Consider(tick, () => Tick(entry));
            if (entry is { Fetch: null, UnheldSince: { } since, IsOptimistic: false } && setup.GcTime != Setup.Never) Consider(since + setup.GcTime, () => _entries.Remove(entry.Key));
        }

        return next;

        void Consider(long due, Action run)
        {
            if (due <= target && (next.Run is null || due < next.Due)) next = (due, run);
        }
    }

    /// <summary>The intervals that are over now make one fetch together, and begin again.</summary>
    private void Tick(ModelEntry entry)
    {
        var due = entry.Observers.FindAll(o => o.IntervalDue <= Now);
        due.ForEach(o => o.PlanInterval(Now));
        if (due.Exists(o => o.IsEnabled && (_isFocused || o.Setup.InBackground))) Trigger(entry);
        Tidy(entry);
    }

    private void Trigger(ModelEntry entry)
    {
        if (entry.Fetch is null or { IsOfPage: true }) Start(entry);
    }

    /// <summary>A refetch or an invalidation: restarts what runs behind data, joins a first load if requests are to be deduplicated.</summary>
    private void Explicit(ModelEntry entry)
    {
        if (entry.Fetch is null || entry.HasData || !setup.Dedupes) Start(entry);
    }

    /// <summary>A fetch of everything, in the place of one that runs; behind a page that is on its way.</summary>
    private void Start(ModelEntry entry)
    {
        if (entry.Fetch is { IsOfPage: true })
        {
            Want(entry, PageDirection.None);
            return;
        }

        EndSilently(entry);
        var fetch = new ModelFetch(entry.Epoch, ++entry.FetchesBegun);
        if (entry.Key.IsPaged) Walk(entry, fetch);
        Begin(entry, fetch);
    }

    private void Begin(ModelEntry entry, ModelFetch fetch)
    {
        entry.UnheldSince = null;
        entry.Fetch = fetch;
        Attempt(entry, fetch, isFirst: true);
    }

    private void Attempt(ModelEntry entry, ModelFetch fetch, bool isFirst)
    {
        var waits = setup.NetworkMode == NetworkMode.Online || (setup.NetworkMode == NetworkMode.OfflineFirst && !isFirst);
        if (waits && (_isOffline || _areQueriesHeld)) fetch.Phase = Phase.Paused;
        else Call(entry, fetch);
    }

    private void Call(ModelEntry entry, ModelFetch fetch)
    {
        var call = fetch.Call = new ModelCall(_calls[entry.Key].Count, fetch.Cursor);
        _calls[entry.Key].Add(call);
        fetch.Phase = Phase.Calling;
        var behaviour = _behaviours[entry.Key];
        if (behaviour == Behaviour.Waits) return;
        call.IsAnswered = true;
        if (entry.Key.IsLive && behaviour == Behaviour.Succeeds)
        {
            Streamed(entry, fetch, Answers.Value(entry.Key, call.Index, 0));
            if (entry.Fetch == fetch) Ended(entry, fetch);
            return;
        }

        var data = call.Cursor is { } cursor ? PageText.Page(cursor, call.Index, List(entry.Key)) : Answers.Data(entry.Key, call.Index);
        Answered(entry, fetch, behaviour == Behaviour.Succeeds ? data : null, Answers.Error(entry.Key, call.Index));
    }

    /// <summary>A value of a live query: the fetch goes on, unless it began before the fence and somebody wants a newer one.</summary>
    private void Streamed(ModelEntry entry, ModelFetch fetch, string data)
    {
        if (!fetch.HasValue) Successes++;
        (fetch.HasValue, fetch.Phase, fetch.Failures, fetch.FailureReason) = (true, Phase.Streaming, 0, null);
        entry.UnheldSince = null;
        entry.Set(data, Now);
        entry.Patches.RemoveAll(p => p.IsSettled); // What a live query says now it says after every commit.
        entry.IsInvalidated = fetch.Epoch < entry.Epoch;
        foreach (var waiter in Answerable(entry, fetch)) waiter.Succeed(entry.Shown!);
        if (fetch.Epoch < entry.Epoch && (entry.IsWanted || entry.Waiters.Count > 0)) Explicit(entry);
    }

    private void Ended(ModelEntry entry, ModelFetch fetch)
    {
        fetch.Call = null;
        entry.UnheldSince = null;
        if (!fetch.HasValue)
        {
            (fetch.Failures, fetch.FailureReason) = (fetch.Failures + 1, Answers.Nothing(entry.Key));
            FailedForGood(entry, fetch);
            return;
        }

        entry.Fetch = null;
        foreach (var waiter in Answerable(entry, fetch)) waiter.Succeed(entry.Shown!);
        FollowUp(entry, fetch);
    }

    private void Answered(ModelEntry entry, ModelFetch fetch, string? data, string error)
    {
        fetch.Call = null;
        if (data is null) Failed(entry, fetch, error);
        else if (fetch.IsOfPage) PageLanded(entry, fetch, data);
        else if (!entry.Key.IsPaged) Succeeded(entry, fetch, data);
        else if (!GoesOn(entry, fetch, data)) Succeeded(entry, fetch, PageText.List(fetch.Walked));
        if (entry.Fetch != fetch) entry.UnheldSince = null; // What lands without passengers stays from now on.
    }

    private void Succeeded(ModelEntry entry, ModelFetch fetch, string data)
    {
        entry.Set(data, Now);
        entry.Patches.RemoveAll(p => p.SettledAfter < fetch.Number);
        entry.IsInvalidated = false;
        Landed(entry, fetch);
    }

    private void Landed(ModelEntry entry, ModelFetch fetch)
    {
        Successes++;
        entry.Fetch = null;
        entry.IsInvalidated |= fetch.Epoch < entry.Epoch;
        entry.Observers.ForEach(o => o.PlanInterval(Now));
        foreach (var waiter in Answerable(entry, fetch)) waiter.Succeed(entry.Shown!);
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
        entry.Observers.ForEach(o => o.PlanInterval(Now));
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
        List<ModelWaiter> answerable = [.. entry.Waiters.Where(w => w.Direction == fetch.Direction && w.Epoch <= fetch.Epoch)];
        entry.Waiters.RemoveAll(answerable.Contains);
        return answerable;
    }

    /// <summary>What was invalidated while it was fetched is fetched again, if anybody wants it; then comes what waited for the end.</summary>
    private void FollowUp(ModelEntry entry, ModelFetch fetch)
    {
        if (!fetch.IsOfPage && fetch.Epoch < entry.Epoch && IsOwed(entry)) Start(entry);
        TakeUpWanted(entry);
    }

    /// <summary>Whether somebody wants all the data; who waits for a page only does not.</summary>
    private static bool IsOwed(ModelEntry entry) => entry.IsWanted || entry.Waiters.Exists(w => w.Direction == PageDirection.None);

    private void EndSilently(ModelEntry entry)
    {
        if (entry.Fetch is not { } fetch) return;
        if (fetch.Call is { } call) call.IsCancelled = entry.Key.IsCancellable && !call.IsAnswered;
        entry.Fetch = null;
    }

    private void ForgetFetch(ModelEntry entry)
    {
        EndSilently(entry);
        entry.Wanted.Clear();
    }

    private void Abandon(ModelEntry entry, ModelFetch fetch)
    {
        fetch.AbandonAt = null;
        fetch.HasNoMoreRetries = true;
        if (entry.Key.IsCancellable || fetch is { Phase: Phase.Paused, Failures: 0 }) ForgetFetch(entry);
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

        if (entry is { HasPassengers: false, Fetch: null }) entry.Wanted.Clear();
        if (entry.HasPassengers) entry.UnheldSince = null;
        else if (entry.Fetch is null && !entry.IsOptimistic && (entry.IsEmpty || setup.GcTime == 0 || !setup.Caches)) _entries.Remove(entry.Key);
        else if (entry.UnheldSince is null) (entry.UnheldSince, entry.LastUse) = (Now, ++_uses); // Until now it was in use, whenever that began.
        Evict();
    }
}
