namespace ReactiveQuery;

/// <summary>
/// Somebody who awaits a fetch and keeps it alive. It is answered by the first fetch that started in its own epoch or later, whichever flight
/// that turns out to be; its token ends its own wait only.
/// </summary>
internal sealed class Waiter<T>(QueryEntry<T> entry, QueryRequest<T>? request, int epoch)
    : TaskCompletionSource<T>(entry.ContinuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)
{
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;

    /// <summary>How the waiter would fetch; null for one that only waits for what others fetch.</summary>
    public QueryRequest<T>? Request { get; } = request;

    public int Epoch { get; } = epoch;

    /// <summary>Which page it waits for; <see cref="PageDirection.None"/> for the whole data. Fetches for anything else do not answer it.</summary>
    public PageDirection Direction { get; init; }

    /// <summary>Whether it only waits for the end: its task succeeds, without data, whatever came of the fetch.</summary>
    public bool OnlySettles { get; init; }

    /// <summary>The next in the chain it is in.</summary>
    public Waiter<T>? Linked { get; set; }

    /// <summary>Begins to watch the caller's token; called outside the entry's lock, for a token may already be cancelled.</summary>
    public void Watch(CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        _token = token;
        _registration = token.UnsafeRegister(static state => ((Waiter<T>)state!).GiveUp(), this);
        if (Task.IsCompleted)
            _registration.Unregister();
    }

    public void Answer(in Answer<T> answer)
    {
        if (OnlySettles)
        {
            TrySetResult(default!);
        }
        else if (answer.Error is not null)
        {
            TrySetException(answer.Error);
            _ = Task.Exception; // A prefetch looks at nobody's failure; the state shows it.
        }
        else if (answer.IsCancelled)
        {
            TrySetCanceled();
        }
        else
        {
            TrySetResult(answer.Data);
        }

        _registration.Unregister(); // Last: Watch looks the other way round, so that one of the two sees the other.
    }

    private void GiveUp()
    {
        if (entry.Leave(this))
            TrySetCanceled(_token);
    }
}

/// <summary>Waiters as a chain through themselves, from the last to the first: boarding and being answered allocate nothing (W8 in <c>benchmarks/WORKLOADS.md</c>).</summary>
/// <remarks>Not synchronized: guarded by the lock of the entry, until it was taken off.</remarks>
internal struct WaiterChain<T>
{
    private Waiter<T>? _last;

    public readonly bool IsEmpty => _last is null;

    /// <summary>The request of the first of all who could fetch.</summary>
    public readonly QueryRequest<T>? FirstRequest
    {
        get
        {
            QueryRequest<T>? request = null;
            for (var waiter = _last; waiter is not null; waiter = waiter.Linked)
                request = waiter.Request ?? request;
            return request;
        }
    }

    public void Add(Waiter<T> waiter)
    {
        waiter.Linked = _last;
        _last = waiter;
    }

    public bool Remove(Waiter<T> leaving)
    {
        Waiter<T>? after = null;
        for (var waiter = _last; waiter is not null; (after, waiter) = (waiter, waiter.Linked))
        {
            if (waiter != leaving) continue;
            if (after is null)
                _last = waiter.Linked;
            else
                after.Linked = waiter.Linked;
            return true;
        }

        return false;
    }

    /// <summary>Takes off those who wait for this page, or for any when it is null, of no later epoch; gives them to <paramref name="answered"/> in the order of their boarding.</summary>
    public void MoveTo(ref AnsweredWaiters<T> answered, PageDirection? direction, int epoch)
    {
        var waiter = _last;
        Waiter<T>? first = null;
        Waiter<T>? kept = null;
        _last = null;
        while (waiter is not null)
        {
            var before = waiter.Linked;
            ref var pile = ref waiter.Epoch <= epoch && (direction is null || waiter.Direction == direction) ? ref first : ref kept;
            waiter.Linked = pile;
            pile = waiter;
            waiter = before;
        }

        for (; kept is not null; kept = waiter)
        {
            waiter = kept.Linked;
            Add(kept);
        }

        answered.Add(first);
    }
}

/// <summary>Waiters whose wait is over, in the order of their boarding.</summary>
internal struct AnsweredWaiters<T>
{
    private Waiter<T>? _first;
    private Waiter<T>? _last;

    /// <summary>Adds a waiter and all that are linked from it.</summary>
    public void Add(Waiter<T>? first)
    {
        if (first is null) return;
        if (_last is null)
            _first = first;
        else
            _last.Linked = first;
        for (_last = first; _last.Linked is { } next; _last = next)
        {
        }
    }

    public readonly void Answer(in Answer<T> answer)
    {
        for (var waiter = _first; waiter is not null;)
        {
            var next = waiter.Linked; // Read first: an answered waiter is its caller's.
            waiter.Linked = null;
            waiter.Answer(answer);
            waiter = next;
        }
    }
}

/// <summary>What the waiters of a fetch are told.</summary>
internal readonly record struct Answer<T>(QueryState<T>? State, Exception? Error)
{
    public bool IsCancelled => State is null && Error is null;

    /// <summary>The data, as it is shown: that may run patches, which are user code, so ask outside the lock.</summary>
    public T Data => State!.Shown.Data!;

    public static Answer<T> Of(QueryState<T> state) => new(state, null);

    public static Answer<T> Failed(Exception error) => new(null, error);

    public static Answer<T> Cancelled() => default;
}
