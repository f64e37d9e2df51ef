using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Storms;

/// <summary>All operations at once, from real threads, in real time.</summary>
[Collection(AloneCollection.Name)]
public sealed class RandomStormTests : IDisposable
{
    private const int Threads = 4;
    private const int Iterations = 3_000;
    private readonly ConcurrentBag<UnobservedError> _unobserved = [];
    private readonly ConcurrentBag<Task> _awaited = [];
    private readonly ConcurrentDictionary<StormObserver, bool> _observers = [];
    private readonly ContractChecker _contract = new();
    private readonly BehaviorSubject<bool> _focus = new(true);
    private readonly BehaviorSubject<bool> _online = new(true);
    private readonly QueryClient _client;
    private readonly TestQuery[] _queries;
    private int _version;

    public RandomStormTests()
    {
        _client = new QueryClient(new QueryClientOptions
        {
            Focus = _focus,
            Online = _online,
            OnUnobservedError = _unobserved.Add,
            Defaults = new QueryOptions
            {
                StaleTime = Timeout.InfiniteTimeSpan,
                GcTime = TimeSpan.FromMilliseconds(5),
                Retry = RetryPolicy.Fixed(TimeSpan.Zero, maxRetries: 1),
                RefetchOnFocus = RefetchPolicy.Always,
            },
        });
        var withToken = Query.Define("a", (int id, CancellationToken token) => Answer(id));
        var withoutToken = Query.Define("b", (int id) => Answer(id));
        _queries = [new(withToken, 0), new(withToken, 1), new(withoutToken, 0), new(withoutToken, 1)];
    }

    public void Dispose()
    {
        _client.Dispose();
        _focus.Dispose();
        _online.Dispose();
    }

    [Fact]
    public void A_storm_of_all_operations_ends_with_every_observer_in_the_final_state()
    {
        var storm = new Storm(Threads);
        storm.Run(Iterations, (_, random, _) => Operate(random, writes: false));

        _online.OnNext(true);
        Storm.Eventually(() => _awaited.All(task => task.IsCompleted), () => "awaiting callers hang");
        foreach (var observer in _observers.Keys) Storm.Eventually(() => IsFinal(observer), () => $"{observer.Last} is not {State(observer.Query)}");
        Verify();
    }

    [Fact]
    public void Writes_amid_the_storm_break_no_contract_and_lose_no_final_state()
    {
        var storm = new Storm(Threads);
        storm.Run(Iterations, (_, random, _) => Operate(random, writes: true));

        _online.OnNext(true);
        foreach (var observer in _observers.Keys) Storm.Eventually(() => IsFinal(observer), () => $"{observer.Last} is not {State(observer.Query)}");
        Verify();
    }

    [Fact]
    public void After_the_storm_and_the_stay_of_the_entries_the_cache_is_empty()
    {
        new Storm(Threads).Run(Iterations, (_, random, _) => Operate(random, writes: true));
        _online.OnNext(true);

        foreach (var observer in _observers.Keys) observer.Dispose();

        Storm.Eventually(() => _client.Cache.Count == 0, () => $"left: {string.Join(", ", _client.Cache.Find())}");
        Verify();
    }

    [Fact]
    public void Disposing_the_client_amid_the_storm_completes_every_observer_once_and_ends_every_wait()
    {
        new Storm(Threads).Run(Iterations, (number, random, i) => (number, i) switch
        {
            (0, Iterations / 2) => DisposeClient(),
            _ => OperateUntilDisposed(random),
        });

        Storm.Eventually(() => _awaited.All(task => task.IsCompleted), () => "awaiting callers hang");
        foreach (var observer in _observers.Keys) Storm.Eventually(() => observer.Completions > 0, () => "an observer is not completed");
        Assert.All(_observers.Keys, observer => Assert.Equal(1, observer.Completions));
        Assert.Throws<ObjectDisposedException>(() => _client.InvalidateAll());
        Assert.Equal(0, _client.Cache.Count);
        Verify();
    }

    [Fact]
    public void Updates_from_all_threads_are_all_counted_and_seen_in_order()
    {
        var query = _queries[0];
        _client.SetData(query.Definition, query.Id, 0);
        using var observer = new StormObserver(query, _contract, growsOnly: true).Subscribe(_client);

        new Storm(Threads).Run(Iterations, (_, _, _) =>
        {
            _client.UpdateData(query.Definition, query.Id, n => n + 1);
            return [];
        });

        Assert.Equal(Threads * Iterations, State(query).Data);
        Storm.Eventually(() => observer.Last?.Data == Threads * Iterations, () => $"the observer stays at {observer.Last}");
        Assert.Null(observer.Complaint);
        _contract.Verify();
    }

    private IEnumerable<string> Operate(Random random, bool writes)
    {
        var query = _queries[random.Next(_queries.Length)];
        var (definition, id) = query;
        var operation = random.Next(writes ? 16 : 14);
        yield return $"operation {operation} on {definition.Name}/{id}";
        switch (operation)
        {
            case 0 or 1 or 2:
                _observers.TryAdd(new StormObserver(query, _contract, growsOnly: !writes).Subscribe(_client), true);
                break;
            case 3 or 4 or 5:
                if (_observers.Keys.FirstOrDefault() is not { } observer || !_observers.TryRemove(observer, out _)) break;
                observer.Dispose();
                if (observer.Complaint is { } complaint) throw new InvalidOperationException(complaint);
                break;
            case 6:
                _client.Refetch(definition, id);
                break;
            case 7:
                _awaited.Add(_client.RefetchAsync(definition, id));
                break;
            case 8:
                using (var source = new CancellationTokenSource())
                {
                    _awaited.Add(_client.FetchAsync(definition, id, source.Token));
                    if (random.Next(2) == 0) source.Cancel();
                }

                break;
            case 9:
                _client.Invalidate(random.Next(2) == 0 ? QueryKey.Of(definition.Name) : definition.KeyOf(id));
                break;
            case 10:
                _client.Cancel(definition, id);
                break;
            case 11:
                if (random.Next(10) == 0) _client.Clear();
                else _client.Remove(definition, id);
                break;
            case 12:
                _focus.OnNext(false);
                _focus.OnNext(true);
                break;
            case 13:
                _online.OnNext(random.Next(2) == 0);
                _online.OnNext(true);
                break;
            case 14:
                _client.SetData(definition, id, Interlocked.Increment(ref _version));
                break;
            default:
                _client.UpdateData(definition, id, n => n + 1);
                break;
        }
    }

    private IEnumerable<string> OperateUntilDisposed(Random random)
    {
        try
        {
            return [.. Operate(random, writes: true)];
        }
        catch (ObjectDisposedException)
        {
            return [];
        }
    }

    private IEnumerable<string> DisposeClient()
    {
        yield return "client.Dispose()";
        _client.Dispose();
    }

    /// <summary>Ever higher numbers, now and then late, now and then not at all.</summary>
    private Task<int> Answer(int id)
    {
        var version = Interlocked.Increment(ref _version);
        return (version % 7) switch
        {
            0 => throw new InvalidOperationException($"{id} failed"),
            1 => Task.FromException<int>(new InvalidOperationException($"{id} failed later")),
            2 or 3 => Task.Run(() => version),
            _ => Task.FromResult(version),
        };
    }

    private QueryState<int> State(TestQuery query) => _client.GetState(query.Definition, query.Id);

    private bool IsFinal(StormObserver observer) => State(observer.Query) is { IsFetching: false, IsPaused: false } state && state.Equals(observer.Last);

    private void Verify()
    {
        _contract.Verify();
        Assert.Empty(_unobserved);
        Assert.All(_observers.Keys, observer => Assert.Null(observer.Complaint));
    }
}
