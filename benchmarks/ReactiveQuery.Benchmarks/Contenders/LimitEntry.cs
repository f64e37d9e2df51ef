namespace ReactiveQuery.Benchmarks;

public sealed class LimitEntry<T>(LimitCache<T> cache, LimitKey key) where T : class
{
    public readonly LimitKey Key = key;
    public volatile LimitState<T> State = LimitState<T>.Empty;
    public long IdleSince;
    public bool Queued;
    private LimitSubscription<T>[] _observers = [];
    private int _count;
    private LimitFlight<T>? _flight;
    private CancellationTokenSource? _cts;

    public bool Idle => _count == 0;

    private bool IsFresh(LimitState<T> s) =>
        s.Data is not null && !s.Invalid && Environment.TickCount64 - s.UpdatedAt < cache.StaleMs;

    public IDisposable Subscribe(IObserver<LimitState<T>> observer, Func<LimitKey, CancellationToken, Task<T>>? fetcher)
    {
        var subscription = new LimitSubscription<T>(this, observer);
        lock (this)
        {
            if (_count == _observers.Length) Array.Resize(ref _observers, Math.Max(1, _count * 2));
            subscription.Index = _count;
            _observers[_count++] = subscription;
            var s = State;
            if (fetcher is null || IsFresh(s)) { observer.OnNext(s); return subscription; }
            if (s.Data is not null || _flight is not null) observer.OnNext(s);
            if (_flight is null) Start(fetcher);
        }
        return subscription;
    }

    internal void Unsubscribe(LimitSubscription<T> subscription)
    {
        lock (this)
        {
            var i = subscription.Index;
            if (i < 0) return;
            subscription.Index = -1;
            var last = _observers[--_count];
            _observers[_count] = null!;
            if (i < _count) { _observers[i] = last; last.Index = i; }
            if (_count > 0) return;
            if (_flight is not null && State.Data is null)
            {
                _flight = null;
                _cts!.Cancel();
                cache.Remove(this);
                return;
            }
        }
        cache.BecameIdle(this);
    }

    // Backwards, so that an observer may remove itself while it is called.
    private void Publish(LimitState<T> s)
    {
        State = s;
        for (var i = _count - 1; i >= 0; i--) _observers[i].Observer.OnNext(s);
    }

    private static LimitState<T> Ok(T data) => new(data, null, Environment.TickCount64, false, false);

    public void Set(T data)
    {
        lock (this)
        {
            if (cache.Share is { } share && State.Data is { } old)
            {
                data = share(old, data);
                if (ReferenceEquals(data, old) && !State.Invalid) { State = Ok(data); return; }
            }
            Publish(Ok(data));
        }
    }

    public void Restore(LimitState<T> s)
    {
        lock (this) Publish(s);
    }

    public void Invalidate(Func<LimitKey, CancellationToken, Task<T>>? refetch)
    {
        lock (this)
        {
            var s = State;
            if (!s.Invalid) State = new LimitState<T>(s.Data, s.Error, s.UpdatedAt, s.Fetching, true);
            if (_count > 0 && refetch is not null && _flight is null) Start(refetch);
        }
    }

    public Task<T> Fetch(Func<LimitKey, CancellationToken, Task<T>> fetcher, bool force)
    {
        lock (this)
        {
            if (_flight is not null) return _flight.Task;
            var s = State;
            return !force && IsFresh(s) ? Task.FromResult(s.Data!) : Start(fetcher);
        }
    }

    private Task<T> Start(Func<LimitKey, CancellationToken, Task<T>> fetcher)
    {
        var task = fetcher(Key, (_cts ??= new CancellationTokenSource()).Token);
        if (task.IsCompletedSuccessfully) { Publish(Ok(task.Result)); return task; }
        var flight = _flight = new LimitFlight<T>(this, task);
        var s = State;
        Publish(new LimitState<T>(s.Data, s.Error, s.UpdatedAt, true, s.Invalid));
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(flight.Done);
        return task;
    }

    internal void Landed(LimitFlight<T> flight)
    {
        lock (this)
        {
            if (!ReferenceEquals(_flight, flight)) return;
            _flight = null;
            var s = State;
            Publish(flight.Task.IsCompletedSuccessfully
                ? Ok(flight.Task.Result)
                : new LimitState<T>(s.Data, flight.Task.Exception, s.UpdatedAt, false, s.Invalid));
        }
    }

    /// <summary>An optimistic mutation on this entry.</summary>
    public ValueTask<bool> Mutate(T optimistic, Func<T, Task<T>> mutation)
    {
        LimitState<T> before;
        lock (this)
        {
            before = State;
            if (_flight is not null) { _flight = null; _cts!.Cancel(); _cts = null; }
            Publish(Ok(optimistic));
        }
        var task = mutation(optimistic);
        return task.IsCompleted ? new ValueTask<bool>(Settle(task)) : Slow();

        bool Settle(Task<T> t)
        {
            if (t.IsCompletedSuccessfully) { lock (this) Publish(Ok(t.Result)); return true; }
            Restore(before);
            return false;
        }

        async ValueTask<bool> Slow()
        {
            await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Settle(task);
        }
    }
}

public sealed class LimitSubscription<T>(LimitEntry<T> entry, IObserver<LimitState<T>> observer) : IDisposable where T : class
{
    public readonly IObserver<LimitState<T>> Observer = observer;
    public int Index;
    public void Dispose() => entry.Unsubscribe(this);
}

public sealed class LimitFlight<T>(LimitEntry<T> entry, Task<T> task) where T : class
{
    public readonly Task<T> Task = task;
    public void Done() => entry.Landed(this);
}

/// <summary>Pages that share one growing buffer: an append copies nothing, older states stay valid.</summary>
public sealed class LimitPages
{
    private readonly List<IReadOnlyList<Item>> _buffer;
    public readonly int Count;
    public LimitPages() { _buffer = []; }
    private LimitPages(List<IReadOnlyList<Item>> buffer, int count) { _buffer = buffer; Count = count; }
    public IReadOnlyList<Item> this[int i] => _buffer[i];

    public LimitPages Append(IReadOnlyList<Item> page)
    {
        lock (_buffer)
        {
            var buffer = _buffer.Count == Count ? _buffer : _buffer.GetRange(0, Count);
            buffer.Add(page);
            return new LimitPages(buffer, Count + 1);
        }
    }
}
