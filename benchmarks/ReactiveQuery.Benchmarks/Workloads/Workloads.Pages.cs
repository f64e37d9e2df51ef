using System.Diagnostics;
using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W10: an infinite query.</content>
public static partial class Workloads
{
    private static Result? W10(Contender c, string id, string name)
    {
        using (var probe = c.Infinite((_, _) => throw new NotSupportedException())) if (probe is null) return null;
        // Built beforehand: making the data is not the library's cost. A refetch gets equal copies.
        var pages = Enumerable.Range(0, 1600).Select(Page).ToArray();
        var copies = Enumerable.Range(0, 200).Select(Page).ToArray();
        // Twenty feeds of 200 pages in one repetition, because one alone is too short to time.
        var reps = Drive(() => Once(200, 20).GetAwaiter().GetResult());
        var big = Drive(() => Once(1600, 2).GetAwaiter().GetResult());
        var result = Report(c.Name, id, name, 20 * 200, reps);
        var perFeed = (result.Seconds / 20, Median(big.Select(r => r.Seconds)) / 2);
        result.Extra["s_per_200_pages"] = perFeed.Item1;
        result.Extra["s_per_1600_pages"] = perFeed.Item2;
        result.Extra["growth_exponent"] = Math.Log(perFeed.Item2 / perFeed.Item1) / Math.Log(8);
        return result;

        static IReadOnlyList<Item> Page(int p)
        {
            var page = new Item[50];
            for (var i = 0; i < 50; i++) page[i] = Item.Of(p * 50 + i, p);
            return page;
        }

        async Task<Rep> Once(int n, int feeds)
        {
            var source = pages;
            var fixtures = new IInfiniteFixture[feeds];
            for (var f = 0; f < feeds; f++) fixtures[f] = c.Infinite((p, _) => Task.FromResult(source[p]))!;
            var span = Span.Start();
            for (var f = 0; f < feeds; f++) await Append(fixtures[f], n);
            var rep = span.Stop();
            foreach (var fx in fixtures)
            {
                Check(fx.PageCount == n && fx.LastItem.Id == n * 50 - 1, "pages " + fx.PageCount);
                Check(fx.States >= n, "states " + fx.States);
            }
            if (n == 200)
            {
                source = copies;
                var t = Stopwatch.GetTimestamp();
                foreach (var fx in fixtures) await fx.RefetchAll();
                rep.Extra["refetch_200_s"] = Stopwatch.GetElapsedTime(t).TotalSeconds / feeds;
                Check(fixtures.All(fx => fx.PageCount == n), "pages after refetch");
            }
            foreach (var fx in fixtures) fx.Dispose();
            return rep;
        }

        static async Task Append(IInfiniteFixture fx, int n)
        {
            for (var p = 0; p < n; p++) await fx.FetchNext();
        }
    }
}
