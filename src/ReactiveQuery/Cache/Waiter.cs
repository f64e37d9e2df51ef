namespace ReactiveQuery;

/// <summary>
/// Somebody who awaits a fetch and keeps it alive. It is answered by the first fetch that started in its own epoch or later, whichever flight
/// that turns out to be; its token ends its own wait only.
/// </summary>
/// <param name="request">How it would fetch; see <see cref="Request"/>.</param>
/// <param name="epoch">The entry's epoch when it boarded.</param>
/// <param name="completion">The completion of a task that its caller has been given already; null for none.</param>
/// <remarks>Many a fetch has ended before its caller gets a task to wait for; a completion of its own is made only for the others (W5b in <c>benchmarks/WORKLOADS.md</c>).</remarks>
internal sealed class Waiter<T>(QueryRequest<T>? request, int epoch, TaskCompletionSource<T>? completion = null)
{
    /// <summary>What everybody gets who only waited for an end that has come.</summary>
    private static readonly Task<T> HasSettled = Task.FromResult<T>(default!);

    /// <summary>Null, the completion of a task that was handed out, or the outcome of what it was told (<see cref="Answer{T}.Outcome"/>).</summary>
    private object? _completion = completion;

    private TokenWatch? _watch;

    /// <summary>How the waiter would fetch; null for one that only waits for what others fetch.</summary>
    public QueryRequest<T>? Request { get; } = request;

    public int Epoch { get; } = epoch;

    /// <summary>Which page it waits for; <see cref="PageDirection.None"/> for the whole data. Fetches for anything else do not answer it.</summary>
    public PageDirection Direction { get; init; }

    /// <summary>Whether it only waits for the end: its task succeeds, without data, whatever came of the fetch.</summary>
    public bool OnlySettles { get; init; }

    /// <summary>The next in the chain it is in.</summary>
    public Waiter<T>? Linked { get; set; }

    /// <summary>What the caller gets; asked for once, outside the entry's lock, when the command that made the waiter has been carried out.</summary>
    public Task<T> TaskFor(bool continuesInline)
    {
        if (Volatile.Read(ref _completion) is { } outcome) return Told(new(outcome));
        var completion = new TaskCompletionSource<T>(continuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _completion, completion, null) is { } meanwhile ? Told(new(meanwhile)) : completion.Task;
    }

    /// <summary>Begins to watch the caller's token; called outside the entry's lock, for a token may already be cancelled.</summary>
    public void Watch(QueryEntry<T> entry, CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        _watch = new TokenWatch(entry, this, token);
        _watch.Begin();
        if (Volatile.Read(ref _completion) is not null) // No task was handed out yet.
            _watch.End();
    }

    public void Answer(Answer<T> answer)
    {
        if (Interlocked.Exchange(ref _completion, answer.Outcome) is TaskCompletionSource<T> completion)
            Tell(completion, answer);
        _watch?.End(); // Last: Watch looks the other way round, so that one of the two sees the other.
    }

    /// <summary>Its token was cancelled, and the entry has let it go.</summary>
    public void GiveUp(CancellationToken token)
    {
        _watch!.HasGivenUp = true;
        if (Interlocked.Exchange(ref _completion, Answer<T>.Cancelled.Outcome) is TaskCompletionSource<T> completion)
            completion.TrySetCanceled(token);
    }

    private Task<T> Told(Answer<T> answer)
    {
        if (_watch is { HasGivenUp: true } watch) return Task.FromCanceled<T>(watch.Token);
        if (OnlySettles) return HasSettled;
        if (answer.HasData) return Task.FromResult(answer.Data);
        var completion = new TaskCompletionSource<T>();
        Tell(completion, answer);
        return completion.Task;
    }

    private void Tell(TaskCompletionSource<T> completion, Answer<T> answer)
    {
        if (OnlySettles)
        {
            completion.TrySetResult(default!);
        }
        else if (answer.HasData)
        {
            completion.TrySetResult(answer.Data);
        }
        else if (answer.Error is { } error)
        {
            completion.TrySetException(error);
            _ = completion.Task.Exception; // A prefetch looks at nobody's failure; the state shows it.
        }
        else
        {
            completion.TrySetCanceled();
        }
    }

    /// <summary>The caller's token, where there is one.</summary>
    private sealed class TokenWatch(QueryEntry<T> entry, Waiter<T> waiter, CancellationToken token)
    {
        private CancellationTokenRegistration _registration;
        private volatile bool _hasGivenUp;

        public CancellationToken Token => token;

        public bool HasGivenUp { get => _hasGivenUp; set => _hasGivenUp = value; }

        public void Begin() => _registration = token.UnsafeRegister(static state => ((TokenWatch)state!).GiveUp(), this);

        public void End() => _registration.Unregister();

        private void GiveUp() => entry.Leave(waiter, token);
    }
}

/// <summary>Waiters as a chain through themselves, from the last to the first: boarding and being answered allocate nothing (W5b in <c>benchmarks/WORKLOADS.md</c>).</summary>
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

    /// <summary>Adds one that boarded before all that are there.</summary>
    public void AddFirst(Waiter<T> waiter)
    {
        if (_last is not { } first)
        {
            _last = waiter;
            return;
        }

        while (first.Linked is { } before)
            first = before;
        first.Linked = waiter;
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
        Waiter<T>? first = null;
        Waiter<T>? after = null;
        var waiter = _last;
        while (waiter is not null)
        {
            var before = waiter.Linked;
            if (waiter.Epoch > epoch || (direction is not null && waiter.Direction != direction))
            {
                after = waiter; // Stays.
            }
            else
            {
                if (after is null)
                    _last = before;
                else
                    after.Linked = before;
                (waiter.Linked, first) = (first, waiter);
            }

            waiter = before;
        }

        answered.Add(first);
    }
}

/// <summary>Waiters whose wait is over, in the order of their boarding.</summary>
internal ref struct AnsweredWaiters<T>
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

    public readonly void Answer(Answer<T> answer)
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

/// <summary>What the waiters of a fetch are told: the state it led to, the error it failed with, or that it was cancelled.</summary>
/// <param name="Outcome">The state or the error themselves; what a waiter was told takes no more room than that.</param>
internal readonly record struct Answer<T>(object? Outcome)
{
    private static readonly object Cancellation = new();

    public static Answer<T> Cancelled => new(Cancellation);

    public bool HasData => Outcome is QueryState<T>;

    /// <summary>The data, as it is shown: that may run patches, which are user code, so ask outside the lock.</summary>
    public T Data => ((QueryState<T>)Outcome!).Shown.Data!;

    public Exception? Error => Outcome as Exception;

    public static Answer<T> Of(QueryState<T> state) => new(state);

    public static Answer<T> Failed(Exception error) => new(error);
}
