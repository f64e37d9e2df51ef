using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Primitives;

namespace ReactiveQuery.Benchmarks;

// IMemoryCache.GetOrCreateAsync where it applies: a cache with expiry, but no observers, no states, no
// joining of a running fetch. "Fresh" means "not expired": an entry lives for staleTime.
public sealed class MemoryCacheContender : Contender
{
    public override string Name => "memory-cache";

    private readonly record struct Key(string Scope, int A, int B = -1);

    private sealed class ValueProbe : Probe
    {
        public void OnValue(Item item) => Saw(item, false);
    }

    public override IReadFixture Read() => new ReadFx();

    private sealed class ReadFx : IReadFixture
    {
        private readonly MemoryCache _cache = new(new MemoryCacheOptions());
        public void Set(int i, Item item) => _cache.Set(new Key("item", i), item, FiveMinutes);
        public int Read(int i) => _cache.TryGetValue<Item>(new Key("item", i), out var item) ? item!.Value : -1;

        public ValueTask<Item> Fetch(int i, Fetcher fetcher) => new(_cache.GetOrCreateAsync(new Key("item", i), entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = FiveMinutes;
            return fetcher(i, default);
        })!);

        public void Dispose() => _cache.Dispose();
    }

    // No observers: "subscribe" is one GetOrCreateAsync. Only used where that still means something.
    public override ISubscribeFixture Many(Fetcher fetcher) => new ManyFx(fetcher, FiveMinutes);
    public override IExpiryFixture Expiry(Fetcher fetcher, TimeSpan gcTime) => new ManyFx(fetcher, gcTime);

    private sealed class ManyFx(Fetcher fetcher, TimeSpan life) : ISubscribeFixture, IExpiryFixture
    {
        // The scan for expired entries runs only when the cache is touched, at most this often.
        private readonly MemoryCache _cache = new(new MemoryCacheOptions { ExpirationScanFrequency = TimeSpan.FromMilliseconds(100) });
        public Probe NewProbe() => new ValueProbe();
        public void Set(int i, Item item) => _cache.Set(new Key("item", i), item, life);

        public IDisposable Subscribe(int i, Probe probe)
        {
            var task = _cache.GetOrCreateAsync(new Key("item", i), entry =>
            {
                entry.AbsoluteExpirationRelativeToNow = life;
                return fetcher(i, default);
            });
            ((ValueProbe)probe).OnValue(task.GetAwaiter().GetResult()!);
            return Nothing.Instance;
        }

        public int Entries { get { _cache.TryGetValue(this, out _); return _cache.Count; } }
        public void Dispose() => _cache.Dispose();
    }

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();
        public void Dispose() { }
    }

    // A cancellation token per group is the documented way to drop dependent entries together.
    public override IPrefixFixture? Prefix(Func<int, int, Item> fetch, bool observed) => observed ? null : new PrefixFx();

    private sealed class PrefixFx : IPrefixFixture
    {
        private readonly MemoryCache _cache = new(new MemoryCacheOptions());
        private readonly Dictionary<int, CancellationTokenSource> _groups = [];
        public Probe NewProbe() => throw new NotSupportedException();
        public void Observe(int g, int i, Probe probe) => throw new NotSupportedException();

        public void Set(int g, int i, Item item)
        {
            if (!_groups.TryGetValue(g, out var cts)) _groups[g] = cts = new CancellationTokenSource();
            _cache.Set(new Key("list", g, i), item, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = FiveMinutes }
                .AddExpirationToken(new CancellationChangeToken(cts.Token)));
        }

        public bool IsFresh(int g, int i) => _cache.TryGetValue(new Key("list", g, i), out _);

        public Task Invalidate(int g)
        {
            if (_groups.Remove(g, out var cts)) cts.Cancel();
            return Task.CompletedTask;
        }

        public void Dispose() => _cache.Dispose();
    }

    public override ICycleFixture Cycle(Fetcher fetcher) => new CycleFx(fetcher);

    private sealed class CycleFx(Fetcher fetcher) : ICycleFixture
    {
        private readonly MemoryCache _cache = new(new MemoryCacheOptions());
        private readonly ValueProbe _probe = new();
        public Probe Probe => _probe;

        // No observer exists; the caller gets the value. A pending fetch has no visible state.
        public async Task Refetch()
        {
            _cache.Remove(new Key("item", 0));
            var item = await _cache.GetOrCreateAsync(new Key("item", 0), entry =>
            {
                entry.AbsoluteExpirationRelativeToNow = FiveMinutes;
                return fetcher(0, default);
            });
            _probe.OnValue(item!);
            _probe.Fetching++;
        }

        public void Dispose() => _cache.Dispose();
    }
}
