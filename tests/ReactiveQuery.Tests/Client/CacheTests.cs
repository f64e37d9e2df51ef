using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Client;

public class CacheTests : ClientTest
{
    [Fact]
    public void Events_tell_what_happened_to_an_entry_and_why()
    {
        using var client = NewClient();
        List<string> seen = [];
        using var _ = client.Cache.Events.Subscribe(e => seen.Add($"{e.Kind} {e.UpdateCause}{e.RemovalCause} {e.Entry.Data}".TrimEnd()), () => seen.Add("end"));
        var query = Counting();

        var subscription = client.Observe(query, 1).Subscribe();
        client.Invalidate(query, 1);
        client.SetData(query, 1, "set");
        subscription.Dispose();
        client.Remove(query, 1);
        client.SetData(query, 2, "x");
        client.Dispose();

        Assert.Equal(
            [
                "Added", "Updated FetchStarted", "Updated FetchSucceeded v1", "Updated FetchStarted v1", "Updated FetchSucceeded v2",
                "Updated DataSet set", "Updated Dropped", "Removed Removed", "Added", "Updated DataSet x", "Removed Disposed x", "end",
            ],
            seen);
    }

    [Fact]
    public void Events_of_failed_paused_cancelled_and_live_fetches_carry_their_causes()
    {
        using var online = new System.Reactive.Subjects.BehaviorSubject<bool>(true);
        using var client = NewClient(o => o with { Online = online });
        List<QueryUpdateCause?> seen = [];
        using var _ = client.Cache.Events.Where(e => e.Kind == QueryCacheEventKind.Updated).Subscribe(e => seen.Add(e.UpdateCause));

        var calls = 0;
        var failing = Query.Define("f", (int _, CancellationToken _) => ++calls > 3 ? new TaskCompletionSource<string>().Task : Task.FromException<string>(Boom))
            .With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.FromSeconds(1), maxRetries: 1) });
        using (client.Observe(failing, 1).Subscribe())
        {
            Scheduler.AdvanceBy(TimeSpan.FromSeconds(2));
            client.Refetch(failing, 1);
            online.OnNext(false);
            Scheduler.AdvanceBy(TimeSpan.FromSeconds(2));
            online.OnNext(true);
            client.Cancel(failing, 1);
        }

        client.Observe(Query.Define("live", (int _) => Observable.Return("a")), 1).Subscribe();
        Assert.Equal(
            [
                QueryUpdateCause.FetchStarted, QueryUpdateCause.AttemptFailed, QueryUpdateCause.FetchFailed,
                QueryUpdateCause.FetchStarted, QueryUpdateCause.AttemptFailed, QueryUpdateCause.FetchPaused, QueryUpdateCause.FetchResumed,
                QueryUpdateCause.FetchCancelled,
                QueryUpdateCause.FetchStarted, QueryUpdateCause.ValueArrived, QueryUpdateCause.StreamCompleted,
            ],
            seen.Cast<QueryUpdateCause>());
    }

    [Fact]
    public void Removal_tells_expired_evicted_and_abandoned_apart()
    {
        using var client = NewClient(o => o with { CacheCapacity = 1 });
        List<string> seen = [];
        using var _ = client.Cache.Events.Where(e => e.Kind == QueryCacheEventKind.Removed).Subscribe(e => seen.Add($"{e.Key} {e.RemovalCause}"));
        client.SetData(Counting(), 1, "a");
        client.SetData(Counting(), 2, "b");
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(6));
        client.Observe(Query.Define("n", (int _, CancellationToken _) => new TaskCompletionSource<string>().Task), 3).Subscribe().Dispose();
        Assert.Equal(
            [$"{QueryKey.Of("n", 1)} Evicted", $"{QueryKey.Of("n", 2)} Expired", $"{QueryKey.Of("n", 3)} Abandoned"],
            seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Many_that_expire_at_once_are_gone_and_each_is_told_with_its_data_to_whoever_follows(bool isFollowed)
    {
        using var client = NewClient();
        List<string> seen = [];
        using var _ = isFollowed ? client.Cache.Events.Where(e => e.Kind == QueryCacheEventKind.Removed).Subscribe(e => seen.Add($"{e.RemovalCause} {e.Entry.Data}")) : null;
        var query = Counting();
        for (var i = 0; i < 200; i++)
            client.SetData(query, i, $"d{i}");
        using var watched = client.Observe(query, 50).Subscribe();
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(6));

        Assert.Equal(isFollowed ? Enumerable.Range(0, 200).Where(i => i != 50).Select(i => $"Expired d{i}") : [], seen);
        Assert.Equal(1, client.Cache.Count);
        Assert.Equal(query.KeyOf(50), Assert.Single(client.Cache.Find(new QueryFilter { Prefix = query.Root })).Key);
        Assert.False(client.TryGetData(query, 3, out string? gone));
        client.SetData(query, 3, "again");
        Assert.Equal("again", client.GetState(query, 3).Data);
    }

    [Fact]
    public void A_full_cache_evicts_the_least_recently_used_of_the_unwatched()
    {
        using var client = NewClient(o => o with { CacheCapacity = 3 });
        var query = Counting();
        client.Observe(query, 0).Subscribe();
        client.SetData(query, 1, "a");
        client.SetData(query, 2, "b");
        client.TryGetData(query, 1, out _);
        client.SetData(query, 3, "c");
        Assert.Equal([0, 1, 3], Ids(client));
        client.Observe(query, 4).Subscribe();
        client.Observe(query, 5).Subscribe();
        Assert.Equal([0, 4, 5], Ids(client));
        client.Observe(query, 6).Subscribe();
        Assert.Equal([0, 4, 5, 6], Ids(client)); // what is watched is never evicted
    }

    [Fact]
    public void What_was_watched_until_now_was_used_later_than_what_was_read_meanwhile()
    {
        using var client = NewClient(o => o with { CacheCapacity = 2 });
        var query = Counting();
        var watching = client.Observe(query, 0).Subscribe();
        client.SetData(query, 1, "a");
        client.TryGetData(query, 1, out _);
        watching.Dispose();
        client.SetData(query, 2, "b");
        Assert.Equal([0, 2], Ids(client));
    }

    [Fact]
    public void A_fetch_that_runs_is_not_evicted_until_it_has_ended()
    {
        using var client = NewClient(o => o with { CacheCapacity = 1 });
        var answer = new TaskCompletionSource<string>();
        var slow = Query.Define("slow", (int _) => answer.Task);
        client.Observe(slow, 0).Subscribe().Dispose();
        client.SetData(Counting(), 1, "a");
        Assert.Equal([0], Ids(client));
        client.Observe(Counting(), 2).Subscribe();
        answer.SetResult("late");
        Assert.Equal([2], Ids(client));
    }

    [Fact]
    public void Filters_select_by_key_prefix_definition_activity_staleness_status_and_predicate()
    {
        using var client = NewClient();
        var users = Counting("users");
        var posts = Query.Define("posts", (int _, CancellationToken _) => new TaskCompletionSource<string>().Task);
        var ofUser = Counting("ofUser").WithKey(id => QueryKey.Of("users", id, "posts"));
        client.Observe(users, 1).Subscribe();
        client.SetData(users, 2, "b");
        client.SetData(ofUser, 2, "p");
        client.Observe(posts, 1).Subscribe();
        client.SetData(users, 3, "old", Scheduler.Now.AddHours(-1));
        List<string> Found(QueryFilter filter) => [.. client.Cache.Find(filter).Select(e => e.Key.ToString()).Order()];
        string K(params object[] segments) => QueryKey.Of(segments).ToString();

        Assert.Equal([K("users", 2)], Found(new() { Key = QueryKey.Of("users", 2) }));
        Assert.Equal([K("users", 2), K("users", 2, "posts")], Found(QueryKey.Of("users", 2)));
        Assert.Equal([K("users", 1), K("users", 2), K("users", 3)], Found(users));
        Assert.Equal([K("users", 2, "posts")], Found(ofUser));
        Assert.Equal([K("posts", 1), K("users", 1)], Found(new() { IsWatched = true }));
        Assert.Equal([K("users", 3)], Found(new() { IsStale = true }));
        Assert.Equal([K("posts", 1)], Found(new() { FetchStatus = FetchStatus.Fetching }));
        Assert.Equal([K("users", 2)], Found(new() { Predicate = entry => (string?)entry.Data == "b" }));
        Assert.Equal([K("users", 3)], Found(new() { Prefix = QueryKey.Of("users"), IsWatched = false, IsStale = true }));
        Assert.Equal(5, client.Cache.Find().Count);
    }

    [Fact]
    public void Commands_concern_what_their_filter_selects()
    {
        using var client = NewClient();
        QueryDefinition<int, string> CountingEach(string name)
        {
            var calls = new int[3];
            return Query.Define(name, (int id) => Task.FromResult($"v{++calls[id]}"));
        }

        var users = CountingEach("users");
        var posts = CountingEach("posts");
        foreach (var id in new[] { 1, 2 })
        {
            client.Observe(users, id).Subscribe();
            client.Observe(posts, id).Subscribe();
        }

        string Data() => string.Join(' ', client.Cache.Find().OrderBy(e => e.Key.ToString(), StringComparer.Ordinal).Select(e => e.Data ?? "-"));
        Assert.Equal("v1 v1 v1 v1", Data());
        client.Invalidate(users);
        Assert.Equal("v1 v1 v2 v2", Data());
        client.Refetch(new QueryFilter { Predicate = entry => entry.Key == QueryKey.Of("posts", 2) });
        Assert.Equal("v1 v2 v2 v2", Data());
        client.Invalidate(QueryKey.Of("users", 2));
        Assert.Equal("v1 v2 v2 v3", Data());
        client.InvalidateAll();
        Assert.Equal("v2 v3 v3 v4", Data());
    }

    [Fact]
    public void A_predicate_that_throws_throws_to_the_caller_of_the_command()
    {
        using var client = NewClient();
        client.SetData(Counting(), 1, "a");
        Assert.Same(Boom, Assert.Throws<InvalidOperationException>(() => client.Invalidate(new QueryFilter { Predicate = _ => throw Boom })));
    }

    [Fact]
    public void The_number_of_fetching_queries_is_told_as_it_changes()
    {
        using var client = NewClient();
        var answers = new List<TaskCompletionSource<string>>();
        var slow = Query.Define("slow", (int _, CancellationToken _) => { answers.Add(new()); return answers[^1].Task; });
        var other = Query.Define("other", (int _, CancellationToken _) => { answers.Add(new()); return answers[^1].Task; });
        List<int> all = [];
        List<int> slowOnes = [];
        client.IsFetching().Subscribe(all.Add, () => all.Add(-1));
        client.IsFetching(slow).Subscribe(slowOnes.Add);

        client.Observe(slow, 1).Subscribe();
        client.Observe(other, 1).Subscribe();
        answers[1].SetResult("b");
        answers[0].SetResult("a");
        client.Dispose();

        Assert.Equal([0, 1, 2, 1, 0, -1], all);
        Assert.Equal([0, 1, 0], slowOnes);
    }

    [Fact]
    public void An_entry_tells_when_its_data_came_turns_stale_and_is_too_old()
    {
        using var client = NewClient();
        client.SetData(Counting().With(o => o with { StaleTime = TimeSpan.FromSeconds(10), CacheTtl = TimeSpan.FromSeconds(30) }), 1, "a");
        var now = Scheduler.Now;
        var entry = Assert.Single(client.Cache.Find());
        Assert.Equal((now, now.AddSeconds(10), now.AddSeconds(30)), (entry.Timestamp, entry.StaleAt, entry.ExpiresAt));
        Assert.Equal(("n", typeof(string), 0, false), (entry.DefinitionName, entry.DataType, entry.ObserverCount, entry.IsStale));
    }

    private static IEnumerable<int> Ids(QueryClient client) =>
        client.Cache.Find().Select(e => int.Parse(e.Key.ToString().Split(',', '"', '(', ')', ' ', '[', ']').Last(part => part.Length > 0))).Order();
}
