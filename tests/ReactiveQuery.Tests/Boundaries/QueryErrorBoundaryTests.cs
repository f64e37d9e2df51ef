using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Boundaries;

public class QueryErrorBoundaryTests : ClientTest
{
    private readonly Dictionary<string, Func<int, Task<string>>> _servers = [];
    private readonly List<string> _seen = [];

    [Fact]
    public void The_errors_of_all_queries_below_a_prefix_are_one_list()
    {
        using var client = NewClient();
        using var boundary = client.CreateErrorBoundary(QueryKey.Of("users"));
        using var log = Log(boundary);
        using var first = client.Observe(Failing("users", times: 9), 1).Subscribe();
        using var second = client.Observe(Failing("users", times: 9), 2).Subscribe();
        using var other = client.Observe(Failing("posts", times: 9), 3).Subscribe();
        Assert.Equal(["", "1", "1 2"], _seen);
        Assert.True(boundary.HasErrors);
        Assert.All(boundary.Current, failure => Assert.Same(Boom, failure.Error));
    }

    [Fact]
    public void Reset_fetches_again_what_failed_and_nothing_else()
    {
        using var client = NewClient();
        var calls = new List<int>();
        var users = Query.Define("users", (int id, CancellationToken _) =>
        {
            calls.Add(id);
            return id == 1 && calls.Count(call => call == 1) == 1 ? Task.FromException<string>(Boom) : Task.FromResult("ok");
        });
        using var boundary = client.CreateErrorBoundary(users);
        using var log = Log(boundary);
        using var first = client.Observe(users, 1).Subscribe();
        using var second = client.Observe(users, 2).Subscribe();
        boundary.Reset();
        Assert.Equal([1, 2, 1], calls);
        Assert.Equal(["", "1", ""], _seen);
        boundary.Reset();
        Assert.Equal(3, calls.Count);
    }

    [Fact]
    public void What_had_failed_before_is_in_the_first_list_and_what_nobody_watches_is_removed_by_a_reset()
    {
        using var client = NewClient();
        client.PrefetchAsync(Failing("users", times: 9), 1);
        using var boundary = client.CreateErrorBoundary(new QueryFilter());
        using var log = Log(boundary);
        Assert.Equal(["1"], _seen);
        boundary.Reset();
        Assert.Equal(["1", ""], _seen);
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void A_failed_refetch_stays_in_the_list_until_it_has_succeeded()
    {
        using var client = NewClient();
        var answers = new Queue<TaskCompletionSource<string>>([new(), new(), new()]);
        var pending = answers.ToList();
        var users = Query.Define("users", (int _, CancellationToken _) => answers.Dequeue().Task);
        using var boundary = client.CreateErrorBoundary(users);
        using var log = Log(boundary);
        using var view = client.Observe(users, 1).Subscribe();
        pending[0].SetResult("a");
        client.Refetch(users, 1);
        pending[1].SetException(Boom);
        boundary.Reset();
        Assert.Equal(["", "1"], _seen);
        pending[2].SetResult("b");
        Assert.Equal(["", "1", ""], _seen);
    }

    [Fact]
    public void A_watched_query_belongs_to_the_boundary_while_it_is_subscribed_to()
    {
        using var client = NewClient();
        using var boundary = client.CreateErrorBoundary();
        using var log = Log(boundary);
        var users = Failing("users", times: 1);
        using var unrelated = client.Observe(Failing("posts", times: 9), 1).Subscribe();
        var states = new Recorder<QueryState<string>>();
        var subscription = boundary.Watch(users, 1).Subscribe(states);
        boundary.Reset();
        Assert.Equal(["", "1", ""], _seen);
        Assert.True(states.Values[^1].IsSuccess);

        _servers["users"] = _ => Task.FromException<string>(Boom);
        client.Refetch(users, 1);
        subscription.Dispose();
        Assert.Equal(["", "1", "", "1", ""], _seen);
        Assert.False(states.Ended);
    }

    [Fact]
    public void Any_stream_can_be_watched_with_a_retry_of_its_own()
    {
        using var client = NewClient();
        using var boundary = client.CreateErrorBoundary();
        using var log = Log(boundary);
        using var stream = new BehaviorSubject<QueryState<int>>(QueryState.Error<int>(Boom));
        var retries = 0;
        using var first = boundary.Watch(stream, () => retries++).Subscribe();
        using var second = boundary.Watch(stream, () => throw Boom).Subscribe();
        Assert.Null(Assert.Single(boundary.Current).Key);
        boundary.Reset();
        Assert.Equal(1, retries);
        Assert.Equal(UnobservedErrorOrigin.Callback, Assert.Single(Unobserved).Origin);
        stream.OnNext(QueryState.Success(1));
        Assert.Empty(boundary.Current);
    }

    [Fact]
    public void A_query_that_is_watched_and_cached_is_listed_once()
    {
        using var client = NewClient();
        using var boundary = client.CreateErrorBoundary(QueryKey.Of("users"));
        using var view = boundary.Watch(Failing("users", times: 9), 1).Subscribe();
        Assert.Single(boundary.Current);
    }

    [Fact]
    public void A_predicate_that_throws_counts_as_false_and_is_reported()
    {
        using var client = NewClient();
        using var boundary = client.CreateErrorBoundary(new QueryFilter { Predicate = _ => throw Boom });
        using var view = client.Observe(Failing("users", times: 9), 1).Subscribe();
        Assert.Empty(boundary.Current);
        Assert.All(Unobserved, error => Assert.Equal(UnobservedErrorOrigin.Callback, error.Origin));
        Assert.NotEmpty(Unobserved);
    }

    [Fact]
    public void The_stream_completes_with_the_boundary_and_with_the_client()
    {
        var client = NewClient();
        var byFilter = new Recorder<IReadOnlyList<QueryFailure>>();
        var byStream = new Recorder<IReadOnlyList<QueryFailure>>();
        var disposed = new Recorder<IReadOnlyList<QueryFailure>>();
        var boundary = client.CreateErrorBoundary(new QueryFilter());
        boundary.Subscribe(byFilter);
        client.CreateErrorBoundary().Subscribe(byStream);
        using (var brief = client.CreateErrorBoundary(new QueryFilter())) brief.Subscribe(disposed);
        Assert.Equal((true, false, false), (disposed.Completed, byFilter.Completed, byStream.Completed));
        client.Dispose();
        Assert.Equal((true, true), (byFilter.Completed, byStream.Completed));
        boundary.Reset();
        Assert.Throws<ObjectDisposedException>(() => client.CreateErrorBoundary());
    }

    [Fact]
    public void An_observer_that_throws_is_reported_and_hears_the_next_list()
    {
        using var client = NewClient();
        using var boundary = client.CreateErrorBoundary(new QueryFilter());
        var calls = 0;
        using var subscription = boundary.Subscribe(_ => { calls++; throw Boom; });
        using var view = client.Observe(Failing("users", times: 9), 1).Subscribe();
        Assert.Equal((2, 2), (calls, Unobserved.Count(error => error.Origin == UnobservedErrorOrigin.Observer)));
    }

    private IDisposable Log(QueryErrorBoundary boundary) =>
        boundary.Subscribe(failures => _seen.Add(string.Join(' ', failures.Select(failure => $"{failure.Key?[1] ?? "stream"}").Order())));

    /// <summary>Fails so many times, then answers.</summary>
    private QueryDefinition<int, string> Failing(string name, int times)
    {
        var left = times;
        _servers[name] = _ => left-- > 0 ? Task.FromException<string>(Boom) : Task.FromResult("ok");
        return Query.Define(name, (int id, CancellationToken _) => _servers[name](id));
    }
}
