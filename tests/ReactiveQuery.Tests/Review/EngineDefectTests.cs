using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>User code that throws or never ends where streams are compared, left and enumerated; timers and walks that nobody needs.</summary>
public class EngineDefectTests : ClientTest
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("Observe")]
    [InlineData("ObserveQuery")]
    [InlineData("ObserveQueries")]
    public void Data_whose_equality_throws_counts_as_new_and_is_reported(string stream)
    {
        using var client = NewClient();
        using var parameters = new BehaviorSubject<int>(1);
        var query = Query.Define("n", (int _) => new TaskCompletionSource<Touchy>().Task).With(o => o with { StructuralSharing = false });
        List<int> seen = [];
        using var subscription = stream switch
        {
            "Observe" => client.Observe(query, 1).Subscribe(state => seen.Add(state.Data.Number)),
            "ObserveQuery" => parameters.ObserveQuery(client, query).Subscribe(state => seen.Add(state.Data.Number)),
            _ => parameters.ObserveQueries(client, query, query).Subscribe(state => seen.Add(state.Data.First.Number)),
        };

        client.SetData(query, 1, new Touchy(1));
        client.SetData(query, 1, new Touchy(2));

        Assert.Equal([0, 1, 2], seen.Distinct());
        Assert.NotEmpty(Unobserved);
        Assert.All(Unobserved, error => Assert.Equal((Boom, UnobservedErrorOrigin.Comparer), (error.Exception, error.Origin)));
    }

    [Fact]
    public void A_parameter_source_whose_disposal_throws_is_reported_and_the_query_left()
    {
        using var client = NewClient();
        var parameters = Observable.Create<int>(observer =>
        {
            observer.OnNext(1);
            return Disposable.Create(() => throw Boom);
        });
        var subscription = parameters.ObserveQuery(client, Query.Define("n", (int _, CancellationToken _) => new TaskCompletionSource<int>().Task)).Subscribe();
        Assert.Equal(1, client.Cache.Count);

        subscription.Dispose();

        Assert.Equal((Boom, UnobservedErrorOrigin.Cancellation), (Assert.Single(Unobserved).Exception, Unobserved[0].Origin));
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void Triggers_whose_disposal_throws_are_all_disposed()
    {
        using var client = NewClient();
        var disposals = 0;
        IObservable<TValue> Trigger<TValue>() => Observable.Create<TValue>(_ => Disposable.Create(() =>
        {
            disposals++;
            throw Boom;
        }));
        var query = Counting().With(o => o with { EnabledWhen = Trigger<bool>(), RefetchOn = Trigger<System.Reactive.Unit>() });
        client.Observe(query, 1).Subscribe().Dispose();
        Assert.Equal((2, 2), (disposals, Unobserved.Count));
    }

    [Fact]
    public async Task A_caller_takes_one_value_of_an_endless_synchronous_sequence_and_the_rest_is_not_asked_for()
    {
        using var client = NewClient();
        var (asked, ended) = (0, false);
        CancellationToken token = default;
        var query = Query.Define("n", (int _, CancellationToken ct) =>
        {
            token = ct;
            return Numbers();
        });

        Assert.Equal(0, await client.FetchAsync(query, 1).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal(1, asked);
        Assert.True(ended);
        Assert.True(token.IsCancellationRequested);

#pragma warning disable CS1998 // Without an await: that is the point.
        async IAsyncEnumerable<int> Numbers()
        {
            try
            {
                for (var i = 0; i < 1_000_000; i++)
                {
                    asked++;
                    yield return i;
                }
            }
            finally
            {
                ended = true;
            }
        }
#pragma warning restore CS1998
    }

    [Fact]
    public void A_disabled_observer_with_an_interval_holds_no_timer_and_an_enabled_one_begins_its_interval()
    {
        using var client = NewClient();
        using var enabled = new BehaviorSubject<bool>(false);
        var (asked, fetched) = (0, 0);
        var query = Query.Define("n", (int _, CancellationToken _) => Task.FromResult(++fetched)).With(o => o with
        {
            EnabledWhen = enabled,
            StaleTime = Timeout.InfiniteTimeSpan,
            RefetchIntervalFrom = _ =>
            {
                asked++;
                return Second;
            },
        });
        using var subscription = client.Observe(query, 1).Subscribe();
        Scheduler.Start();
        Assert.Equal((0, 0), (asked, fetched));

        enabled.OnNext(true);
        Scheduler.AdvanceBy(Second * 3);
        Assert.Equal(4, fetched);

        enabled.OnNext(false);
        var before = asked;
        Scheduler.Start();
        Assert.Equal((before, 4), (asked, fetched));
    }

    [Fact]
    public void Each_key_keeps_previous_data_as_the_defaults_of_its_own_prefix_say_and_options_are_configured_once()
    {
        using var client = NewClient();
        using var parameters = new BehaviorSubject<int>(1);
        var configured = 0;
        var query = Query.Define("n", (int id, CancellationToken _) => id == 1 ? Task.FromResult("one") : new TaskCompletionSource<string>().Task);
        client.SetDefaults(QueryKey.Of("n", 2), new QueryOptions { KeepPreviousData = true });
        List<string> seen = [];
        using var subscription = parameters.ObserveQuery(client, query, o =>
        {
            configured++;
            return o;
        }).Subscribe(state => seen.Add(state.ToString()));

        parameters.OnNext(2);
        parameters.OnNext(1);
        parameters.OnNext(3);

        Assert.Equal(["Loading+Fetching", "Success+Idle(one)", "Success+Fetching(one, placeholder)", "Success+Idle(one)", "Loading+Fetching"], seen);
        Assert.Equal(1, configured);
    }

    [Fact]
    public void A_sleep_of_any_length_only_makes_everything_old()
    {
        using var resumed = new Subject<TimeSpan>();
        using var client = NewClient(o => o with { Resumed = resumed });
        var query = Counting();
        List<string> seen = [];
        using var subscription = client.Observe(query, 1).Subscribe(state => seen.Add(state.ToString()));

        resumed.OnNext(TimeSpan.MaxValue);
        resumed.OnNext(TimeSpan.MaxValue);
        Scheduler.AdvanceBy(Second);

        Assert.Equal("Success+Idle(v2)", seen[^1]);
        Assert.NotNull(Assert.Single(client.Cache.Find()).StaleAt);
    }

    [Fact]
    public void A_fetch_of_another_thread_waits_while_the_connection_is_being_asked_for()
    {
        using var asking = new ManualResetEventSlim();
        using var answer = new ManualResetEventSlim();
        using var later = new Subject<bool>();
        var online = Observable.Create<bool>(observer =>
        {
            asking.Set();
            answer.Wait(TimeSpan.FromSeconds(30));
            observer.OnNext(false);
            return later.Subscribe(observer);
        });
        using var client = NewClient(o => o with { Online = online, CompletionBoundary = null });
        var query = Counting();
        var first = new Thread(() => client.Observe(query, 1).Subscribe()) { IsBackground = true };
        first.Start();
        Assert.True(asking.Wait(TimeSpan.FromSeconds(30)));

        List<string> seen = [];
        using var subscription = client.Observe(query, 2).Subscribe(state => seen.Add(state.ToString()));
        answer.Set();
        Assert.True(first.Join(TimeSpan.FromSeconds(30)));

        Assert.Equal(["Loading+Paused"], seen);
        later.OnNext(true);
        Assert.Equal("Success+Idle", seen[^1][..12]);
    }

    [Fact]
    public void A_connection_that_says_nothing_at_once_counts_as_there_and_its_first_word_is_no_trigger()
    {
        using var online = new Subject<bool>();
        using var client = NewClient(o => o with { Online = online });
        List<string> seen = [];
        using var subscription = client.Observe(Counting(), 1, o => o with { RefetchOnReconnect = RefetchPolicy.Always }).Subscribe(state => seen.Add(state.ToString()));
        online.OnNext(true);
        Assert.Equal(["Loading+Fetching", "Success+Idle(v1)"], seen);
    }

    [Fact]
    public void A_failure_that_will_be_retried_is_committed_at_the_completion_boundary_like_a_result()
    {
        using var client = NewClient();
        var answer = new TaskCompletionSource<string>();
        var query = Query.Define("n", (int _, CancellationToken _) => answer.Task).With(o => o with { Retry = RetryPolicy.Fixed(Second) });
        List<(string State, int Thread)> seen = [];
        using var subscription = client.Observe(query, 1).Subscribe(state => seen.Add((state.ToString(), Environment.CurrentManagedThreadId)));
        var other = new Thread(() => answer.SetException(Boom));
        other.Start();
        Assert.True(other.Join(TimeSpan.FromSeconds(30)));
        Assert.Single(seen);

        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["Loading+Fetching", "Loading+Fetching(failures: 1, last failure: boom)"], seen.Select(state => state.State));
        Assert.All(seen, state => Assert.Equal(Environment.CurrentManagedThreadId, state.Thread));
    }

    [Fact]
    public void The_watched_and_the_fetching_are_known_without_a_walk_over_what_is_held()
    {
        using var client = NewClient();
        var (asked, answer) = (0, new TaskCompletionSource<string>());
        var query = Query.Define("n", (int _, CancellationToken _) => answer.Task);
        for (var i = 0; i < 100; i++) client.SetData(query, i, "held");
        List<int> fetching = [];
        using var counting = client.IsFetching(new QueryFilter
        {
            Predicate = _ =>
            {
                asked++;
                return true;
            },
        }).Subscribe(fetching.Add);
        Assert.Equal(0, asked);

        var one = client.Observe(query, 200).Subscribe();
        var same = client.Observe(query, 200).Subscribe();
        var two = client.Observe(query, 1).Subscribe();
        Assert.Equal(2, client.Cache.Watched.Snapshot().Count);
        Assert.Single(client.Cache.Fetching.Snapshot());
        Assert.InRange(asked, 1, 10);
        Assert.Equal([0, 1], fetching);

        one.Dispose();
        Assert.Equal(2, client.Cache.Watched.Snapshot().Count);
        same.Dispose();
        two.Dispose();
        Assert.Empty(client.Cache.Watched.Snapshot());
        Assert.Empty(client.Cache.Fetching.Snapshot());
        Assert.Equal([0, 1, 0], fetching);

        client.Observe(query, 300).Subscribe();
        client.Dispose();
        Assert.Empty(client.Cache.Watched.Snapshot());
        Assert.Empty(client.Cache.Fetching.Snapshot());
    }

    [Fact]
    public void The_second_argument_of_an_error_is_its_data_whatever_the_type()
    {
        Assert.Equal((4, true, 1), (QueryState.Error<int>(Boom, 4).Data, QueryState.Error<int>(Boom, 4).HasData, QueryState.Error<int>(Boom, 4).FailureCount));
        Assert.Equal((false, 4), (QueryState.ErrorAfter<int>(4, Boom).HasData, QueryState.ErrorAfter<int>(4, Boom).FailureCount));
        Assert.Throws<ArgumentOutOfRangeException>("failureCount", () => QueryState.ErrorAfter<int>(0, Boom));
        Assert.Throws<ArgumentNullException>("error", () => QueryState.Error<int>(null!));
    }

    private readonly record struct Touchy(int Number)
    {
        public bool Equals(Touchy other) => Compare();

        public override int GetHashCode() => Number;

        private static bool Compare() => throw Boom;
    }
}
