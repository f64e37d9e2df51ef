using System.Collections.Concurrent;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;

namespace ReactiveQuery.Benchmarks;

// The plain-Rx shape: what a competent Rx developer writes by hand with System.Reactive alone. One
// object per query: fetches go through Switch, edits are merged in, Scan folds both into states, and a
// BehaviorSubject holds the current one. A ConcurrentDictionary keeps the queries, a SerialDisposable
// with Observable.Timer expires each one after its last observer left.

public readonly record struct RxKey(string Scope, int A, int B = -1);

public sealed record RxState<T>(T? Data, Exception? Error, bool Fetching, DateTimeOffset UpdatedAt, bool Invalid, int Fetches) where T : class
{
    public static readonly RxState<T> Empty = new(null, null, false, default, false, 0);
}

public sealed class RxQueryCache<T>(Func<RxKey, CancellationToken, Task<T>> fetch, TimeSpan staleTime, TimeSpan gcTime) where T : class
{
    private readonly ConcurrentDictionary<RxKey, RxQuery<T>> _queries = new();
    public TimeSpan StaleTime => staleTime;
    public TimeSpan GcTime => gcTime;
    public int Count => _queries.Count;
    public RxQuery<T> Get(RxKey key) => _queries.GetOrAdd(key, static (k, self) => new RxQuery<T>(self, k), this);
    public bool TryGet(RxKey key, out RxQuery<T> query) => _queries.TryGetValue(key, out query!);
    public Task<T> Run(RxKey key, CancellationToken ct) => fetch(key, ct);

    public void Remove(RxQuery<T> query)
    {
        _queries.TryRemove(KeyValuePair.Create(query.Key, query));
        query.Dispose();
    }

    public Task Invalidate(Func<RxKey, bool> predicate)
    {
        var refetches = new List<Task>();
        foreach (var (key, query) in _queries)
        {
            if (!predicate(key)) continue;
            query.Invalidate();
            if (query.HasObservers) refetches.Add(query.Refetch());
        }
        return refetches.Count == 0 ? Task.CompletedTask : Task.WhenAll(refetches);
    }
}

public sealed class RxQuery<T> : IDisposable where T : class
{
    private readonly RxQueryCache<T> _cache;
    private readonly BehaviorSubject<RxState<T>> _state = new(RxState<T>.Empty);
    private readonly Subject<IObservable<Func<RxState<T>, RxState<T>>>> _fetches = new();
    private readonly Subject<Func<RxState<T>, RxState<T>>> _edits = new();
    private readonly IDisposable _connection;
    private readonly SerialDisposable _expiry = new();
    private readonly object _gate = new();
    private int _observers;

    public RxQuery(RxQueryCache<T> cache, RxKey key)
    {
        _cache = cache;
        Key = key;
        _connection = _fetches.Switch().Merge(_edits).Scan(RxState<T>.Empty, (s, edit) => edit(s)).Subscribe(_state);
        States = Observable.Create<RxState<T>>(observer =>
        {
            Acquire();
            var subscription = _state.Subscribe(observer);
            EnsureFetch();
            return new CompositeDisposable(subscription, Disposable.Create(Release));
        });
    }

    public RxKey Key { get; }
    public RxState<T> State => _state.Value;
    public IObservable<RxState<T>> States { get; }
    public bool HasObservers { get { lock (_gate) return _observers > 0; } }

    public bool IsFresh
    {
        get
        {
            var s = _state.Value;
            return s.Data is not null && !s.Invalid && DateTimeOffset.UtcNow - s.UpdatedAt < _cache.StaleTime;
        }
    }

    private static RxState<T> WithData(RxState<T> s, T data) =>
        s with { Data = data, Error = null, Invalid = false, UpdatedAt = DateTimeOffset.UtcNow };

    public void Set(T data)
    {
        lock (_gate) _edits.OnNext(s => WithData(s, data));
    }

    public void Restore(RxState<T> state)
    {
        lock (_gate) _edits.OnNext(_ => state);
    }

    public void Invalidate()
    {
        lock (_gate) _edits.OnNext(s => s with { Invalid = true });
    }

    public Task Refetch()
    {
        lock (_gate)
        {
            var wanted = _state.Value.Fetches + 1;
            _fetches.OnNext(Observable.FromAsync(ct => _cache.Run(Key, ct))
                .Select(data => (Func<RxState<T>, RxState<T>>)(s => WithData(s, data) with { Fetching = false, Fetches = s.Fetches + 1 }))
                .Catch((Exception e) => Observable.Return<Func<RxState<T>, RxState<T>>>(s => s with { Error = e, Fetching = false, Fetches = s.Fetches + 1 }))
                .StartWith(s => s with { Fetching = true }));
            return _state.Value.Fetches >= wanted
                ? Task.CompletedTask
                : _state.FirstAsync(s => s.Fetches >= wanted).ToTask();
        }
    }

    public async Task<T> Fetch()
    {
        if (!IsFresh)
        {
            Task pending;
            lock (_gate)
                pending = _state.Value.Fetching ? _state.FirstAsync(s => !s.Fetching).ToTask() : IsFresh ? Task.CompletedTask : Refetch();
            await pending.ConfigureAwait(false);
        }
        return State.Data!;
    }

    private void Acquire()
    {
        lock (_gate) if (_observers++ == 0) _expiry.Disposable = Disposable.Empty;
    }

    private void EnsureFetch()
    {
        if (IsFresh) return;
        lock (_gate) if (!IsFresh && !_state.Value.Fetching) _ = Refetch();
    }

    private void Release()
    {
        var abandoned = false;
        lock (_gate)
        {
            if (--_observers > 0) return;
            abandoned = _state.Value is { Fetching: true, Data: null };
            if (!abandoned) _expiry.Disposable = Observable.Timer(_cache.GcTime).Subscribe(_ => _cache.Remove(this));
        }
        if (abandoned) _cache.Remove(this);
    }

    public Task<bool> Mutate(T optimistic, Func<T, Task<T>> mutation) => Observable.Defer(() =>
    {
        RxState<T> before;
        lock (_gate)
        {
            _fetches.OnNext(Observable.Empty<Func<RxState<T>, RxState<T>>>()); // drops a running fetch
            before = State;
            Set(optimistic);
        }
        return Observable.FromAsync(() => mutation(optimistic))
            .Do(Set, _ => Restore(before))
            .Select(_ => true)
            .Catch(Observable.Return(false));
    }).ToTask();

    public void Dispose()
    {
        _connection.Dispose();
        _expiry.Dispose();
    }
}
