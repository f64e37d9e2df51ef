using BenchmarkDotNet.Attributes;

namespace ReactiveQuery.MicroBenchmarks;

/// <summary>What an application does most: it reads, observes, writes and invalidates cached queries.</summary>
[MemoryDiagnoser]
public class ClientBenchmarks : IDisposable
{
    private const int Groups = 100;
    private const int PerGroup = 100;

    private static readonly QueryDefinition<int, string> Names =
        Query.Define("name", (int id, CancellationToken _) => Task.FromResult($"name {id}")).With(o => o with { StaleTime = TimeSpan.FromMinutes(5) });

    private static readonly QueryDefinition<(int Group, int Id), string> Lists =
        Query.Define("list", ((int Group, int Id) key, CancellationToken _) => Task.FromResult("item")).With(o => o with { StaleTime = TimeSpan.FromMinutes(5) });

    private readonly QueryClient _client = new(new QueryClientOptions { CacheCapacity = 2 * Groups * PerGroup });
    private readonly IObserver<QueryState<string>> _observer = System.Reactive.Observer.Create<QueryState<string>>(_ => { });
    private readonly string[] _values = ["one", "other"];
    private int _turn;

    [GlobalSetup]
    public void Fill()
    {
        _client.SetData(Names, 1, "read");
        _client.SetData(Names, 2, "watched");
        _client.Observe(Names, 2).Subscribe(_observer);
        for (var group = 0; group < Groups; group++)
            for (var id = 0; id < PerGroup; id++)
                _client.SetData(Lists, (group, id), "item");
    }

    [Benchmark]
    public bool Read() => _client.TryGetData(Names, 1, out _);

    [Benchmark]
    public Task<string> FetchOfFreshData() => _client.FetchAsync(Names, 1);

    [Benchmark]
    public void SubscribeAndUnsubscribe() => _client.Observe(Names, 1).Subscribe(_observer).Dispose();

    /// <summary>One commit and one delivery.</summary>
    [Benchmark]
    public void StateTransition() => _client.SetData(Names, 2, _values[++_turn & 1]);

    /// <summary>Two commits, two deliveries, one call of the fetcher.</summary>
    [Benchmark]
    public Task Refetch() => _client.RefetchAsync(Names, 2);

    /// <summary>A hundred entries of ten thousand, which nobody watches.</summary>
    [Benchmark]
    public void InvalidatePrefix() => _client.Invalidate(QueryKey.Of("list", ++_turn % Groups));

    [GlobalCleanup]
    public void Dispose() => _client.Dispose();
}
