using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>
/// What is shown is always the fold of what the server last said and the pending patches, in order. A patch here appends its own letter; <c>~</c> marks a
/// state with an unconfirmed one.
/// </summary>
public class Optimistic : Promise
{
    private readonly QueryClient _client;
    private readonly Dictionary<char, OptimisticHandle<string>> _patches = [];

    public Optimistic() => _client = Client();

    [Fact]
    public void A_patch_is_shown_at_once_and_goes_with_its_rollback()
    {
        var fetch    = m.Fetcher("--(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-a-x--a";

        m.At(4, () => Patch(query, 'x'));
        m.At(7, () => _patches['x'].Rollback());
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~" });
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void Of_two_overlapping_patches_only_the_failed_one_is_undone()
    {
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-x-o-y-s";

        m.At(3, () => Patch(query, 'x'));
        m.At(5, () => Patch(query, 'y'));
        m.At(7, () => _patches['x'].Rollback());
        m.At(9, () => _patches['y'].Commit());
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['o'] = "axy~", ['y'] = "ay~", ['s'] = "ay" });
    }

    [Fact]
    public void A_refetch_that_lands_in_between_does_not_hide_a_pending_patch()
    {
        var fetch    = m.Fetcher("-(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-x-r-y-b";

        m.At(3, () => Patch(query, 'x'));
        m.At(5, () => _client.Refetch(query, "1"));
        m.At(9, () => _patches['x'].Rollback());
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['r'] = "ax*~", ['y'] = "bx~" });
    }

    [Fact]
    public void A_focus_refetch_with_old_server_data_shows_the_patch_still_and_on_settling_it_goes_once()
    {
        var focus    = m.Hot("-----f-----", new Dictionary<char, bool> { ['f'] = true });
        var client   = Client(o => o with { Focus = focus.StartWith(false) });
        var fetch    = m.Fetcher("-(a|)", "--(a|)", "--(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { RefetchOnFocus = RefetchPolicy.Always });
        var expected = "La-x-r-xsf-b";

        m.At(3, () => _patches['x'] = client.Mutate(query, "1", data => data + 'x'));
        m.At(8, () => _patches['x'].Commit());
        m.At(9, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").States())
            .ToBe(expected, new() { ['x'] = "ax~", ['r'] = "ax*~", ['s'] = "ax", ['f'] = "ax*" });
    }

    [Fact]
    public void A_committed_patch_stays_until_data_of_a_fetch_from_after_the_commit()
    {
        var fetch    = m.Fetcher("-(a|)", "---(b|)", "--(c|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-x-rs-y-t-c";   // b was asked for before the commit, and need not know of it

        m.At(3, () => Patch(query, 'x'));
        m.At(5, () => _client.Refetch(query, "1"));
        m.At(6, () => _patches['x'].Commit());
        m.At(10, () => _client.Refetch(query, "1"));
        m.Expect(Shown(query))
            .ToBe(expected, new() { ['x'] = "ax~", ['r'] = "ax*~", ['s'] = "ax*", ['y'] = "bx", ['t'] = "bx*" });
    }

    [Fact]
    public void Between_a_commit_and_the_refetch_after_it_the_old_value_does_not_flash_up()
    {
        var fetch    = m.Fetcher("-(a|)", "---(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-x-sr--b";

        m.At(3, () => Patch(query, 'x'));
        m.At(5, () => _patches['x'].Commit());
        m.At(6, () => _client.Invalidate(query, "1"));
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['s'] = "ax", ['r'] = "AX*" });
    }

    [Fact]
    public void A_commit_with_the_servers_answer_is_one_state()
    {
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-x-o-y-b";

        m.At(3, () => Patch(query, 'x'));
        m.At(5, () => Patch(query, 'y'));
        m.At(7, () => _patches['x'].Commit("b"));
        m.At(9, () => _patches['y'].Rollback());
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['o'] = "axy~", ['y'] = "by~" });
    }

    [Fact]
    public void The_servers_answer_to_a_write_is_a_fence_that_an_older_fetch_does_not_pass()
    {
        var fetch     = m.Fetcher("-(a|)", "----(o|)", "--(c|)").IgnoringCancellation();
        var query     = Query.Define("q", fetch.AsTask);
        var expected  = "La-xr-b-c-";   // o would have come in 8

        m.At(3, () => Patch(query, 'x'));
        m.At(4, () => _client.Refetch(query, "1"));
        m.At(6, () => _patches['x'].Commit("b"));
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['r'] = "ax*~", ['b'] = "b*" });
        m.Expect(fetch.Calls).ToBe("^!", "----^-!", "------^-!");
    }

    [Fact]
    public void A_failed_refetch_keeps_committed_patches()
    {
        var fetch    = m.Fetcher("-(a|)", "--#");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-xs-r-E";

        m.At(3, () => Patch(query, 'x'));
        m.At(4, () => _patches['x'].Commit());
        m.At(6, () => _client.Refetch(query, "1"));
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['s'] = "ax", ['r'] = "ax*", ['E'] = "axE" });
    }

    [Fact]
    public void Written_data_takes_the_place_of_what_was_committed_and_goes_under_what_is_pending()
    {
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "La-xso-y-b";

        m.At(3, () => Patch(query, 'x'));
        m.At(4, () => _patches['x'].Commit());
        m.At(5, () => Patch(query, 'y'));
        m.At(7, () => _client.SetData(query, "1", "b"));
        m.At(9, () => _patches['y'].Rollback());
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['s'] = "ax", ['o'] = "axy~", ['y'] = "by~" });
    }

    [Fact]
    public void A_patch_without_data_shows_nothing_until_there_is_some()
    {
        var fetch    = m.Fetcher("----(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "L-p-x-a";

        m.At(2, () => Patch(query, 'x'));
        m.At(6, () => _patches['x'].Rollback());
        m.Expect(Shown(query)).ToBe(expected, new() { ['p'] = "L~", ['x'] = "ax~" });
    }

    [Fact]
    public void Whichever_of_commit_and_rollback_comes_first_holds()
    {
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "Lax-a--y-s---";

        m.At(2, () => Patch(query, 'x'));
        m.At(4, () => _patches['x'].Rollback());
        m.At(5, () => _patches['x'].Commit());
        m.At(6, () => _patches['x'].Commit("b"));
        m.At(7, () => Patch(query, 'y'));
        m.At(9, () => _patches['y'].Commit());
        m.At(10, () => _patches['y'].Rollback());
        m.At(11, () => _patches['y'].Dispose());
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['y'] = "ay~", ['s'] = "ay" });
    }

    [Fact]
    public void Rolling_back_everything_is_one_state_and_leaves_what_was_committed()
    {
        var fetch    = m.Fetcher("-(a|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "Laxyz---c";   // y is committed in 5: nothing to see while others are pending

        m.At(2, () => Patch(query, 'x'));
        m.At(3, () => Patch(query, 'y'));
        m.At(4, () => Patch(query, 'z'));
        m.At(5, () => _patches['y'].Commit());
        m.At(8, () => _client.RollbackAll(query, "1"));
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~", ['y'] = "axy~", ['z'] = "axyz~", ['c'] = "ay" });
    }

    [Fact]
    public void A_pending_patch_keeps_its_entry_and_a_settled_one_does_not()
    {
        var fetch    = m.Fetcher("-(a|)", "-(b|)");
        var query    = Query.Define("q", fetch.AsTask).With(o => o with { GcTime = Frames(5) });
        var early    = m.Record(Shown(query), "^--!");
        var middle   = m.Record(Shown(query), "---------------^-!");
        var late     = m.Record(Shown(query), "------------------------^");

        m.At(2, () => Patch(query, 'x'));
        m.At(18, () => _patches['x'].Commit());
        Expect("Lax----------------------", early, new() { ['x'] = "ax~" });
        Expect("---------------x---------", middle, new() { ['x'] = "ax~" });
        Expect("------------------------Lb", late);
    }

    [Fact]
    public void Clearing_the_cache_drops_patches_too()
    {
        var fetch    = m.Fetcher("-(a|)", "----(b|)");
        var query    = Query.Define("q", fetch.AsTask);
        var expected = "Lax-(.L)b";

        m.At(2, () => Patch(query, 'x'));
        m.At(4, () => _client.Clear());
        m.At(6, () => _patches['x'].Commit("c"));   // too late
        m.Expect(Shown(query)).ToBe(expected, new() { ['x'] = "ax~" });
    }

    private IObservable<string> Shown(QueryDefinition<string, string> query) => _client.Observe(query, "1").States();

    private void Patch(QueryDefinition<string, string> query, char letter) =>
        _patches[letter] = _client.Mutate(query, "1", data => data + letter);
}
