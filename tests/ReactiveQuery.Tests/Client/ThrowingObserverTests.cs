using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Client;

/// <summary>One rule for observers that throw, wherever they stand: told to the hook once for each throw, and served on like anybody else.</summary>
public class ThrowingObserverTests : ClientTest
{
    private readonly QueryDefinition<int, string> _query = Query.Define("n", (int _, CancellationToken _) => new TaskCompletionSource<string>().Task);
    private readonly QueryDefinition<int, string> _other = Query.Define("m", (int _, CancellationToken _) => new TaskCompletionSource<string>().Task);

    public static TheoryData<string> Streams =>
    [
        "Observe", "Observe, dispatched", "Observe, latest dispatched", "placeholder", "SelectData", "DistinctData", "KeepPreviousData", "WithPlaceholder",
        "ObserveQuery", "ObserveQuery, previous", "ObserveQuery, placeholder", "ObserveQuery, dispatched", "ObserveQuery, SelectData", "ObserveQueries",
        "store", "store.Data", "store.Loading", "store.Error", "IsFetching",
    ];

    [Theory]
    [MemberData(nameof(Streams))]
    public void An_observer_that_throws_is_reported_hears_what_follows_and_harms_nobody(string name)
    {
        using var client = NewClient();
        using var store = client.CreateStore(_query, 1);
        using var parameters = new BehaviorSubject<int>(1);
        var stream = Stream(name, client, store, parameters);
        List<object?> healthy = [], thrower = [], second = [];

        stream.Subscribe(healthy.Add);
        var mount = stream.Subscribe(new Throwing(thrower));
        stream.Subscribe(second.Add);
        Change(client);

        Assert.True(healthy.Count > 1, $"{name} shows too little for a test");
        Assert.Equal(healthy, thrower);
        Assert.Equal(healthy, second);
        Assert.Equal(Enumerable.Repeat<Exception>(Boom, thrower.Count), Unobserved.Select(e => e.Exception));
        Assert.All(Unobserved, e => Assert.Equal(UnobservedErrorOrigin.Observer, e.Origin));
        mount.Dispose();
        Change(client);
        Assert.Equal(Unobserved.Count, thrower.Count);
        client.Dispose();
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void One_that_throws_at_the_end_is_reported_too(string name)
    {
        using var client = NewClient();
        using var store = client.CreateStore(_query, 1);
        using var parameters = new BehaviorSubject<int>(1);
        Stream(name, client, store, parameters).Subscribe(Observer.Create<object?>(_ => { }, () => throw Boom));
        client.Dispose();
        Scheduler.Start();
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void One_that_comes_after_the_end_and_throws_is_reported_too()
    {
        var client = NewClient();
        client.Dispose();
        client.Observe(_query, 1).Subscribe(_ => { }, () => throw Boom);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    private IObservable<object?> Stream(string name, QueryClient client, QueryStore<int, string> store, IObservable<int> parameters) => name switch
    {
        "Observe" => new Plain<QueryState<string>>(client.Observe(_query, 1)),
        "Observe, dispatched" => new Plain<QueryState<string>>(client.Observe(_query, 1, o => o with { DispatchOn = Scheduler })),
        "Observe, latest dispatched" =>
            new Plain<QueryState<string>>(client.Observe(_query, 1, o => o with { DispatchOn = Scheduler, DispatchMode = DispatchMode.LatestState })),
        "placeholder" => new Plain<QueryState<string>>(client.Observe(_query, 1, o => o with { PlaceholderData = () => "p" })),
        "SelectData" => new Plain<QueryState<int>>(client.Observe(_query, 1).SelectData(data => data.Length)),
        "DistinctData" => new Plain<string>(client.Observe(_query, 1).DistinctData()),
        "KeepPreviousData" => new Plain<QueryState<string>>(client.Observe(_query, 1).KeepPreviousData()),
        "WithPlaceholder" => new Plain<QueryState<string>>(client.Observe(_query, 1).WithPlaceholder(() => "p")),
        "ObserveQuery" => new Plain<QueryState<string>>(parameters.ObserveQuery(client, _query)),
        "ObserveQuery, previous" => new Plain<QueryState<string>>(parameters.ObserveQuery(client, _query, o => o with { KeepPreviousData = true })),
        "ObserveQuery, placeholder" => new Plain<QueryState<string>>(parameters.ObserveQuery(client, _query, o => o with { PlaceholderData = () => "p" })),
        "ObserveQuery, dispatched" => new Plain<QueryState<string>>(parameters.ObserveQuery(client, _query, o => o with { DispatchOn = Scheduler })),
        "ObserveQuery, SelectData" => new Plain<QueryState<int>>(parameters.ObserveQuery(client, _query).SelectData(data => data.Length)),
        "ObserveQueries" => new Plain<QueryState<(string, string)>>(parameters.ObserveQueries(client, _query, _other)),
        "store" => new Plain<QueryState<string>>(store),
        "store.Data" => new Plain<string>(store.Data),
        "store.Loading" => new Plain<bool>(store.Loading),
        "store.Error" => new Plain<Exception?>(store.Error),
        _ => new Plain<int>(client.IsFetching(new QueryFilter { Prefix = QueryKey.Of("n", 1) })),
    };

    /// <summary>Data, another error and an end of all fetching: something new for every stream.</summary>
    private void Change(QueryClient client)
    {
        var failing = Query.Define("n", (int _, CancellationToken _) => Task.FromException<string>(new InvalidOperationException()));
        client.SetData(_query, 1, "one");
        client.SetData(_other, 1, "three");
        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(10));
        client.SetData(_query, 1, "fourth");
        client.Cancel(_query, 1);
        client.Refetch(failing, 1);
        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(10));
    }

    private sealed class Throwing(List<object?> seen) : IObserver<object?>
    {
        public void OnNext(object? value)
        {
            seen.Add(value);
            throw Boom;
        }

        public void OnError(Exception error) => seen.Add(error);

        public void OnCompleted()
        {
        }
    }

    /// <summary>As objects, without an operator of Rx between stream and observer.</summary>
    private sealed class Plain<T>(IObservable<T> source) : IObservable<object?>
    {
        public IDisposable Subscribe(IObserver<object?> observer) => source.Subscribe(new Boxing(observer));

        private sealed class Boxing(IObserver<object?> observer) : IObserver<T>
        {
            public void OnNext(T value) => observer.OnNext(value);

            public void OnError(Exception error) => observer.OnError(error);

            public void OnCompleted() => observer.OnCompleted();
        }
    }
}
