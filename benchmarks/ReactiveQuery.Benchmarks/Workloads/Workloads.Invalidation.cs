using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W5: invalidation by prefix.</content>
public static partial class Workloads
{
    private static Result? W5a(Contender c, string id, string name)
    {
        const int per = 100;
        var seconds = new Dictionary<int, double>();
        List<Rep>? last = null;
        foreach (var groups in new[] { 10, 100, 1000 })
        {
            using var fx = c.Prefix((_, i) => Item.Of(i, i), observed: false);
            if (fx is null) return null;
            var step = groups / 10;
            var item = Item.Of(1, 1);
            for (var g = 0; g < groups; g++) for (var i = 0; i < per; i++) fx.Set(g, i, item);
            last = Drive(() =>
            {
                var span = Span.Start(collect: false); // a collection would leave the caches cold for a region this short
                for (var j = 0; j < 10; j++) fx.Invalidate(j * step).GetAwaiter().GetResult();
                var rep = span.Stop();
                for (var j = 0; j < 10; j++) for (var i = 0; i < per; i++) Check(!fx.IsFresh(j * step, i), "stale");
                if (groups > 10) for (var j = 0; j < 10; j++) Check(fx.IsFresh(j * step + 1, 5), "others fresh");
                for (var j = 0; j < 10; j++) for (var i = 0; i < per; i++) fx.Set(j * step, i, item);
                return rep;
            }, new Plan { WarmReps = 40, MinReps = 30, MaxReps = 200, MinSeconds = 0.3 });
            seconds[groups * per] = Median(last.Select(r => r.Seconds)) / 10;
        }
        var result = Report(c.Name, id, name, 10, last!);
        foreach (var (size, s) in seconds) result.Extra["s_per_group_at_" + size] = s;
        result.Extra["growth_exponent"] = Math.Log(seconds[100_000] / seconds[1000]) / Math.Log(100);
        return result;
    }

    private static Result? W5b(Contender c, string id, string name)
    {
        const int per = 100, groups = 1000, step = 100;
        var fetched = 1000;
        using var fx = c.Prefix((_, i) => Item.Of(i, ++fetched), observed: true);
        if (fx is null) return null;
        var item = Item.Of(1, 1);
        for (var g = 0; g < groups; g++) for (var i = 0; i < per; i++) fx.Set(g, i, item);
        var probes = new List<Probe>();
        for (var j = 0; j < 10; j++)
            for (var i = 0; i < per; i++)
            {
                var probe = fx.NewProbe();
                fx.Observe(j * step, i, probe);
                probes.Add(probe);
            }
        return Report(c.Name, id, name, 10, Drive(() =>
        {
            var before = probes.Select(p => p.Last).ToArray();
            var f0 = fetched;
            var rep = Loop().GetAwaiter().GetResult();
            Check(fetched - f0 == 10 * per, "refetches " + (fetched - f0));
            for (var k = 0; k < probes.Count; k++) Check(probes[k].Last > before[k], "each observer saw new data");
            return rep;
        }, new Plan { WarmReps = 40, MinReps = 30, MaxReps = 200, MinSeconds = 0.5 }));

        async Task<Rep> Loop()
        {
            var span = Span.Start(collect: false); // a collection would leave the caches cold for a region this short
            for (var j = 0; j < 10; j++) await fx.Invalidate(j * step);
            return span.Stop();
        }
    }
}
