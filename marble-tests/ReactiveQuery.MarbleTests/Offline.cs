using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.MarbleTests;

/// <summary>Writes without a connection: they pause in order, apply their patch once, and resume before queries refetch.</summary>
public class Offline : Promise
{
    private readonly BehaviorSubject<bool> _online = new(false);

    private QueryClient Disconnected() => Client(o => o with { Online = _online });

    private void OnlineAt(long frame) => m.At(frame, () => _online.OnNext(true));

    private void OfflineAt(long frame) => m.At(frame, () => _online.OnNext(false));

    [Fact]
    public void A_write_waits_for_the_connection()
    {
        var write    = m.Fetcher("--(a|)");
        var mutation = Disconnected().CreateMutation(write.AsTask);

        m.At(1, () => mutation.Start("1"));
        OnlineAt(3);
        m.Expect(mutation.States()).ToBe(".P-L-a");
        m.Expect(write.Calls).ToBe("---^-!");
    }

    [Fact]
    public void Paused_writes_of_a_scope_resume_one_after_the_other_in_order()
    {
        var client   = Disconnected();
        var write    = m.Fetcher("-(a|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.InScope("s"));
        var calls    = new[] { "1", "2", "3" };

        for (var i = 0; i < 3; i++)
        {
            var args = calls[i];
            m.At(i, () => mutation.Start(args));
        }

        OnlineAt(4);
        var paused   = m.Record(client.MutationStates(new MutationFilter { Status = MutationStatus.Paused }).Select(list => $"{list.Count}"));
        var pending  = m.Record(client.MutationStates(new MutationFilter { Status = MutationStatus.Pending }).Select(list => $"{list.Count}"));
        Expect("[01]23-[10]", paused);
        Expect("0---[23]210", pending);
        m.Expect(write.Calls).ToBe("----^!", "-----^!", "------^!");
        Assert.Equal(calls, write.History.Select(call => call.Params));
    }

    [Fact]
    public void Parallel_paused_writes_resume_in_the_order_in_which_they_were_made()
    {
        var write    = m.Fetcher("-(a|)");
        var mutation = Disconnected().CreateMutation(write.AsTask);

        m.At(0, () => mutation.Start("1"));
        m.At(1, () => mutation.Start("2"));
        m.At(2, () => mutation.Start("3"));
        OnlineAt(3);
        m.Run();
        m.Expect(write.Calls).ToBe("---^!", "---^!", "---^!");
        Assert.Equal(["1", "2", "3"], write.History.Select(call => call.Params));
    }

    [Fact]
    public void A_connection_that_flaps_sends_no_write_twice_and_none_out_of_order()
    {
        var write    = m.Fetcher("---(a|)");
        var mutation = Disconnected().CreateMutation(write.AsTask, o => o.InScope("s"));

        m.At(0, () => mutation.Start("1"));
        m.At(0, () => mutation.Start("2"));
        OnlineAt(1);
        OfflineAt(2);    // the first is on its way and goes on
        OnlineAt(3);
        OfflineAt(3);
        OnlineAt(6);     // the second
        OfflineAt(7);
        OnlineAt(8);
        m.Expect(mutation.States()).ToBe("[.PP]LP[LP]--L--a");
        m.Expect(write.Calls).ToBe("-^--!", "------^--!");
        Assert.Equal(["1", "2"], write.History.Select(call => call.Params));
    }

    [Fact]
    public void The_patch_of_a_paused_write_is_applied_once()
    {
        var client   = Disconnected();
        var query    = Query.Define("q", (string id) => Task.FromResult(id));
        client.SetData(query, "1", "a");
        var write    = m.Fetcher("-(b|)");
        var mutation = client.CreateMutation(
            write.AsTask, o => o.Optimistic(query, _ => "1", (data, args) => data + args).SetsData(query, (_, _) => "1"));

        m.At(1, () => mutation.Start("+"));
        OnlineAt(3);
        OfflineAt(3);
        OnlineAt(4);
        m.Expect(client.Observe(query, "1").States()).ToBe("ao--b", new() { ['o'] = "a+~" });
    }

    [Fact]
    public void Queries_refetch_when_the_writes_that_resumed_have_had_their_answers()
    {
        var client   = Disconnected();
        var stale    = m.Fetcher("-(b|)");
        var first    = m.Fetcher("-(c|)");
        var old      = Query.Define("old", stale.AsTask).With(o => o with { StaleTime = TimeSpan.Zero });
        var load     = Query.Define("load", first.AsTask);
        client.SetData(old, "1", "a");
        var write    = m.Fetcher("--(x|)", "-(y|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.InScope("s"));

        var ofOld    = m.Record(client.Observe(old, "1", o => o with { RefetchOnMount = RefetchPolicy.Never }).States());
        var ofLoad   = m.Record(client.Observe(load, "1").States());
        m.At(0, () => mutation.Start("1"));
        m.At(0, () => mutation.Start("2"));
        OnlineAt(2);

        Expect("A----rB", ofOld, new() { ['r'] = "A*" });
        Expect("P----Lc", ofLoad);
        m.Expect(write.Calls).ToBe("--^-!", "----^!");
        m.Expect(stale.Calls).ToBe("-----^!");
        m.Expect(first.Calls).ToBe("-----^!");
    }

    [Fact]
    public void Three_writes_that_invalidate_one_query_make_one_refetch_after_the_last()
    {
        var client   = Disconnected();
        var fetch    = m.Fetcher("-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        client.SetData(query, "1", "a");
        var write    = m.Fetcher("-(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.InScope("s").Invalidates(query));

        for (var i = 0; i < 3; i++)
            m.At(0, () => mutation.Start("+"));
        OnlineAt(1);
        using var watching = client.Observe(query, "1").Subscribe();
        m.Run();
        m.Expect(write.Calls).ToBe("-^!", "--^!", "---^!");
        m.Expect(fetch.Calls).ToBe("----^!");
    }

    [Fact]
    public void A_callback_that_awaits_a_paused_query_does_not_wait_for_ever()
    {
        var client   = Disconnected();
        var fetch    = m.Fetcher("-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("-(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.InScope("s").OnSuccess((_, _) => client.FetchAsync(query, "1")));

        using var watching = client.Observe(query, "1").Subscribe();
        m.At(0, () => mutation.Start("1"));
        m.At(0, () => mutation.Start("2"));
        OnlineAt(1);
        m.Expect(mutation.States()).ToBe("[.PP]L--x");
        m.Expect(fetch.Calls).ToBe("--^!");
    }

    [Fact]
    public void A_callback_that_awaits_a_query_when_the_connection_goes_does_not_wait_for_the_write_behind_it()
    {
        var client   = Disconnected();
        var fetch    = m.Fetcher("-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("-(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.InScope("s").OnSuccess((_, _) => client.FetchAsync(query, "1")));

        m.At(0, () => mutation.Start("1"));
        m.At(0, () => mutation.Start("2"));
        OnlineAt(1);
        OfflineAt(1);   // the first is on its way
        OnlineAt(4);
        m.Run();
        m.Expect(write.Calls).ToBe("-^!", "-----^!");
        m.Expect(fetch.Calls).ToBe("----^!");
        Assert.True(mutation.State.IsSuccess);
    }

    [Fact]
    public void A_connection_that_flaps_still_lets_queries_follow_the_writes_that_had_waited()
    {
        var client   = Disconnected();
        var fetch    = m.Fetcher("-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        client.SetData(query, "1", "a");
        var write    = m.Fetcher("---(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.InScope("s").Invalidates(query));

        m.At(0, () => mutation.Start("1"));
        m.At(0, () => mutation.Start("2"));
        OnlineAt(1);
        OfflineAt(2);
        OnlineAt(3);
        using var watching = client.Observe(query, "1").Subscribe();
        m.Run();
        m.Expect(write.Calls).ToBe("-^--!", "----^--!");
        m.Expect(fetch.Calls).ToBe("-------^!");
    }

    [Fact]
    public void A_write_that_moves_up_while_paused_resumes_before_those_made_after_it()
    {
        var client   = Disconnected();
        var write    = m.Fetcher("-(a|)");
        var inScope  = client.CreateMutation(write.AsTask, o => o.InScope("s"));
        var parallel = client.CreateMutation(write.AsTask);
        var first    = inScope.Start("1");

        m.At(1, () => inScope.Start("2"));
        m.At(2, () => parallel.Start("3"));
        m.At(3, () => first.Cancel());
        OnlineAt(5);
        m.Run();
        Assert.Equal(["2", "3"], write.History.Select(call => call.Params));
    }

    [Fact]
    public void A_paused_write_can_be_cancelled_and_is_never_sent()
    {
        var client   = Disconnected();
        var query    = Query.Define("q", (string id) => Task.FromResult(id));
        client.SetData(query, "1", "a");
        var write    = m.Fetcher("-(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.Optimistic(query, _ => "1", (data, args) => data + args));

        m.At(1, () => mutation.Start("+"));
        m.At(2, () => client.FindMutations(new MutationFilter { Status = MutationStatus.Paused })[0].Handle.Cancel());
        OnlineAt(4);
        m.Expect(client.Observe(query, "1").States()).ToBe("aoa", new() { ['o'] = "a+~" });
        m.Expect(write.Calls).ToBe();
        Assert.Empty(client.FindMutations());
    }

    [Fact]
    public void A_paused_write_that_is_retried_goes_on_without_the_connection_when_it_is_its_turn()
    {
        var client   = Disconnected();
        var write    = m.Fetcher("-(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.InScope("s"));
        MutationHandle<string, string>? second = null;

        m.At(0, () => mutation.Start("1"));
        m.At(0, () => second = mutation.Start("2"));
        m.At(2, () => second!.Retry());
        OnlineAt(4);
        OfflineAt(4);
        m.Expect(mutation.States()).ToBe("[.PP]---[LP]Lx");
        m.Expect(write.Calls).ToBe("----^!", "-----^!");
    }

    [Fact]
    public void The_network_mode_says_which_attempts_wait()
    {
        var client   = Disconnected();
        var write    = m.Fetcher()
            .For("always",  "-#", "-(a|)")
            .For("first",   "-#", "-(b|)")
            .WithError(Failure);
        var always   = client.CreateMutation(write.AsTask, o => o with { NetworkMode = NetworkMode.Always, Retry = RetryPolicy.Fixed(Frames(1)) });
        var first    = client.CreateMutation(write.AsTask, o => o with { NetworkMode = NetworkMode.OfflineFirst, Retry = RetryPolicy.Fixed(Frames(1)) });

        m.At(0, () => always.Start("always"));
        m.At(0, () => first.Start("first"));
        OnlineAt(5);
        var ofAlways = m.Record(always.States());
        var ofFirst  = m.Record(first.States());
        Expect("[.L]1-a", ofAlways, new() { ['1'] = "L1" });
        Expect("[.L]1p--1b", ofFirst, new() { ['1'] = "L1", ['p'] = "P1" });
    }
}
