using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>Writes: what one call does while another is under way, when it is made again, and how it ends.</summary>
public class Mutations : Promise
{
    [Fact]
    public void A_call_is_pending_until_it_has_its_answer()
    {
        var write    = m.Fetcher("--(a|)");
        var mutation = Client().CreateMutation(write.AsTask);
        var expected = ".-L-a";

        m.At(2, () => mutation.Start("1"));
        m.Expect(mutation.States()).ToBe(expected);
        m.Expect(write.Calls).ToBe("--^-!");
    }

    [Fact]
    public void A_failed_call_shows_its_error_and_is_not_made_again_unless_asked_for()
    {
        var write    = m.Fetcher("--#").WithError(Failure);
        var mutation = Client(o => o with { Defaults = new() { Retry = RetryPolicy.Default } }).CreateMutation(write.AsTask);

        m.At(1, () => mutation.Start("1"));
        m.Expect(mutation.States()).ToBe(".L-E");
        m.Expect(write.Calls).ToBe("-^-!");
    }

    [Fact]
    public void Retries_are_waited_for_and_counted_as_those_of_a_query()
    {
        var write    = m.Fetcher("-#", "-#", "-(a|)").WithError(Failure);
        var mutation = Client().CreateMutation(write.AsTask, o => o with { Retry = RetryPolicy.Fixed(Frames(2)) });

        m.At(0, () => mutation.Start("1"));
        m.Expect(mutation.States()).ToBe("[.L]1--2--a", new() { ['1'] = "L1", ['2'] = "L2" });
        m.Expect(write.Calls).ToBe("^!", "---^!", "------^!");
    }

    [Fact]
    public void The_timeout_is_that_of_one_attempt_and_ends_its_token()
    {
        var write    = m.Fetcher("------(a|)", "-(b|)");
        var mutation = Client().CreateMutation(write.AsTask, o => o with { Timeout = Frames(2), Retry = RetryPolicy.Fixed(Frames(1)) });

        m.At(1, () => mutation.Start("1"));
        m.Expect(mutation.States()).ToBe(".L-1-b", new() { ['1'] = "L1" });
        m.Expect(write.Calls).ToBe("-^-!", "----^!");
    }

    [Fact]
    public void Parallel_calls_run_beside_each_other_and_the_latest_is_shown()
    {
        var write    = m.Fetcher()
            .For("1",   " ---(a|)")
            .For("2",   "  -(b|) ");
        var mutation = Client().CreateMutation(write.AsTask);
        var expected = ".LLb--";

        m.At(1, () => mutation.Start("1"));
        m.At(2, () => mutation.Start("2"));
        m.Expect(mutation.States()).ToBe(expected);
        m.Expect(write.Calls).ToBe("-^--!", "--^!");
    }

    [Fact]
    public void In_a_scope_one_call_runs_at_a_time_in_the_order_in_which_they_were_made()
    {
        var write    = m.Fetcher("---(a|)", "-#", "--(c|)").WithError(Failure);
        var mutation = Client().CreateMutation(write.AsTask, o => o.InScope("s"));
        var expected = ".LLL---c";

        m.At(1, () => mutation.Start("1"));
        m.At(2, () => _ = mutation.Start("2").Task);   // fails, and the next goes on
        m.At(3, () => mutation.Start("3"));
        m.Expect(mutation.States()).ToBe(expected);
        m.Expect(write.Calls).ToBe("-^--!", "----^!", "-----^-!");
    }

    [Fact]
    public void A_scope_is_shared_by_all_mutations_of_the_client_that_name_it()
    {
        var client   = Client();
        var write    = m.Fetcher("--(a|)", "-(b|)", "-(c|)");
        var first    = client.CreateMutation(write.AsTask, o => o.InScope("s"));
        var second   = client.CreateMutation(write.AsTask, o => o.InScope("s"));
        var other    = client.CreateMutation(write.AsTask, o => o.InScope("t"));

        m.At(1, () => first.Start("1"));
        m.At(2, () => other.Start("3"));
        m.At(2, () => second.Start("2"));
        m.Expect(second.States()).ToBe(".-L-c");
        m.Expect(write.Calls).ToBe("-^-!", "--^!", "---^!");
    }

    [Fact]
    public void A_scope_computed_from_the_arguments_orders_only_what_belongs_together()
    {
        var write    = m.Fetcher()
            .For("a1",  " ---(a|)")
            .For("a2",  "    -(b|)")
            .For("b1",  "   -(c|)");
        var mutation = Client().CreateMutation(write.AsTask, o => o.InScope(text => QueryKey.Of("s", text[0])));

        m.At(1, () => mutation.Start("a1"));
        m.At(2, () => mutation.Start("a2"));
        m.At(3, () => mutation.Start("b1"));
        m.Run();
        m.Expect(write.Calls).ToBe("-^--!", "---^!", "----^!");
    }

    [Fact]
    public void The_latest_call_wins_and_the_older_is_cancelled_without_a_flash_of_idle()
    {
        var write    = m.Fetcher()
            .For("1",   " ----(a|)")
            .For("2",   "   --(b|)");
        var mutation = Client().CreateMutation(write.AsTask, o => o with { Policy = MutationPolicy.LatestWins });
        var expected = ".L-L-b-";

        m.At(1, () => mutation.Start("1"));
        m.At(3, () => mutation.Start("2"));
        m.Expect(mutation.States()).ToBe(expected);
        m.Expect(write.Calls).ToBe("-^-!", "---^-!");
    }

    [Fact]
    public void A_call_while_busy_is_refused_and_joins_nothing()
    {
        var write    = m.Fetcher("---(a|)", "-(b|)");
        var mutation = Client().CreateMutation(write.AsTask, o => o with { Policy = MutationPolicy.IgnoreWhileBusy });
        MutationHandle<string, string>? refused = null;

        var shown    = m.Record(mutation.States());
        var first    = m.Record(mutation.Execute("1"), "-^");
        var second   = m.Record(mutation.Execute("2"), "--^");
        var third    = m.Record(mutation.Execute("3"), "-----^");
        m.At(3, () => refused = mutation.Start("4"));

        Expect(".L--aLb", shown);
        Expect("----(a|)", first);
        Expect("--|", second);
        Expect("------(b|)", third);
        m.Expect(write.Calls).ToBe("-^--!", "-----^!");
        Assert.True(refused!.IsRefused && refused.Task.IsCanceled && refused.Status == MutationStatus.Idle);
    }

    [Fact]
    public void Disposing_an_execution_cancels_its_call()
    {
        var write    = m.Fetcher("-----(a|)");
        var mutation = Client().CreateMutation(write.AsTask);

        var shown    = m.Record(mutation.States());
        var call     = m.Record(mutation.Execute("1"), "-^--!");
        Expect(".L--.", shown);
        Expect("-----", call);
        m.Expect(write.Calls).ToBe("-^--!");
    }

    [Fact]
    public void Executions_switch_as_any_observable_does()
    {
        var texts    = m.Hot("-1--2----");
        var write    = m.Fetcher()
            .For("1",        "-----(a|)")
            .For("2",           "--(b|)");
        var mutation = Client().CreateMutation(write.AsTask);

        m.Expect(texts.Select(mutation.Execute).Switch()).ToBe("------b");
        m.Expect(write.Calls).ToBe("-^--!", "----^-!");
    }

    [Fact]
    public void A_call_that_waits_for_its_turn_can_be_cancelled_alone()
    {
        var write    = m.Fetcher("---(a|)", "-(c|)");
        var mutation = Client().CreateMutation(write.AsTask, o => o.InScope("s"));
        MutationHandle<string, string>? second = null;

        m.At(0, () => mutation.Start("1"));
        m.At(1, () => second = mutation.Start("2"));
        m.At(1, () => mutation.Start("3"));
        m.At(2, () => second!.Cancel());
        m.Run();
        m.Expect(write.Calls).ToBe("^--!", "---^!");
        Assert.Equal(["1", "3"], write.History.Select(call => call.Params));
    }

    [Fact]
    public void A_call_that_waits_for_a_retry_can_be_cancelled()
    {
        var write    = m.Fetcher("-#").WithError(Failure);
        var mutation = Client().CreateMutation(write.AsTask, o => o with { Retry = RetryPolicy.Fixed(Frames(5)) });
        MutationHandle<string, string>? call = null;

        m.At(1, () => call = mutation.Start("1"));
        m.At(4, () => call!.Cancel());
        m.Expect(mutation.States()).ToBe(".L1-.", new() { ['1'] = "L1" });
        m.Expect(write.Calls).ToBe("-^!");
    }

    [Fact]
    public void The_next_call_of_a_scope_waits_for_the_callbacks_of_the_one_before()
    {
        var write    = m.Fetcher("-(a|)", "-(b|)");
        var mutation = Client().CreateMutation(write.AsTask, o => o.InScope("s").OnSuccess((_, _) => m.Delay(2)));

        m.At(0, () => mutation.Start("1"));
        m.At(0, () => mutation.Start("2"));
        m.Expect(mutation.States()).ToBe("[.LL]-----b");
        m.Expect(write.Calls).ToBe("^!", "---^!");
    }

    [Fact]
    public void The_client_tells_how_many_calls_are_under_way_and_which()
    {
        var client   = Client();
        var write    = m.Fetcher("---(a|)", "--(b|)");
        var rename   = client.CreateMutation(write.AsTask, name: "rename");
        var move     = client.CreateMutation(write.AsTask, name: "move");
        string List(IReadOnlyList<MutationEntry> calls) => string.Join(' ', calls.Select(call => $"{call.Name}:{call.Status}"));

        var all      = m.Record(client.IsMutating().Select(n => $"{n}"));
        var moves    = m.Record(client.IsMutating(new MutationFilter { Name = "move" }).Select(n => $"{n}"));
        var list     = m.Record(client.MutationStates(new MutationFilter { IsUnderWay = true }).Select(List));
        m.At(1, () => rename.Start("1"));
        m.At(3, () => move.Start("2"));

        Expect("01-210", all);
        Expect("0--1-0", moves);
        Expect("01-234", list, new()
        {
            ['0'] = "",
            ['1'] = "rename:Pending",
            ['2'] = "rename:Pending move:Pending",
            ['3'] = "move:Pending",
            ['4'] = "",
        });
    }
}

/// <summary>States of a mutation as short texts: <c>.</c> idle, <c>L</c> pending, <c>P</c> paused, <c>a</c> the result, <c>E</c> error; with the attempts failed: <c>L1</c>.</summary>
internal static class MutationLetters
{
    public static IObservable<string> States<TArgs, T>(this IObservable<MutationState<TArgs, T>> states) => states.Select(Text);

    private static string Text<TArgs, T>(MutationState<TArgs, T> state)
    {
        var failures = state is { IsUnderWay: true, FailureCount: > 0 } ? $"{state.FailureCount}" : "";
        return state.Match(() => ".", () => (state.IsPaused ? "P" : "L") + failures, data => $"{data}", _ => "E");
    }
}
