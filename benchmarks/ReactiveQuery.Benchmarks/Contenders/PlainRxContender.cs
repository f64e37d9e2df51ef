using System.Collections.Immutable;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;

namespace ReactiveQuery.Benchmarks;

public sealed class PlainRxContender : Contender
{
    public override string Name => "plain-rx";

    private sealed class RxProbe : Probe, IObserver<RxState<Item>>
    {
        public void OnNext(RxState<Item> s) => Saw(s.Data, s.Fetching);
        public void OnError(Exception error) { }
        public void OnCompleted() { }
    }

    private static RxQueryCache<Item> NewCache(Fetcher fetcher, TimeSpan? staleTime = null, TimeSpan? gcTime = null) =>
        new((k, ct) => fetcher(k.A, ct), staleTime ?? FiveMinutes, gcTime ?? FiveMinutes);

    private static Task<Item> None(int i, CancellationToken ct) => throw new NotSupportedException();

    public override IReadFixture Read() => new ReadFx();

    private sealed class ReadFx : IReadFixture
    {
        private Fetcher _fetcher = None;
        private readonly RxQueryCache<Item> _cache;
        public ReadFx() => _cache = new((k, ct) => _fetcher(k.A, ct), FiveMinutes, FiveMinutes);
        public void Set(int i, Item item) => _cache.Get(new RxKey("item", i)).Set(item);
        public int Read(int i) => _cache.TryGet(new RxKey("item", i), out var q) && q.IsFresh ? q.State.Data!.Value : -1;
        public ValueTask<Item> Fetch(int i, Fetcher fetcher) { _fetcher = fetcher; return new(_cache.Get(new RxKey("item", i)).Fetch()); }
        public void Dispose() { }
    }

    public override ISubscribeFixture Subscribe(Fetcher fetcher, TimeSpan staleTime) => new SubscribeFx(NewCache(fetcher, staleTime));
    public override IExpiryFixture Expiry(Fetcher fetcher, TimeSpan gcTime) => new SubscribeFx(NewCache(fetcher, null, gcTime));

    private sealed class SubscribeFx(RxQueryCache<Item> cache) : ISubscribeFixture, IExpiryFixture
    {
        public Probe NewProbe() => new RxProbe();
        public void Set(int i, Item item) => cache.Get(new RxKey("item", i)).Set(item);
        public IDisposable Subscribe(int i, Probe probe) => cache.Get(new RxKey("item", i)).States.Subscribe((RxProbe)probe);
        public int Entries => cache.Count;
        public void Dispose() { }
    }

    public override IFanOutFixture FanOut() => new FanOutFx();

    private sealed class FanOutFx : IFanOutFixture
    {
        private readonly RxQueryCache<Item> _cache = NewCache(None);
        public Probe NewProbe() => new RxProbe();
        public void Add(Probe probe) => _cache.Get(new RxKey("item", 0)).States.Subscribe((RxProbe)probe);
        public void Set(Item item) => _cache.Get(new RxKey("item", 0)).Set(item);
        public void Dispose() { }
    }

    public override IPrefixFixture Prefix(Func<int, int, Item> fetch, bool observed) => new PrefixFx(fetch);

    private sealed class PrefixFx(Func<int, int, Item> fetch) : IPrefixFixture
    {
        private readonly RxQueryCache<Item> _cache = new((k, _) => Task.FromResult(fetch(k.A, k.B)), FiveMinutes, FiveMinutes);
        public Probe NewProbe() => new RxProbe();
        public void Set(int g, int i, Item item) => _cache.Get(new RxKey("list", g, i)).Set(item);
        public bool IsFresh(int g, int i) => _cache.Get(new RxKey("list", g, i)).IsFresh;
        public void Observe(int g, int i, Probe probe) => _cache.Get(new RxKey("list", g, i)).States.Subscribe((RxProbe)probe);
        public Task Invalidate(int g) => _cache.Invalidate(k => k.A == g && k.Scope == "list");
        public void Dispose() { }
    }

    public override IShareFixture Share() => new ShareFx();

    private sealed class ShareFx : IShareFixture
    {
        private readonly RxQueryCache<IReadOnlyList<Item>> _cache = new((_, _) => throw new NotSupportedException(), FiveMinutes, FiveMinutes);

        public ShareFx()
        {
            var query = _cache.Get(new RxKey("big", 0));
            query.Set([]);
            query.States.Select(s => s.Data).DistinctUntilChanged().Subscribe(_ => Deliveries++);
        }

        public void Set(IReadOnlyList<Item> list) => _cache.Get(new RxKey("big", 0)).Set(list);
        public IReadOnlyList<Item> Current => _cache.Get(new RxKey("big", 0)).State.Data!;
        public long Deliveries { get; private set; }
        public void Dispose() { }
    }

    public override IDedupeFixture Dedupe(Fetcher fetcher) => new DedupeFx(NewCache(fetcher));

    private sealed class DedupeFx(RxQueryCache<Item> cache) : IDedupeFixture
    {
        public Probe NewProbe() => new RxProbe();
        public IDisposable Subscribe(Probe probe) => cache.Get(new RxKey("item", 0)).States.Subscribe((RxProbe)probe);
        public void Dispose() { }
    }

    public override ICycleFixture Cycle(Fetcher fetcher) => new CycleFx(NewCache(fetcher));

    private sealed class CycleFx : ICycleFixture
    {
        private readonly RxQueryCache<Item> _cache;

        public CycleFx(RxQueryCache<Item> cache)
        {
            _cache = cache;
            cache.Get(new RxKey("item", 0)).Set(Item.Of(0, 0));
            cache.Get(new RxKey("item", 0)).States.Subscribe((RxProbe)Probe);
        }

        public Probe Probe { get; } = new RxProbe();
        public Task Refetch() => _cache.Get(new RxKey("item", 0)).Refetch();
        public void Dispose() { }
    }

    public override IMutateFixture Mutate(Item initial) => new MutateFx(initial);

    private sealed class MutateFx : IMutateFixture
    {
        private readonly RxQueryCache<Item> _cache = NewCache(None);

        public MutateFx(Item initial)
        {
            _cache.Get(new RxKey("item", 0)).Set(initial);
            _cache.Get(new RxKey("item", 0)).States.Subscribe((RxProbe)Probe);
        }

        public Probe Probe { get; } = new RxProbe();
        public ValueTask<bool> Mutate(Item optimistic, Func<Item, Task<Item>> mutation) =>
            new(_cache.Get(new RxKey("item", 0)).Mutate(optimistic, mutation));
        public void Dispose() { }
    }

    public override IInfiniteFixture Infinite(Func<int, CancellationToken, Task<IReadOnlyList<Item>>> fetchPage) => new InfiniteFx(fetchPage);

    private sealed class InfiniteFx : IInfiniteFixture
    {
        private readonly Subject<Func<ImmutableList<IReadOnlyList<Item>>, IObservable<ImmutableList<IReadOnlyList<Item>>>>> _requests = new();
        private readonly BehaviorSubject<RxState<ImmutableList<IReadOnlyList<Item>>>> _state;
        private readonly Func<int, CancellationToken, Task<IReadOnlyList<Item>>> _fetchPage;
        private readonly IDisposable _connection;

        public InfiniteFx(Func<int, CancellationToken, Task<IReadOnlyList<Item>>> fetchPage)
        {
            _fetchPage = fetchPage;
            _state = new(RxState<ImmutableList<IReadOnlyList<Item>>>.Empty with { Data = [] });
            _connection = _requests
                .Select(request => Observable.Defer(() => request(_state.Value.Data!)))
                .Concat()
                .Select(pages => _state.Value with { Data = pages, UpdatedAt = DateTimeOffset.UtcNow, Fetches = _state.Value.Fetches + 1 })
                .Subscribe(_state);
            _state.Subscribe(_ => States++);
        }

        public Task FetchNext() => Request(pages =>
            Observable.FromAsync(ct => _fetchPage(pages.Count, ct)).Select(pages.Add));

        public Task RefetchAll() => Request(pages =>
            Observable.Range(0, pages.Count)
                .Select(p => Observable.FromAsync(ct => _fetchPage(p, ct)))
                .Concat()
                .ToList()
                .Select(all => all.ToImmutableList()));

        private Task Request(Func<ImmutableList<IReadOnlyList<Item>>, IObservable<ImmutableList<IReadOnlyList<Item>>>> request)
        {
            var wanted = _state.Value.Fetches + 1;
            _requests.OnNext(request);
            return _state.Value.Fetches >= wanted ? Task.CompletedTask : _state.FirstAsync(s => s.Fetches >= wanted).ToTask();
        }

        public int PageCount => _state.Value.Data!.Count;
        public Item LastItem => _state.Value.Data![^1][^1];
        public long States { get; private set; }
        public void Dispose() => _connection.Dispose();
    }

    public override ISwitchFixture Switch(Fetcher fetcher) => new SwitchFx(NewCache(fetcher));

    private sealed class SwitchFx : ISwitchFixture
    {
        private readonly RxQueryCache<Item> _cache;
        private readonly Subject<int> _params = new();

        public SwitchFx(RxQueryCache<Item> cache)
        {
            _cache = cache;
            _params.Select(p => cache.Get(new RxKey("search", p)).States).Switch().Subscribe((RxProbe)Probe);
        }

        public Probe Probe { get; } = new RxProbe();
        public void Set(int p, Item item) => _cache.Get(new RxKey("search", p)).Set(item);
        public void SetParam(int p) => _params.OnNext(p);
        public int Entries => _cache.Count;
        public void Dispose() => _params.Dispose();
    }

    public override IConflateFixture Conflate(UiLoop ui, Action<Item> show) => new ConflateFx(ui, show);

    private sealed class ConflateFx : IConflateFixture
    {
        private readonly RxQueryCache<Item> _cache = NewCache(None);
        private readonly IDisposable _subscription;

        public ConflateFx(UiLoop ui, Action<Item> show)
        {
            _cache.Get(new RxKey("item", 0)).Set(new Item(0, "item-0", -1, false));
            _subscription = _cache.Get(new RxKey("item", 0)).States.Skip(1).ObserveOn(ui.Context).Subscribe(s => show(s.Data!));
        }

        public void Set(Item item) => _cache.Get(new RxKey("item", 0)).Set(item);
        public void Dispose() => _subscription.Dispose();
    }

    public override ISelectFixture Select() => new SelectFx();

    private sealed class SelectFx : ISelectFixture
    {
        private readonly RxQueryCache<Item> _cache = NewCache(None);
        private long _deliveries;

        public void Add() => _cache.Get(new RxKey("item", 0)).States
            .Select(s => s.Data!.Name).DistinctUntilChanged().Subscribe(_ => _deliveries++);

        public void Set(Item item) => _cache.Get(new RxKey("item", 0)).Set(item);
        public long Deliveries => _deliveries;
        public void Dispose() { }
    }
}
