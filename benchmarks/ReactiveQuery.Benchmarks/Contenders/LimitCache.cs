using System.Collections.Concurrent;

namespace ReactiveQuery.Benchmarks;

// The physical-limit shape: the least work that still gives the required outcome. One
// ConcurrentDictionary, one object per entry, an immutable state record, a hand-rolled observer array.
// It is NOT a library: it delivers under the entry's own lock, calls the fetcher under it, has no error
// policy, no retry, no options and no scheduler, and its prefix index knows three-part keys only.

public readonly struct LimitKey(string scope, int a, int b = -1) : IEquatable<LimitKey>
{
    public readonly string Scope = scope;
    public readonly int A = a, B = b;
    public bool Equals(LimitKey o) => A == o.A && B == o.B && (ReferenceEquals(Scope, o.Scope) || Scope == o.Scope);
    public override bool Equals(object? o) => o is LimitKey k && Equals(k);
    public override int GetHashCode() => (Scope.GetHashCode() * 31 + A) * 31 + B; // HashCode.Combine costs 8 ns more
}

public sealed class LimitState<T>(T? data, Exception? error, long updatedAt, bool fetching, bool invalid) where T : class
{
    public readonly T? Data = data;
    public readonly Exception? Error = error;
    public readonly long UpdatedAt = updatedAt;
    public readonly bool Fetching = fetching, Invalid = invalid;
    public static readonly LimitState<T> Empty = new(null, null, 0, false, false);
}

public sealed class LimitCache<T>(long staleMs, long gcMs, Func<T, T, T>? share = null) : IDisposable where T : class
{
    public readonly ConcurrentDictionary<LimitKey, LimitEntry<T>> Map = new();
    public readonly long StaleMs = staleMs, GcMs = gcMs;
    public readonly Func<T, T, T>? Share = share;
    private readonly ConcurrentDictionary<(string, int), List<LimitEntry<T>>> _groups = new();
    private readonly Queue<LimitEntry<T>> _idle = new();
    private Timer? _timer;

    public LimitEntry<T> GetOrAdd(LimitKey key)
    {
        if (Map.TryGetValue(key, out var entry)) return entry;
        var added = new LimitEntry<T>(this, key);
        entry = Map.GetOrAdd(key, added);
        if (ReferenceEquals(entry, added) && key.B >= 0)
        {
            var group = _groups.GetOrAdd((key.Scope, key.A), static _ => []);
            lock (group) group.Add(entry);
        }
        return entry;
    }

    public bool TryGetFresh(LimitKey key, out T data)
    {
        if (Map.TryGetValue(key, out var entry))
        {
            var s = entry.State;
            if (s.Data is { } d && !s.Invalid && Environment.TickCount64 - s.UpdatedAt < StaleMs) { data = d; return true; }
        }
        data = null!;
        return false;
    }

    public ValueTask<T> Fetch(LimitKey key, Func<LimitKey, CancellationToken, Task<T>> fetcher)
    {
        if (TryGetFresh(key, out var data)) return new ValueTask<T>(data);
        return new ValueTask<T>(GetOrAdd(key).Fetch(fetcher, force: false));
    }

    public void Invalidate(string scope, int a, Func<LimitKey, CancellationToken, Task<T>>? refetch)
    {
        if (!_groups.TryGetValue((scope, a), out var group)) return;
        lock (group) foreach (var entry in group) entry.Invalidate(refetch);
    }

    public void Remove(LimitEntry<T> entry)
    {
        Map.TryRemove(new KeyValuePair<LimitKey, LimitEntry<T>>(entry.Key, entry));
        if (entry.Key.B >= 0 && _groups.TryGetValue((entry.Key.Scope, entry.Key.A), out var group)) lock (group) group.Remove(entry);
    }

    // One FIFO of idle entries and one timer: gcTime is the same for all, so the head is always due first.
    public void BecameIdle(LimitEntry<T> entry)
    {
        entry.IdleSince = Environment.TickCount64;
        lock (_idle)
        {
            if (entry.Queued) return;
            entry.Queued = true;
            _idle.Enqueue(entry);
            if (_idle.Count == 1) (_timer ??= new Timer(_ => Sweep())).Change(GcMs, Timeout.Infinite);
        }
    }

    private void Sweep()
    {
        lock (_idle)
        {
            var now = Environment.TickCount64;
            while (_idle.TryPeek(out var entry))
            {
                var due = entry.IdleSince + GcMs;
                if (entry.Idle && due > now) { _timer!.Change(due - now, Timeout.Infinite); return; }
                _idle.Dequeue();
                entry.Queued = false;
                if (entry.Idle) Remove(entry);
            }
        }
    }

    public void Dispose() => _timer?.Dispose();
}
