namespace ReactiveQuery.Benchmarks;

public sealed class LimitContender : Contender
{
    private const long Minutes5 = 300_000;
    public override string Name => "limit";

    private sealed class LimitProbe : Probe, IObserver<LimitState<Item>>
    {
        public void OnNext(LimitState<Item> s) => Saw(s.Data, s.Fetching);
        public void OnError(Exception error) { }
        public void OnCompleted() { }
    }

    private static Func<LimitKey, CancellationToken, Task<Item>> Adapt(Fetcher f) => (k, ct) => f(k.A, ct);

    public override IReadFixture Read() => new ReadFx();

    private sealed class ReadFx : IReadFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        private Fetcher? _fetcher;
        private Func<LimitKey, CancellationToken, Task<Item>>? _adapted;
        public void Set(int i, Item item) => _cache.GetOrAdd(new LimitKey("item", i)).Set(item);
        public int Read(int i) => _cache.TryGetFresh(new LimitKey("item", i), out var d) ? d.Value : -1;

        public ValueTask<Item> Fetch(int i, Fetcher fetcher)
        {
            if (_fetcher != fetcher) { _adapted = Adapt(fetcher); _fetcher = fetcher; }
            return _cache.Fetch(new LimitKey("item", i), _adapted!);
        }

        public void Dispose() => _cache.Dispose();
    }

    public override ISubscribeFixture Subscribe(Fetcher fetcher, TimeSpan staleTime) => new SubscribeFx(fetcher, staleTime, Minutes5);

    public override IExpiryFixture Expiry(Fetcher fetcher, TimeSpan gcTime) =>
        new SubscribeFx(fetcher, FiveMinutes, (long)gcTime.TotalMilliseconds);

    private sealed class SubscribeFx(Fetcher fetcher, TimeSpan staleTime, long gcMs) : ISubscribeFixture, IExpiryFixture
    {
        private readonly LimitCache<Item> _cache = new((long)staleTime.TotalMilliseconds, gcMs);
        private readonly Func<LimitKey, CancellationToken, Task<Item>> _fetch = Adapt(fetcher);
        public Probe NewProbe() => new LimitProbe();
        public void Set(int i, Item item) => _cache.GetOrAdd(new LimitKey("item", i)).Set(item);
        public IDisposable Subscribe(int i, Probe probe) => _cache.GetOrAdd(new LimitKey("item", i)).Subscribe((LimitProbe)probe, _fetch);
        public int Entries => _cache.Map.Count;
        public void Dispose() => _cache.Dispose();
    }

    public override IFanOutFixture FanOut() => new FanOutFx();

    private sealed class FanOutFx : IFanOutFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        public Probe NewProbe() => new LimitProbe();
        public void Add(Probe probe) => _cache.GetOrAdd(new LimitKey("item", 0)).Subscribe((LimitProbe)probe, null);
        public void Set(Item item) => _cache.GetOrAdd(new LimitKey("item", 0)).Set(item);
        public void Dispose() => _cache.Dispose();
    }

    public override IPrefixFixture Prefix(Func<int, int, Item> fetch, bool observed) => new PrefixFx(fetch);

    private sealed class PrefixFx(Func<int, int, Item> fetch) : IPrefixFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        private readonly Func<LimitKey, CancellationToken, Task<Item>> _fetch = (k, _) => Task.FromResult(fetch(k.A, k.B));
        public Probe NewProbe() => new LimitProbe();
        public void Set(int g, int i, Item item) => _cache.GetOrAdd(new LimitKey("list", g, i)).Set(item);
        public bool IsFresh(int g, int i) => _cache.TryGetFresh(new LimitKey("list", g, i), out _);
        public void Observe(int g, int i, Probe probe) => _cache.GetOrAdd(new LimitKey("list", g, i)).Subscribe((LimitProbe)probe, _fetch);
        public Task Invalidate(int g) { _cache.Invalidate("list", g, _fetch); return Task.CompletedTask; }
        public void Dispose() => _cache.Dispose();
    }

    public override IShareFixture Share() => new ShareFx();

    private sealed class ShareFx : IShareFixture, IObserver<LimitState<IReadOnlyList<Item>>>
    {
        private readonly LimitCache<IReadOnlyList<Item>> _cache = new(Minutes5, Minutes5, Merge);
        public ShareFx() => _cache.GetOrAdd(new LimitKey("big", 0)).Subscribe(this, null);
        public void Set(IReadOnlyList<Item> list) => _cache.GetOrAdd(new LimitKey("big", 0)).Set(list);
        public IReadOnlyList<Item> Current => _cache.GetOrAdd(new LimitKey("big", 0)).State.Data!;
        public long Deliveries { get; private set; }
        public void OnNext(LimitState<IReadOnlyList<Item>> s) => Deliveries++;
        public void OnError(Exception e) { }
        public void OnCompleted() { }
        public void Dispose() => _cache.Dispose();

        // The old reference wherever the item is equal; the old list if all of them are.
        private static IReadOnlyList<Item> Merge(IReadOnlyList<Item> before, IReadOnlyList<Item> after)
        {
            var a = (Item[])before;
            var b = (Item[])after;
            var common = Math.Min(a.Length, b.Length);
            var first = 0;
            while (first < common && a[first].Equals(b[first])) first++;
            if (first == a.Length && first == b.Length) return before;
            var merged = new Item[b.Length];
            Array.Copy(a, merged, first);
            for (var i = first; i < b.Length; i++) merged[i] = i < common && a[i].Equals(b[i]) ? a[i] : b[i];
            return merged;
        }
    }

    public override IDedupeFixture Dedupe(Fetcher fetcher) => new DedupeFx(fetcher);

    private sealed class DedupeFx(Fetcher fetcher) : IDedupeFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        private readonly Func<LimitKey, CancellationToken, Task<Item>> _fetch = Adapt(fetcher);
        public Probe NewProbe() => new LimitProbe();
        public IDisposable Subscribe(Probe probe) => _cache.GetOrAdd(new LimitKey("item", 0)).Subscribe((LimitProbe)probe, _fetch);
        public void Dispose() => _cache.Dispose();
    }

    public override ICycleFixture Cycle(Fetcher fetcher) => new CycleFx(fetcher);

    private sealed class CycleFx : ICycleFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        private readonly Func<LimitKey, CancellationToken, Task<Item>> _fetch;

        public CycleFx(Fetcher fetcher)
        {
            _fetch = Adapt(fetcher);
            var entry = _cache.GetOrAdd(new LimitKey("item", 0));
            entry.Set(Item.Of(0, 0));
            entry.Subscribe((LimitProbe)Probe, _fetch);
        }

        public Probe Probe { get; } = new LimitProbe();
        public Task Refetch() => _cache.GetOrAdd(new LimitKey("item", 0)).Fetch(_fetch, force: true);
        public void Dispose() => _cache.Dispose();
    }

    public override IMutateFixture Mutate(Item initial) => new MutateFx(initial);

    private sealed class MutateFx : IMutateFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);

        public MutateFx(Item initial)
        {
            var entry = _cache.GetOrAdd(new LimitKey("item", 0));
            entry.Set(initial);
            entry.Subscribe((LimitProbe)Probe, null);
        }

        public Probe Probe { get; } = new LimitProbe();
        public ValueTask<bool> Mutate(Item optimistic, Func<Item, Task<Item>> mutation) =>
            _cache.GetOrAdd(new LimitKey("item", 0)).Mutate(optimistic, mutation);
        public void Dispose() => _cache.Dispose();
    }

    public override IInfiniteFixture Infinite(Func<int, CancellationToken, Task<IReadOnlyList<Item>>> fetchPage) => new InfiniteFx(fetchPage);

    private sealed class InfiniteFx : IInfiniteFixture, IObserver<LimitState<LimitPages>>
    {
        private readonly LimitCache<LimitPages> _cache = new(Minutes5, Minutes5);
        private readonly LimitEntry<LimitPages> _entry;
        private readonly Func<LimitKey, CancellationToken, Task<LimitPages>> _next, _all;

        public InfiniteFx(Func<int, CancellationToken, Task<IReadOnlyList<Item>>> fetchPage)
        {
            _entry = _cache.GetOrAdd(new LimitKey("feed", 0));
            _entry.Subscribe(this, null);
            _next = (_, ct) =>
            {
                var pages = _entry.State.Data ?? new LimitPages();
                var task = fetchPage(pages.Count, ct);
                return task.IsCompletedSuccessfully ? Task.FromResult(pages.Append(task.Result)) : Slow(pages, task);
            };
            _all = async (_, ct) =>
            {
                var pages = new LimitPages();
                for (var p = 0; p < _entry.State.Data!.Count; p++) pages = pages.Append(await fetchPage(p, ct).ConfigureAwait(false));
                return pages;
            };

            static async Task<LimitPages> Slow(LimitPages pages, Task<IReadOnlyList<Item>> page) => pages.Append(await page.ConfigureAwait(false));
        }

        public Task FetchNext() => _entry.Fetch(_next, force: true);
        public Task RefetchAll() => _entry.Fetch(_all, force: true);
        public int PageCount => _entry.State.Data!.Count;
        public Item LastItem => _entry.State.Data![PageCount - 1][^1];
        public long States { get; private set; }
        public void OnNext(LimitState<LimitPages> s) => States++;
        public void OnError(Exception e) { }
        public void OnCompleted() { }
        public void Dispose() => _cache.Dispose();
    }

    public override ISwitchFixture Switch(Fetcher fetcher) => new SwitchFx(fetcher);

    private sealed class SwitchFx(Fetcher fetcher) : ISwitchFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        private readonly Func<LimitKey, CancellationToken, Task<Item>> _fetch = Adapt(fetcher);
        private readonly LimitProbe _probe = new();
        private IDisposable? _current;
        public Probe Probe => _probe;
        public void Set(int p, Item item) => _cache.GetOrAdd(new LimitKey("search", p)).Set(item);

        public void SetParam(int p)
        {
            _current?.Dispose();
            _current = _cache.GetOrAdd(new LimitKey("search", p)).Subscribe(_probe, _fetch);
        }

        public int Entries => _cache.Map.Count;
        public void Dispose() => _cache.Dispose();
    }

    public override IConflateFixture Conflate(UiLoop ui, Action<Item> show) => new ConflateFx(ui, show);

    // One slot and one flag: at most one wake-up is queued, and it always takes the newest state.
    private sealed class ConflateFx : IConflateFixture, IObserver<LimitState<Item>>
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        private readonly UiLoop _ui;
        private readonly Action<Item> _show;
        private readonly SendOrPostCallback _drain;
        private LimitState<Item>? _latest;
        private int _queued;

        public ConflateFx(UiLoop ui, Action<Item> show)
        {
            (_ui, _show, _drain) = (ui, show, _ => Drain());
            _cache.GetOrAdd(new LimitKey("item", 0)).Subscribe(this, null);
        }

        public void OnNext(LimitState<Item> s)
        {
            Volatile.Write(ref _latest, s);
            if (Volatile.Read(ref _queued) == 0 && Interlocked.Exchange(ref _queued, 1) == 0) _ui.Post(_drain, null);
        }

        private void Drain()
        {
            Interlocked.Exchange(ref _queued, 0);
            if (Interlocked.Exchange(ref _latest, null) is { Data: { } d }) _show(d);
        }

        public void Set(Item item) => _cache.GetOrAdd(new LimitKey("item", 0)).Set(item);
        public void OnError(Exception e) { }
        public void OnCompleted() { }
        public void Dispose() => _cache.Dispose();
    }

    public override ISelectFixture Select() => new SelectFx();

    private sealed class SelectFx : ISelectFixture
    {
        private readonly LimitCache<Item> _cache = new(Minutes5, Minutes5);
        private readonly List<NameObserver> _observers = [];

        public void Add()
        {
            var o = new NameObserver();
            _observers.Add(o);
            _cache.GetOrAdd(new LimitKey("item", 0)).Subscribe(o, null);
        }

        public void Set(Item item) => _cache.GetOrAdd(new LimitKey("item", 0)).Set(item);
        public long Deliveries => _observers.Sum(o => o.Deliveries);
        public void Dispose() => _cache.Dispose();

        private sealed class NameObserver : IObserver<LimitState<Item>>
        {
            private string? _name;
            public long Deliveries;

            public void OnNext(LimitState<Item> s)
            {
                var name = s.Data?.Name;
                if (name == _name) return;
                _name = name;
                Deliveries++;
            }

            public void OnError(Exception e) { }
            public void OnCompleted() { }
        }
    }
}
