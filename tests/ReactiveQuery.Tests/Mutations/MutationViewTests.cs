using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Mutations;

/// <summary>The client's view of all calls: what is listed, for how long, and what can be done from there.</summary>
public class MutationViewTests : ClientTest
{
    private int _attempts;

    private Task<string> FailOnce(int n) => ++_attempts == 1 ? Task.FromException<string>(Boom) : Task.FromResult($"{n}");

    [Fact]
    public void Calls_are_listed_in_the_order_in_which_they_were_made_with_all_there_is_to_tell()
    {
        var client = NewClient();
        var answers = new Subject<string>();
        var a = client.CreateMutation((int n) => answers, o => o.InScope("s") with { Meta = "m" }, "a");
        var b = client.CreateMutation((string text) => Task.FromException<int>(Boom), o => o.OnError((_, _) => { }), "b");
        var first = a.Start(1);
        b.Start("x");

        var entries = client.FindMutations();
        Assert.Equal(
            new MutationEntry(first, "a", MutationStatus.Pending, 1, QueryKey.Of("s"), null, 0, first.State.SubmittedAt!.Value, "m"), entries[0]);
        Assert.True(entries[0].IsUnderWay);
        Assert.Equal(("b", MutationStatus.Error, "x", Boom, 1), (entries[1].Name, entries[1].Status, entries[1].Variables, entries[1].Error, entries[1].FailureCount));
        Assert.Equal("#1 a: Pending", $"{first}");
    }

    [Fact]
    public void A_filter_selects_by_name_status_scope_and_predicate()
    {
        var client = NewClient();
        var definition = Mutation.Define("a", (int n) => n == 0 ? Task.FromResult(n) : new TaskCompletionSource<int>().Task, o => o.InScope(n => QueryKey.Of("s", n)));
        var mutation = client.CreateMutation(definition);
        mutation.Start(0);
        mutation.Start(1);
        client.CreateMutation((int n) => Task.FromResult(n)).Start(2);

        int Count(MutationFilter filter) => client.FindMutations(filter).Count;
        Assert.Equal(3, client.FindMutations().Count);
        Assert.Equal(2, Count(definition));
        Assert.Equal(2, Count(new() { Status = MutationStatus.Success }));
        Assert.Equal(1, Count(new() { IsUnderWay = true }));
        Assert.Equal(2, Count(new() { Scope = QueryKey.Of("s") }));
        Assert.Equal(1, Count(new() { Scope = QueryKey.Of("s", 1) }));
        Assert.Equal(1, Count(new() { Predicate = entry => entry.Variables is 2 }));
        Assert.Null((MutationFilter?)(MutationDefinition?)null);
        Assert.Throws<ArgumentOutOfRangeException>("Status", () => new MutationFilter { Status = (MutationStatus)9 });
        Assert.Throws<InvalidOperationException>(() => Count(new() { Predicate = _ => throw Boom }));
        Assert.Equal(0, client.IsMutating(new() { Predicate = _ => throw Boom }).FirstAsync().Wait());
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void An_ended_call_is_shown_for_its_GcTime_and_a_cancelled_one_no_longer()
    {
        var client = NewClient(o => o with { Mutations = new() { GcTime = TimeSpan.FromMinutes(1) } });
        var shown = new List<int>();
        using var watching = client.MutationStates().Subscribe(list => shown.Add(list.Count));
        client.CreateMutation((int n) => Task.FromResult(n)).Start(1);
        client.CreateMutation((int n) => Task.FromResult(n), o => o with { GcTime = TimeSpan.Zero }).Start(2);
        client.CreateMutation((int n) => Task.FromResult(n), o => o with { GcTime = TimeSpan.FromDays(60) }).Start(3);
        client.CreateMutation((int n) => new TaskCompletionSource<int>().Task).Start(4).Cancel();
        Assert.Equal([1, 3], client.FindMutations().Select(e => e.Variables));

        Scheduler.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.Equal([3], client.FindMutations().Select(e => e.Variables));
        Scheduler.AdvanceBy(TimeSpan.FromDays(60));
        Assert.Empty(client.FindMutations());
        Assert.Equal(0, shown[^1]);
    }

    [Fact]
    public void The_default_GcTime_is_five_minutes()
    {
        var client = NewClient();
        client.CreateMutation((int n) => Task.FromResult(n)).Start(1);
        Scheduler.AdvanceBy(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.Single(client.FindMutations());
        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1));
        Assert.Empty(client.FindMutations());
    }

    [Fact]
    public void No_more_ended_calls_are_shown_than_the_capacity()
    {
        var client = NewClient(o => o with { CacheCapacity = 3 });
        var mutation = client.CreateMutation((int n) => Task.FromResult(n));
        for (var n = 0; n < 10; n++) mutation.Start(n);
        Assert.Equal([7, 8, 9], client.FindMutations().Select(e => e.Variables));
    }

    [Fact]
    public void A_failed_call_is_made_again_with_its_arguments_and_callbacks_and_leaves_the_view()
    {
        var client = NewClient();
        var log = new List<string>();
        var failed = client.CreateMutation((int n) => FailOnce(n)).Start(7, o => o.OnSuccess((data, _) => log.Add(data)).OnError((_, _) => log.Add("error")));
        Assert.Equal(MutationStatus.Error, failed.Status);

        var again = failed.Retry();
        Assert.NotSame(failed, again);
        Assert.Equal("7", again.State.Data);
        Assert.Equal(["error", "7"], log);
        Assert.Same(again, Assert.Single(client.FindMutations()).Handle);
        Assert.Same(failed, failed.Retry());
        Assert.Same(again, again.Retry());
        Assert.Equal(2, _attempts);
    }

    [Fact]
    public void A_failed_call_of_a_disposed_mutation_is_shown_no_longer_and_not_made_again()
    {
        var client = NewClient();
        var mutation = client.CreateMutation((int n) => FailOnce(n), o => o.OnError((_, _) => { }));
        var failed = mutation.Start(1);
        mutation.Dispose();
        Assert.Empty(client.FindMutations());
        Assert.Same(failed, failed.Retry());
        Assert.Equal(1, _attempts);
    }

    [Fact]
    public void Ten_thousand_calls_in_a_scope_that_end_at_once_do_not_overflow_the_stack()
    {
        var mutation = NewClient().CreateMutation((int n) => n == 0 ? new TaskCompletionSource<int>().Task : Task.FromResult(n), o => o.InScope("s"));
        var head = mutation.Start(0);
        var calls = Enumerable.Range(1, 10_000).Select(n => mutation.Start(n)).ToList();
        head.Cancel();
        Assert.All(calls, call => Assert.True(call.IsSettled));
    }

    [Fact]
    public void A_list_is_not_shown_twice_when_nothing_in_it_changed()
    {
        var client = NewClient();
        var lists = new List<string>();
        using var watching = client.MutationStates(new() { Name = "other" }).Subscribe(list => lists.Add($"{list.Count}"));
        client.CreateMutation((int n) => Task.FromResult(n)).Start(1);
        Assert.Equal(["0"], lists);
    }
}
