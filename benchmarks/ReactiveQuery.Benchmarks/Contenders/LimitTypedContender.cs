using System.Collections.Concurrent;

namespace ReactiveQuery.Benchmarks;

/// <summary>
/// The same limit for a typed handle: the constant part "item" is bound once in a definition that owns
/// its own dictionary, so that a read hashes an int only. Reads (W1, W7b) are all that this changes.
/// </summary>
public sealed class LimitTypedContender : Contender
{
    public override string Name => "limit-typed";
    public override IReadFixture Read() => new ReadFx();

    private sealed class ReadFx : IReadFixture
    {
        private const long StaleMs = 300_000;
        private readonly LimitCache<Item> _cache = new(StaleMs, StaleMs);
        private readonly ConcurrentDictionary<int, LimitEntry<Item>> _map = new();
        private Fetcher? _fetcher;
        private Func<LimitKey, CancellationToken, Task<Item>>? _adapted;

        private LimitEntry<Item> Entry(int i) =>
            _map.TryGetValue(i, out var e) ? e : _map.GetOrAdd(i, static (k, cache) => new LimitEntry<Item>(cache, new LimitKey("item", k)), _cache);

        public void Set(int i, Item item) => Entry(i).Set(item);
        public int Read(int i) => TryGetFresh(i, out var d) ? d.Value : -1;

        private bool TryGetFresh(int i, out Item item)
        {
            if (_map.TryGetValue(i, out var entry))
            {
                var s = entry.State;
                if (s.Data is { } d && !s.Invalid && Environment.TickCount64 - s.UpdatedAt < StaleMs) { item = d; return true; }
            }
            item = null!;
            return false;
        }

        public ValueTask<Item> Fetch(int i, Fetcher fetcher)
        {
            if (TryGetFresh(i, out var d)) return new ValueTask<Item>(d);
            if (_fetcher != fetcher) { _adapted = (k, ct) => fetcher(k.A, ct); _fetcher = fetcher; }
            return new ValueTask<Item>(Entry(i).Fetch(_adapted!, force: false));
        }

        public void Dispose() => _cache.Dispose();
    }
}
