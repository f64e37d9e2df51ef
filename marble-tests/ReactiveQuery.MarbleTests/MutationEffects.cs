using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>What a mutation declares to do to the cache: patches before its answer, response data and invalidations after it, never a flash of the old value.</summary>
public class MutationEffects : Promise
{
    [Fact]
    public void A_patch_shows_at_once_and_goes_in_the_state_in_which_the_refetch_lands()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("--(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.Optimistic(query, _ => "1", (data, args) => data + args).Invalidates(query));
        var expected = "[La]-o-[cr]-b";   // o: patched   c: confirmed, still shown   r: and refetching

        m.At(2, () => mutation.Start("+"));
        m.Expect(client.Observe(query, "1").States()).ToBe(expected, new() { ['o'] = "a+~", ['c'] = "a+", ['r'] = "A+*" });
        m.Expect(fetch.Calls).ToBe("(^!)", "----^-!");
    }

    [Fact]
    public void A_failed_call_takes_back_its_own_patch_and_no_other()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher()
            .For("1",   " --#   ")
            .For("2",   "  ---(x|)")
            .WithError(Failure);
        var mutation = client.CreateMutation(write.AsTask, o => o.Optimistic(query, _ => "q", (data, args) => data + args).OnError((_, _) => { }));
        var expected = "[La]123-4";   // the second, confirmed, stays

        m.At(1, () => mutation.Start("1"));
        m.At(2, () => mutation.Start("2"));
        m.Expect(client.Observe(query, "q").States()).ToBe(expected, new() { ['1'] = "a1~", ['2'] = "a12~", ['3'] = "a2~", ['4'] = "a2" });
    }

    [Fact]
    public void The_response_replaces_the_patch_in_one_state()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("--(b|)");
        var mutation = client.CreateMutation(
            write.AsTask, o => o.Optimistic(query, _ => "1", (data, args) => data + args).SetsData(query, (_, _) => "1"));

        m.At(1, () => mutation.Start("+"));
        m.Expect(client.Observe(query, "1").States()).ToBe("[La]o-b", new() { ['o'] = "a+~" });
        m.Expect(fetch.Calls).ToBe("(^!)");
        Assert.Empty(client.GetPatches(query, "1"));
    }

    [Fact]
    public void The_response_stands_against_an_older_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)", "----(o|)", "-(n|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("-(b|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.SetsData(query, (_, _) => "1"));

        m.At(1, () => client.Refetch(query, "1"));
        m.At(2, () => mutation.Start("+"));
        m.Expect(client.Observe(query, "1").States()).ToBe("[La]r-sn", new() { ['r'] = "a*", ['s'] = "b*" });
    }

    [Fact]
    public void Without_an_effect_that_brings_data_the_patch_stays_until_the_next_fetch()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("-(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.Optimistic(query, _ => "1", (data, args) => data + args));

        m.At(1, () => mutation.Start("+"));
        m.At(4, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States()).ToBe("[La]oc-rb", new() { ['o'] = "a+~", ['c'] = "a+", ['r'] = "a+*" });
    }

    [Fact]
    public void A_filter_patches_every_query_of_that_data_type()
    {
        var client   = Client();
        var query    = Query.Define("q", (string id) => Task.FromResult(id));
        var number   = Query.Define("n", (int id) => Task.FromResult(id)).WithKey(id => QueryKey.Of("q", "number", id));
        var write    = m.Fetcher("--#").WithError(Failure);
        var mutation = client.CreateMutation(write.AsTask, o => o.Optimistic(QueryKey.Of("q"), (string data, string args) => data + args));

        var a        = m.Record(client.Observe(query, "a").States());
        var b        = m.Record(client.Observe(query, "b").States());
        var n        = m.Record(client.Observe(number, 1).States());
        m.At(1, () => _ = mutation.Start("+").Task);

        Expect("[La]o-a", a, new() { ['o'] = "a+~" });
        Expect("[Lb]o-b", b, new() { ['o'] = "b+~" });
        Expect("[L1]", n);
    }

    [Fact]
    public void A_call_that_awaits_its_refetches_ends_when_they_have()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)", "---(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("-(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.Invalidates(query, _ => "1") with { AwaitRefetches = true });

        using var watching = client.Observe(query, "1").Subscribe();
        m.At(1, () => mutation.Start("1"));
        m.Expect(mutation.States()).ToBe(".L---x");
        m.Expect(fetch.Calls).ToBe("(^!)", "--^--!");
    }

    [Fact]
    public void A_cancelled_call_takes_back_its_patch_and_refetches_what_it_may_have_changed()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("-----(x|)");
        var mutation = client.CreateMutation(write.AsTask, o => o.Optimistic(query, _ => "1", (data, args) => data + args).Invalidates(query));

        m.Record(mutation.Execute("+"), "-^-!");
        m.Expect(client.Observe(query, "1").States()).ToBe("[La]o-[ar]b", new() { ['o'] = "a+~", ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("(^!)", "---^!");
    }

    [Fact]
    public void Two_writes_in_a_scope_keep_the_second_patch_over_what_the_first_brought()
    {
        var client   = Client();
        var fetch    = m.Fetcher("(a|)", "-(b|)", "-(d|)");
        var query    = Query.Define("q", fetch.AsTask);
        var write    = m.Fetcher("--(x|)", "---(y|)");
        var mutation = client.CreateMutation(
            write.AsTask, o => o.InScope("q").Optimistic(query, _ => "1", (data, args) => data + args).Invalidates(query));
        var expected = "[La]12rs-[ct]d";

        m.At(1, () => mutation.Start("+"));
        m.At(2, () => mutation.Start("-"));
        m.Expect(client.Observe(query, "1").States()).ToBe(
            expected, new() { ['1'] = "a+~", ['2'] = "a+-~", ['r'] = "A+-*~", ['s'] = "b-~", ['c'] = "b-", ['t'] = "B-*" });
    }
}
