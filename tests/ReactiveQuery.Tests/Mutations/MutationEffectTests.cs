using System.Reactive;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Mutations;

/// <summary>Corners of the declared effects: what is refused, what throws, what is written where.</summary>
public class MutationEffectTests : ClientTest
{
    private static readonly QueryDefinition<int, string> One = Query.Define("one", (int id, CancellationToken _) => Task.FromResult($"fetched {id}"));
    private static readonly QueryDefinition<Unit, string[]> All = Query.Define("all", _ => Task.FromResult<string[]>([]));

    private static Mutation<Rename, string> Make(QueryClient client, Func<MutationOptions<Rename, string>, MutationOptions<Rename, string>> configure) =>
        client.CreateMutation((Rename r, CancellationToken _) => Task.FromResult(r.Name.ToUpperInvariant()), configure);

    [Fact]
    public void The_line_of_the_design_infers()
    {
        var client = NewClient();
        client.SetData(One, 1, "a");
        Mutation<Rename, string> rename = client.CreateMutation((Rename r, CancellationToken ct) => Task.FromResult(r.Name),
            m => m.Optimistic(One, r => r.Id, (user, r) => user + r.Name)
                  .Invalidates(One));
        MutationHandle<string> call = rename.Start(new Rename(1, "b"));
        Assert.Equal("ab", client.GetState(One, 1).Data);
        Assert.True(client.GetState(One, 1).IsStale);
        Assert.Equal(MutationStatus.Success, call.Status);
    }

    [Fact]
    public void Response_data_is_written_where_the_arguments_and_the_result_say()
    {
        var client = NewClient();
        client.SetData(All, Unit.Default, ["x"]);
        Make(client, m => m
            .SetsData(One, (r, _) => r.Id)
            .SetsData(One, (r, _) => r.Id + 1, (r, result) => r.Name + result)
            .SetsData(One, (r, _) => r.Id + 2, (old, r, result) => $"{old ?? "none"} {result}")
            .UpdatesData(All, (_, _) => Unit.Default, (all, r, result) => [.. all, result])
            .UpdatesData(One, (_, _) => 99, (old, _, _) => old + "!")).Start(new Rename(1, "a"));

        Assert.Equal(["A", "aA", "none A"], new[] { 1, 2, 3 }.Select(id => client.GetState(One, id).Data));
        Assert.Equal(["x", "A"], client.GetState(All, Unit.Default).Data!);
        Assert.False(client.TryGetData(One, 99, out _));
    }

    [Fact]
    public void Two_patches_of_one_call_on_one_query_both_go_with_its_response()
    {
        var client = NewClient();
        client.SetData(One, 1, "a");
        var shown = new List<string?>();
        using var watching = client.Observe(One, 1).Subscribe(state => shown.Add(state.Data));
        Make(client, m => m
            .Optimistic(One, r => r.Id, (data, _) => data + "1")
            .Optimistic((QueryFilter)One, (string data, Rename _) => data + "2")
            .SetsData(One, (r, _) => r.Id)).Start(new Rename(1, "b"));
        Assert.Equal("B", shown[^1]);
        Assert.Empty(client.GetPatches(One, 1));
        Assert.False(client.GetState(One, 1).IsOptimistic);
    }

    [Fact]
    public void Old_data_that_a_response_builds_on_is_the_servers_without_any_patch()
    {
        var client = NewClient();
        client.SetData(One, 1, "a");
        using var byHand = client.Mutate(One, 1, data => data + "~");
        Make(client, m => m
            .Optimistic(One, r => r.Id, (data, _) => data + "!")
            .SetsData(One, (r, _) => r.Id, (old, _, result) => $"{old}{result}")).Start(new Rename(1, "b"));
        Assert.Equal("aB~", client.GetState(One, 1).Data);
    }

    [Fact]
    public void A_query_that_refuses_optimistic_updates_fails_the_call_by_name_and_earlier_patches_go()
    {
        var client = NewClient();
        var refusing = Query.Define("refusing", (int id) => Task.FromResult(id)).With(o => o with { OptimisticUpdates = false });
        client.SetData(One, 1, "a");
        var call = Make(client, m => m
            .Optimistic(One, r => r.Id, (data, _) => data + "!")
            .Optimistic(refusing, r => r.Id, (data, _) => data + 1)
            .OnError((_, _) => { })).Start(new Rename(1, "b"));
        Assert.Contains("'refusing'", call.State.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("a", client.GetState(One, 1).Data);
        Assert.Empty(client.GetPatches(One, 1));
    }

    [Fact]
    public void Functions_of_effects_that_throw_after_the_answer_are_reported_and_the_rest_happens()
    {
        var client = NewClient();
        client.SetData(One, 1, "a");
        client.SetData(One, 2, "b");
        var call = Make(client, m => m
            .Optimistic(One, r => r.Id, (data, _) => data + "!")
            .SetsData(One, (int (Rename _, string _) => throw Boom))
            .SetsData(One, (r, _) => r.Id, string (Rename _, string _) => throw Boom)
            .Invalidates(QueryFilter (Rename _) => throw Boom)
            .Invalidates(One, _ => 2)).Start(new Rename(1, "b"));
        Assert.Equal(MutationStatus.Success, call.Status);
        Assert.Equal(3, Unobserved.Count);
        Assert.All(Unobserved, e => Assert.Equal((UnobservedErrorOrigin.Callback, "mutation"), (e.Origin, e.Mutation)));
        Assert.Equal("a!", client.GetState(One, 1).Data);
        Assert.False(client.GetState(One, 1).IsOptimistic);
        Assert.True(client.GetState(One, 2).IsStale);
    }

    [Fact]
    public void Parameters_that_throw_before_the_answer_fail_the_call()
    {
        var call = Make(NewClient(), m => m.Optimistic(One, int (Rename _) => throw Boom, (data, _) => data).OnError((_, _) => { })).Start(new Rename(1, "b"));
        Assert.Same(Boom, call.State.Error);
    }

    [Fact]
    public void An_observer_of_the_patch_that_cancels_the_call_leaves_no_patch_behind()
    {
        var client = NewClient();
        client.SetData(One, 1, "a");
        client.SetData(One, 2, "b");
        var mutation = Make(client, m => m.Optimistic(One, _ => 1, (data, _) => data + "!").Optimistic(One, _ => 2, (data, _) => data + "!"));
        using var watching = client.Observe(One, 1).Subscribe(state =>
        {
            if (state.IsOptimistic) client.FindMutations()[0].Handle.Cancel();
        });
        var call = mutation.Start(new Rename(1, "x"));
        Assert.Equal(MutationStatus.Idle, call.Status);
        Assert.Equal(("a", "b"), (client.GetState(One, 1).Data, client.GetState(One, 2).Data));
        Assert.Empty(client.GetPatches(One, 2));
    }

    [Fact]
    public void An_invalidation_follows_a_failure_that_was_sent_but_not_one_that_was_not()
    {
        var client = NewClient();
        client.SetData(One, 1, "a");
        var failing = client.CreateMutation((int n) => Task.FromException<int>(Boom), m => m.Invalidates(One).OnError((_, _) => { }));
        failing.Start(1, m => m.OnMutate(_ => throw Boom));
        Assert.False(client.GetState(One, 1).IsStale);
        failing.Start(1);
        Assert.True(client.GetState(One, 1).IsStale);
    }

    [Fact]
    public void Null_functions_and_definitions_are_refused_by_name()
    {
        var options = Mutation.Define("m", (int n) => Task.FromResult("x")).Options;
        Assert.Throws<ArgumentNullException>("definition", () => options.Optimistic((QueryDefinition<int, string>)null!, n => n, (data, _) => data));
        Assert.Throws<ArgumentNullException>("definition", () => options.SetsData((QueryDefinition<int, string>)null!, (n, _) => n));
        Assert.Throws<ArgumentNullException>("definition", () => options.Invalidates((QueryDefinition<int, string>)null!, n => n));
        Assert.Throws<ArgumentNullException>("filter", () => options.Invalidates((QueryFilter)null!));
        Assert.Throws<ArgumentNullException>("filter", () => options.Optimistic((QueryFilter)null!, (string data, int _) => data));
        Assert.Throws<ArgumentNullException>("data", () => options.SetsData(One, (n, _) => n, (Func<int, string, string>)null!));
        Assert.Throws<ArgumentNullException>("scope", () => options.InScope((QueryKey)null!));
        Assert.Throws<ArgumentException>("scope", () => options.InScope(""));
    }

    private sealed record Rename(int Id, string Name);
}
