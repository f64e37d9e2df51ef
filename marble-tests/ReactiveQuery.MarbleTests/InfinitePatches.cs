using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>Optimistic patches on items lie over the pages: page fetches and refetches work below them and take none away.</summary>
public class InfinitePatches : InfinitePromise
{
    [Fact]
    public void A_patch_survives_a_page_and_a_refetch_until_it_is_rolled_back()
    {
        var client   = Client();
        var fetch    = Fetcher("--(b|)", "-(a|)", "-(b|)");
        var query    = Define(fetch);
        var data     = client.ObserveInfinite(query).DistinctData().Select(pages => string.Concat(pages.Pages));
        OptimisticHandle<InfiniteData<int, string>> handle = null!;

        client.SetData(query, Unit.Default, InfiniteData<int, string>.Empty.Append(0, "a"));
        m.At(1, () => handle = client.Mutate(query, Unit.Default, Loud));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.At(6, () => client.Refetch(query, Unit.Default));
        m.At(10, () => handle.Rollback());
        m.Expect(data).ToBe("ap--q-----r", new() { ['p'] = "a!", ['q'] = "a!b!", ['r'] = "ab" });   // The refetch brought equal pages.
        Assert.Equal([1, 0, 1], Asked(fetch));
    }

    [Fact]
    public void A_page_joins_the_data_below_the_patch()
    {
        var client   = Client();
        var fetch    = Fetcher("--(b|)");
        var query    = Define(fetch);
        var @base    = "";

        client.SetData(query, Unit.Default, InfiniteData<int, string>.Empty.Append(0, "a"));
        m.At(1, () => client.FetchNextPage(query, Unit.Default));
        m.At(2, () => client.Mutate(query, Unit.Default, data => InfiniteData<int, string>.Empty));
        m.At(4, () => @base = client.TryGetBaseData(query, Unit.Default, out var data) ? string.Concat(data.Pages) : "");
        m.Expect(client.ObserveInfinite(query).DistinctData().Select(data => data.Count)).ToBe("1-0--", new() { ['1'] = 1, ['0'] = 0 });
        Assert.Equal("ab", @base);
    }

    [Fact]
    public void A_committed_patch_stays_until_all_pages_were_walked()
    {
        var client   = Client();
        var fetch    = Fetcher("-(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch);
        var data     = client.ObserveInfinite(query).DistinctData().Select(pages => string.Concat(pages.Pages));

        client.SetData(query, Unit.Default, InfiniteData<int, string>.Empty.Append(0, "a"));
        m.At(1, () => client.Mutate(query, Unit.Default, Loud).Commit());
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.At(5, () => client.Refetch(query, Unit.Default));
        m.Expect(data).ToBe("ap-q---r", new() { ['p'] = "a!", ['q'] = "a!b!", ['r'] = "cd" });
    }

    [Fact]
    public void The_servers_answer_to_a_write_lets_a_page_land_and_has_it_walked_again()
    {
        var client   = Client();
        var fetch    = Fetcher("---(b|)", "-(c|)", "-(d|)");
        var query    = Define(fetch);
        var expected = "o-xw-r-n";

        client.SetData(query, Unit.Default, InfiniteData<int, string>.Empty.Append(0, "a"));
        m.At(2, () => client.FetchNextPage(query, Unit.Default));
        m.At(3, () => client.Mutate(query, Unit.Default, Loud).Commit(InfiniteData<int, string>.Empty.Append(0, "w")));
        m.Expect(client.ObserveInfinite(query).Pages().Where(state => !state.StartsWith("a!", StringComparison.Ordinal))).ToBe(
            expected, new() { ['o'] = "a", ['x'] = "a+", ['w'] = "w+", ['r'] = "WB*", ['n'] = "cd" });
        Assert.Equal([1, 0, 1], Asked(fetch));
    }

    private static InfiniteData<int, string> Loud(InfiniteData<int, string> data) => data.Select(page => page + "!");
}
