namespace ReactiveQuery;

/// <summary>
/// Somebody who awaits a fetch and keeps it alive. It is answered by the first fetch that started in its own epoch or later, whichever flight
/// that turns out to be; its token ends its own wait only.
/// </summary>
internal sealed class Waiter<T>(QueryEntry<T> entry, QueryRequest<T>? request, int epoch, bool continuesInline)
{
    private readonly TaskCompletionSource<T> _answer =
        new(continuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    private CancellationTokenRegistration _registration;
    private CancellationToken _token;

    /// <summary>How the waiter would fetch; null for one that only waits for what others fetch.</summary>
    public QueryRequest<T>? Request { get; } = request;

    public int Epoch { get; } = epoch;

    /// <summary>Which page it waits for; <see cref="PageDirection.None"/> for the whole data. Fetches for anything else do not answer it.</summary>
    public PageDirection Direction { get; init; }

    public Task<T> Task => _answer.Task;

    /// <summary>Begins to watch the caller's token; called outside the entry's lock, for a token may already be cancelled.</summary>
    public void Watch(CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        _token = token;
        _registration = token.UnsafeRegister(static state => ((Waiter<T>)state!).GiveUp(), this);
        if (_answer.Task.IsCompleted)
            _registration.Unregister();
    }

    public void Answer(in Answer<T> answer)
    {
        if (answer.Error is not null)
        {
            _answer.TrySetException(answer.Error);
            _ = _answer.Task.Exception; // A prefetch looks at nobody's failure; the state shows it.
        }
        else if (answer.IsCancelled)
        {
            _answer.TrySetCanceled();
        }
        else
        {
            _answer.TrySetResult(answer.Data);
        }

        _registration.Unregister(); // Last: Watch looks the other way round, so that one of the two sees the other.
    }

    private void GiveUp()
    {
        if (entry.Leave(this))
            _answer.TrySetCanceled(_token);
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
