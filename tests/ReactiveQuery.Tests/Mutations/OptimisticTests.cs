using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Mutations;

public class OptimisticTests : ClientTest
{
    private sealed record User(string Name, int Age);

    private static readonly QueryDefinition<int, User> Users = Query.Define("users", (int _, CancellationToken _) => Task.FromResult(new User("ann", 1)));

    [Fact]
    public void A_patch_that_throws_is_skipped_and_reported_and_the_rest_holds()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        client.Mutate(Users, 1, user => user.Age > 1 ? throw Boom : user with { Name = "bob" });
        client.Mutate(Users, 1, user => user with { Age = user.Age + 10 });
        Assert.Equal(new User("bob", 11), client.GetState(Users, 1).Data);
        Assert.Empty(Unobserved);

        client.SetData(Users, 1, new User("cid", 2));
        Assert.Equal(new User("cid", 12), client.GetState(Users, 1).Data);
        Assert.Equal(new User("cid", 12), client.GetState(Users, 1).Data);
        Assert.Equal([new UnobservedError(Boom, UnobservedErrorOrigin.Patch, Users.KeyOf(1))], Unobserved);

        client.SetData(Users, 1, new User("dan", 1));
        Assert.Equal(new User("bob", 11), client.GetState(Users, 1).Data);
    }

    [Fact]
    public void The_base_and_the_pending_patches_can_be_read()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(5).Ticks);
        using var first = client.Mutate(Users, 1, user => user with { Name = "bob" });
        var second = client.Mutate(Users, 1, user => user with { Age = 5 });
        second.Commit();

        Assert.True(client.TryGetBaseData(Users, 1, out var data));
        Assert.Equal(new User("ann", 1), data);
        var at = ((System.Reactive.Concurrency.IScheduler)Scheduler).Now;
        Assert.Equal([new OptimisticPatch(first.Id, at, false), new OptimisticPatch(second.Id, at, true)], client.GetPatches(Users, 1));
        Assert.True(first.IsPending);
        Assert.False(second.IsPending);
        Assert.Equal(Users.KeyOf(1), first.Key);
        Assert.Empty(client.GetPatches(Users, 2));
        Assert.False(client.TryGetBaseData(Users, 2, out _));
    }

    [Fact]
    public void A_servers_answer_that_ends_a_fetch_nobody_waits_for_ends_the_entrys_stay_where_nothing_is_cached()
    {
        var client = NewClient(o => o with { Defaults = o.Defaults with { CacheEnabled = false, CancelDelay = TimeSpan.FromSeconds(1) } });
        var never = Query.Define("never", (int _, CancellationToken _) => new TaskCompletionSource<User>().Task);
        client.Observe(never, 1).Subscribe().Dispose();
        var patch = client.Mutate(never, 1, user => user);
        Assert.Equal(1, client.Cache.Count);

        patch.Commit(new User("ann", 1));
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public async Task Reads_and_awaited_calls_give_what_is_shown()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        client.Mutate(Users, 1, user => user with { Name = "bob" });
        Assert.True(client.TryGetData(Users, 1, out var read));
        Assert.Equal("bob", read.Name);
        Assert.Equal("bob", (await client.FetchAsync(Users, 1)).Name);
        Assert.Equal("bob", (await client.EnsureAsync(Users, 1)).Name);
        client.Invalidate(Users, 1);
        Assert.Equal("bob", (await client.FetchAsync(Users, 1)).Name);
        var entry = Assert.Single(client.Cache.Find());
        Assert.Equal(("bob", "ann", true), (((User)entry.Data!).Name, ((User)entry.BaseData!).Name, entry.IsOptimistic));
    }

    [Fact]
    public void An_update_of_the_data_works_on_the_base_and_keeps_what_was_committed()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        client.Mutate(Users, 1, user => user with { Name = "bob" }).Commit();
        Assert.True(client.UpdateData(Users, 1, user => user with { Age = user.Age + 1 }));
        Assert.Equal(new User("bob", 2), client.GetState(Users, 1).Data);
        Assert.True(client.TryGetBaseData(Users, 1, out var data));
        Assert.Equal(new User("ann", 2), data);
    }

    [Fact]
    public void A_filter_patches_what_holds_data_of_the_type()
    {
        var client = NewClient();
        var other = Query.Define("users", (string _, CancellationToken _) => Task.FromResult(1));
        client.SetData(Users, 1, new User("ann", 1));
        client.SetData(Users, 2, new User("bob", 2));
        client.SetData(other, "x", 7);
        var handles = client.Mutate(QueryKey.Of("users"), (User user) => user with { Age = user.Age * 10 });
        Assert.Equal(2, handles.Count);
        Assert.Equal([10, 20], new[] { 1, 2 }.Select(id => client.GetState(Users, id).Data!.Age));
        Assert.Equal(7, client.GetState(other, "x").Data);
        foreach (var handle in handles) handle.Dispose();
        Assert.Equal([1, 2], new[] { 1, 2 }.Select(id => client.GetState(Users, id).Data!.Age));
        Assert.Empty(client.Mutate(QueryKey.Of("nobody"), (User user) => user));
    }

    [Fact]
    public void Optimistic_writes_are_refused_by_name_where_they_are_not_wanted()
    {
        var client = NewClient();
        var strict = Users.With(o => o with { OptimisticUpdates = false });
        var refused = Assert.Throws<InvalidOperationException>(() => client.Mutate(strict, 1, user => user));
        Assert.Contains("OptimisticUpdates", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'users'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Cache.Count);

        client.SetData(strict, 1, new User("ann", 1));
        client.SetData(strict, 2, new User("bob", 1));
        Assert.Throws<InvalidOperationException>(() => client.Mutate(strict, (User user) => user with { Age = 9 }));
        Assert.Equal(1, client.GetState(strict, 1).Data!.Age);
        Assert.Empty(client.GetPatches(strict, 1));
    }

    [Fact]
    public void Bad_arguments_and_a_disposed_client_are_refused_and_a_handle_is_not()
    {
        var client = NewClient();
        Assert.Throws<ArgumentNullException>("definition", () => client.Mutate((QueryDefinition<int, User>)null!, 1, user => user));
        Assert.Throws<ArgumentNullException>("update", () => client.Mutate(Users, 1, null!));
        Assert.Throws<ArgumentNullException>("update", () => client.Mutate<User>(Users, null!));
        Assert.Throws<ArgumentNullException>("filter", () => client.Mutate((QueryFilter)null!, (User user) => user));
        Assert.Throws<ArgumentNullException>("definition", () => client.GetPatches((QueryDefinition<int, User>)null!, 1));
        var handle = client.Mutate(Users, 1, user => user);
        client.Dispose();
        handle.Commit();
        handle.Commit(new User("x", 1));
        handle.Rollback();
        handle.Dispose();
        Assert.False(handle.IsPending);
        Assert.Throws<ObjectDisposedException>(() => client.Mutate(Users, 1, user => user));
        Assert.Throws<ObjectDisposedException>(() => client.GetPatches(Users, 1));
        Assert.Throws<ObjectDisposedException>(() => client.RollbackAll(Users, 1));
        Assert.Throws<ObjectDisposedException>(() => client.TryGetBaseData(Users, 1, out _));
    }

    [Fact]
    public void A_confirmed_write_that_was_foreseen_right_changes_no_reference()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        List<User> seen = [];
        using var subscription = client.Observe(Users, 1, o => o with { StaleTime = Timeout.InfiniteTimeSpan }).Subscribe(s => seen.Add(s.Data!));
        var handle = client.Mutate(Users, 1, user => user with { Name = "bob" });
        var shown = seen[^1];
        handle.Commit(new User("bob", 1));
        Assert.Same(shown, seen[^1]);
    }

    [Fact]
    public void A_patched_list_keeps_the_references_of_its_items_when_the_base_changes_elsewhere()
    {
        var client = NewClient();
        var list = Query.Define("list", (int _, CancellationToken _) => Task.FromResult<IReadOnlyList<User>>([]));
        client.SetData(list, 1, [new User("ann", 1), new User("bob", 2)]);
        client.Mutate(list, 1, users => [.. users.Select(u => u.Name == "ann" ? u with { Age = 5 } : u)]);
        var before = client.GetState(list, 1).Data!;
        client.SetData(list, 1, [new User("ann", 1), new User("bob", 3)]);
        var after = client.GetState(list, 1).Data!;
        Assert.Equal([new User("ann", 5), new User("bob", 3)], after);
        Assert.Same(before[0], after[0]);
    }

    [Fact]
    public void A_pending_patch_survives_the_size_bound_and_is_evicted_once_rolled_back()
    {
        var client = NewClient(o => o with { CacheCapacity = 2 });
        client.SetData(Users, 1, new User("ann", 1));
        var handle = client.Mutate(Users, 1, user => user with { Name = "bob" });
        for (var id = 2; id < 10; id++) client.SetData(Users, id, new User("x", id));
        Assert.Equal("bob", client.GetState(Users, 1).Data!.Name);
        handle.Rollback();
        for (var id = 10; id < 20; id++) client.SetData(Users, id, new User("x", id));
        Assert.False(client.GetState(Users, 1).HasData);
        Assert.Equal(2, client.Cache.Count);
    }

    [Fact]
    public void A_patch_on_what_nobody_knows_leaves_nothing_behind()
    {
        var client = NewClient();
        using (client.Mutate(Users, 1, user => user))
            Assert.True(client.GetState(Users, 1).IsOptimistic);
        Assert.Equal(0, client.Cache.Count);
    }

    [Fact]
    public void Patches_may_call_the_client_again()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        client.SetData(Users, 2, new User("bob", 2));
        List<string> seen = [];
        using var subscription = client.Observe(Users, 1).Subscribe(s => seen.Add(s.Data!.Name));
        client.Mutate(Users, 1, user => user with { Name = client.GetState(Users, 2).Data!.Name });
        client.Mutate(Users, 1, user =>
        {
            client.SetData(Users, 2, new User("cid", 3));
            return user with { Age = 4 };
        });
        Assert.Equal(["ann", "bob", "bob"], seen);
        Assert.Equal("cid", client.GetState(Users, 2).Data!.Name);
    }

    [Fact]
    public void Cache_events_tell_of_patches()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        List<QueryUpdateCause?> causes = [];
        using var subscription = client.Cache.Events.Subscribe(e => causes.Add(e.UpdateCause));
        var first = client.Mutate(Users, 1, user => user with { Name = "bob" });
        var second = client.Mutate(Users, 1, user => user with { Name = "cid" });
        first.Rollback();
        second.Commit();
        Assert.Equal(
            [QueryUpdateCause.Patched, QueryUpdateCause.Patched, QueryUpdateCause.PatchRolledBack, QueryUpdateCause.PatchCommitted], causes);
    }

    [Fact]
    public void A_store_mutates_the_data_of_its_present_parameters()
    {
        var client = NewClient();
        client.SetData(Users, 1, new User("ann", 1));
        client.SetData(Users, 2, new User("bob", 2));
        using var store = client.CreateStore(Users, 1);
        List<string> names = [];
        using var subscription = store.Data.Subscribe(user => names.Add(user.Name));
        OptimisticHandle handle = store.Mutate(user => user with { Name = "eve" });
        Assert.Equal("eve", store.Current.Data!.Name);
        store.UpdateParams(2);
        store.UpdateParams(1);
        handle.Rollback();
        store.Mutate(user => user with { Name = "fay" });
        store.RollbackAll();
        Assert.Equal(["ann", "eve", "bob", "eve", "ann", "fay", "ann"], names);
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Mutate(user => user));
        Assert.Throws<ObjectDisposedException>(store.RollbackAll);
    }

    [Fact]
    public void A_live_value_takes_the_place_of_what_was_committed()
    {
        var client = NewClient();
        var source = new System.Reactive.Subjects.Subject<string>();
        var live = Query.Define("live", (int _) => source);
        List<string> seen = [];
        using var subscription = client.Observe(live, 1).Subscribe(s => seen.Add(s.Data ?? "-"));
        source.OnNext("a");
        client.Mutate(live, 1, data => data + "x").Commit();
        using var pending = client.Mutate(live, 1, data => data + "y");
        source.OnNext("b");
        Assert.Equal(["-", "a", "ax", "ax", "axy", "by"], seen);
    }

    [Fact]
    public void Threads_that_patch_and_settle_together_lose_nothing()
    {
        using var client = new QueryClient();
        var counter = Query.Define("counter", (int _, CancellationToken _) => Task.FromResult(0));
        client.SetData(counter, 1, 0);
        var last = 0;
        using var subscription = client.Observe(counter, 1).Subscribe(s => Volatile.Write(ref last, s.Data));
        List<Thread> threads = [];
        for (var t = 0; t < 4; t++)
        {
            var kind = t;
            threads.Add(new Thread(() =>
            {
                for (var i = 0; i < 2_000; i++)
                {
                    var handle = client.Mutate(counter, 1, n => n + 1);
                    if (kind % 2 == 0) handle.Rollback();
                    else if (i % 100 == 0) _ = client.UpdateData(counter, 1, n => n + 1000);
                    handle.Rollback();
                }
            }));
        }

        threads.ForEach(t => t.Start());
        Assert.All(threads, t => Assert.True(t.Join(TimeSpan.FromSeconds(60))));
        Assert.Equal(40_000, client.GetState(counter, 1).Data);
        Assert.Equal(40_000, Volatile.Read(ref last));
        Assert.Empty(client.GetPatches(counter, 1));
    }
}
