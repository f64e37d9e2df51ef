namespace ReactiveQuery.Tests.Docs;

/// <summary>The C# of docs/optimistic-updates.md, compiled.</summary>
public class OptimisticUpdatesSnippets
{
    private static readonly QueryDefinition<int, User> UserById = Query.Define("users", (int id, CancellationToken _) => Task.FromResult(new User(id, $"User {id}")));

    [Fact]
    public async Task A_patch_by_hand_runs()
    {
        using var client = new QueryClient();
        client.SetData(UserById, 42, new User(42, "Bob"));
        using var store = client.CreateStore(UserById, 42);

        using OptimisticHandle<User> patch = store.Mutate(user => user with { Name = "Ada" });
        User saved = await Api.SaveAsync(42, "Ada");
        patch.Commit(saved);

        Assert.Equal("Ada", store.Current.Data!.Name);
        Assert.False(store.Current.IsOptimistic);
    }

    [Fact]
    public void A_patch_by_filter_runs()
    {
        using var client = new QueryClient();
        client.SetData(UserById, 42, new User(42, "Bob", IsOnline: true));

        IReadOnlyList<OptimisticHandle<User>> patches = client.Mutate(QueryKey.Of("users"), (User user) => user with { IsOnline = false });

        Assert.False(client.GetState(UserById, 42).Data!.IsOnline);
        Assert.Single(patches);
    }

    [Fact]
    public void Base_and_patches_are_read()
    {
        using var client = new QueryClient();
        client.SetData(UserById, 42, new User(42, "Bob"));
        using var patch = client.Mutate(UserById, 42, user => user with { Name = "Ada" });

        client.TryGetBaseData(UserById, 42, out User? server);
        IReadOnlyList<OptimisticPatch> pending = client.GetPatches(UserById, 42);

        Assert.Equal("Bob", server!.Name);
        Assert.Equal(patch.Id, Assert.Single(pending).Id);
    }

    private sealed record User(int Id, string Name, bool IsOnline = false);

    private static class Api
    {
        public static Task<User> SaveAsync(int id, string name) => Task.FromResult(new User(id, name));
    }
}
