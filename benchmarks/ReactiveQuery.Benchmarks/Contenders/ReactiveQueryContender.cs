using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Benchmarks;

// The library under measurement, as an application uses it: public calls only, a definition per query, a cache that is bounded.
public sealed class ReactiveQueryContender : Contender
{
    public override string Name => "reactive-query";

    public override IReadFixture Read() => new ReadFx();

    public override ISubscribeFixture Subscribe(Fetcher fetcher, TimeSpan staleTime) => new SubscribeFx(Items(fetcher, staleTime));

    public override IExpiryFixture Expiry(Fetcher fetcher, TimeSpan gcTime) => new SubscribeFx(Items(fetcher, FiveMinutes, gcTime));

    public override IFanOutFixture FanOut() => new FanOutFx();

    public override IPrefixFixture Prefix(Func<int, int, Item> fetch, bool observed) => new PrefixFx(fetch);

    public override IShareFixture Share() => new ShareFx();

    public override IDedupeFixture Dedupe(Fetcher fetcher) => new DedupeFx(fetcher);

    public override ICycleFixture Cycle(Fetcher fetcher) => new CycleFx(fetcher);

    public override IMutateFixture Mutate(Item initial) => new MutateFx(initial);

    public override IInfiniteFixture Infinite(Func<int, CancellationToken, Task<IReadOnlyList<Item>>> fetchPage) => new InfiniteFx(fetchPage);

    public override ISwitchFixture Switch(Fetcher fetcher) => new SwitchFx(fetcher);

    public override IConflateFixture Conflate(UiLoop ui, Action<Item> show) => new ConflateFx(ui, show);

    public override ISelectFixture Select() => new SelectFx();

    // The defaults, with a hook for failures, as an application has one: without it, each goes to the system's log.
    private static QueryClient NewClient() => new(new QueryClientOptions { OnUnobservedError = static _ => { } });

    // The same for workloads of which some hold more queries that nobody watches than the default allows.
    private static QueryClient NewLargeClient() => new(new QueryClientOptions { CacheCapacity = 200_000, OnUnobservedError = static _ => { } });

    private static QueryDefinition<int, Item> Items(Fetcher fetcher, TimeSpan staleTime, TimeSpan? gcTime = null, string name = "item") =>
        Query.Define(name, (int id, CancellationToken ct) => fetcher(id, ct))
            .With(o => o with { StaleTime = staleTime, GcTime = gcTime ?? FiveMinutes, Retry = RetryPolicy.None });

    /// <summary>For data that is written by hand and never fetched.</summary>
    private static QueryDefinition<int, Item> WrittenItems() =>
        Items((_, _) => throw new NotSupportedException(), FiveMinutes).With(o => o with { Enabled = false });

    private sealed class StateProbe : Probe, IObserver<QueryState<Item>>
    {
        public void OnNext(QueryState<Item> value) => Saw(value.Data, value.IsFetching);
        public void OnError(Exception error) { }
        public void OnCompleted() { }
    }

    private sealed class ReadFx : IReadFixture
    {
        private readonly QueryClient _client = NewLargeClient();
        private readonly QueryDefinition<int, Item> _items;
        private Fetcher? _fetcher;

        public ReadFx() => _items = Items((id, ct) => _fetcher!(id, ct), FiveMinutes);

        public void Set(int i, Item item) => _client.SetData(_items, i, item);
        public int Read(int i) => _client.GetState(_items, i) is { IsStale: false, Data: { } item } ? item.Value : -1;

        public ValueTask<Item> Fetch(int i, Fetcher fetcher)
        {
            _fetcher = fetcher;
            return new(_client.FetchAsync(_items, i));
        }

        public void Dispose() => _client.Dispose();
    }

    private sealed class SubscribeFx(QueryDefinition<int, Item> items) : ISubscribeFixture, IExpiryFixture
    {
        private readonly QueryClient _client = NewLargeClient();
        public Probe NewProbe() => new StateProbe();
        public void Set(int i, Item item) => _client.SetData(items, i, item);
        public IDisposable Subscribe(int i, Probe probe) => _client.Observe(items, i).Subscribe((StateProbe)probe);
        public int Entries => _client.Cache.Count;
        public void Dispose() => _client.Dispose();
    }

    private sealed class FanOutFx : IFanOutFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly QueryDefinition<int, Item> _items = WrittenItems();
        public Probe NewProbe() => new StateProbe();
        public void Add(Probe probe) => _client.Observe(_items, 0).Subscribe((StateProbe)probe);
        public void Set(Item item) => _client.SetData(_items, 0, item);
        public void Dispose() => _client.Dispose();
    }

    private sealed class PrefixFx(Func<int, int, Item> fetch) : IPrefixFixture
    {
        private readonly QueryClient _client = NewLargeClient();
        private readonly QueryDefinition<(int Group, int Id), Item> _items =
            Query.Define("list", ((int Group, int Id) key, CancellationToken _) => Task.FromResult(fetch(key.Group, key.Id)))
                .With(o => o with { StaleTime = FiveMinutes, GcTime = FiveMinutes, Retry = RetryPolicy.None });

        public Probe NewProbe() => new StateProbe();
        public void Set(int g, int i, Item item) => _client.SetData(_items, (g, i), item);
        public bool IsFresh(int g, int i) => _client.GetState(_items, (g, i)) is { HasData: true, IsStale: false };
        public void Observe(int g, int i, Probe probe) => _client.Observe(_items, (g, i)).Subscribe((StateProbe)probe);
        public Task Invalidate(int g) => _client.InvalidateAsync(QueryKey.Of("list", g));
        public void Dispose() => _client.Dispose();
    }

    private sealed class ShareFx : IShareFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly QueryDefinition<System.Reactive.Unit, IReadOnlyList<Item>> _big =
            Query.Define("big", (CancellationToken _) => Task.FromResult<IReadOnlyList<Item>>([]))
                .With(o => o with { StaleTime = FiveMinutes, GcTime = FiveMinutes, Enabled = false });

        public ShareFx() => _client.Observe(_big).Subscribe(_ => Deliveries++);
        public void Set(IReadOnlyList<Item> list) => _client.SetData(_big, default, list);
        public IReadOnlyList<Item> Current => _client.TryGetData(_big, default, out var list) ? list : [];
        public long Deliveries { get; private set; }
        public void Dispose() => _client.Dispose();
    }

    private sealed class DedupeFx(Fetcher fetcher) : IDedupeFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly QueryDefinition<int, Item> _items = Items(fetcher, FiveMinutes);
        public Probe NewProbe() => new StateProbe();
        public IDisposable Subscribe(Probe probe) => _client.Observe(_items, 0).Subscribe((StateProbe)probe);
        public void Dispose() => _client.Dispose();
    }

    private sealed class CycleFx : ICycleFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly QueryDefinition<int, Item> _items;

        public CycleFx(Fetcher fetcher)
        {
            _items = Items(fetcher, FiveMinutes);
            _client.SetData(_items, 0, Item.Of(0, 0));
            _client.Observe(_items, 0).Subscribe((StateProbe)Probe);
        }

        public Probe Probe { get; } = new StateProbe();
        public Task Refetch() => _client.RefetchAsync(_items, 0);
        public void Dispose() => _client.Dispose();
    }

    private sealed class MutateFx : IMutateFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly QueryDefinition<int, Item> _items = WrittenItems();
        private readonly Mutation<Item, Item> _write;
        private Func<Item, Task<Item>>? _send;

        public MutateFx(Item initial)
        {
            _write = _client.CreateMutation(
                (Item item) => _send!(item),
                m => m.Optimistic(_items, item => item.Id, (_, item) => item).SetsData(_items, (item, _) => item.Id));
            _client.SetData(_items, 0, initial);
            _client.Observe(_items, 0).Subscribe((StateProbe)Probe);
        }

        public Probe Probe { get; } = new StateProbe();

        public async ValueTask<bool> Mutate(Item optimistic, Func<Item, Task<Item>> mutation)
        {
            _send = mutation;
            Task written = _write.Start(optimistic).Task;
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return written.IsCompletedSuccessfully;
        }

        public void Dispose() => _client.Dispose();
    }

    private sealed class InfiniteFx : IInfiniteFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly InfiniteQueryDefinition<System.Reactive.Unit, int, IReadOnlyList<Item>> _feed;

        public InfiniteFx(Func<int, CancellationToken, Task<IReadOnlyList<Item>>> fetchPage)
        {
            _feed = Query.DefineInfinite("feed", (int page, CancellationToken ct) => fetchPage(page, ct), 0, page => page[0].Value + 1)
                .With(o => o with { StaleTime = FiveMinutes, GcTime = FiveMinutes, Retry = RetryPolicy.None, Enabled = false });
            _client.Observe(_feed).Subscribe(_ => States++);
        }

        public Task FetchNext() => _client.FetchNextPageAsync(_feed, default);
        public Task RefetchAll() => _client.RefetchAsync(_feed, default);
        public int PageCount => _client.TryGetData(_feed, default, out var data) ? data.Count : 0;
        public Item LastItem => _client.TryGetData(_feed, default, out var data) ? data.Pages[^1][^1] : throw new InvalidOperationException("no pages");
        public long States { get; private set; }
        public void Dispose() => _client.Dispose();
    }

    private sealed class SwitchFx : ISwitchFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly Subject<int> _parameters = new();
        private readonly QueryDefinition<int, Item> _search;

        public SwitchFx(Fetcher fetcher)
        {
            _search = Items(fetcher, FiveMinutes, name: "search");
            _parameters.ObserveQuery(_client, _search).Subscribe((StateProbe)Probe);
        }

        public Probe Probe { get; } = new StateProbe();
        public void Set(int p, Item item) => _client.SetData(_search, p, item);
        public void SetParam(int p) => _parameters.OnNext(p);
        public int Entries => _client.Cache.Count;

        public void Dispose()
        {
            _parameters.Dispose();
            _client.Dispose();
        }
    }

    private sealed class ConflateFx : IConflateFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly QueryDefinition<int, Item> _items;

        public ConflateFx(UiLoop ui, Action<Item> show)
        {
            var scheduler = new SynchronizationContextScheduler(ui.Context);
            _items = WrittenItems().With(o => o with { DispatchOn = scheduler, DispatchMode = DispatchMode.LatestState });
            _client.Observe(_items, 0).Subscribe(state =>
            {
                if (state.TryGetData(out var item)) show(item);
            });
        }

        public void Set(Item item) => _client.SetData(_items, 0, item);
        public void Dispose() => _client.Dispose();
    }

    private sealed class SelectFx : ISelectFixture
    {
        private readonly QueryClient _client = NewClient();
        private readonly QueryDefinition<int, Item> _items = WrittenItems();
        public void Add() => _client.Observe(_items, 0).SelectData(item => item.Name).Subscribe(_ => Deliveries++);
        public void Set(Item item) => _client.SetData(_items, 0, item);
        public long Deliveries { get; private set; }
        public void Dispose() => _client.Dispose();
    }
}
