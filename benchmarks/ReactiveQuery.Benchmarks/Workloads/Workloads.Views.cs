using System.Diagnostics;
using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W13 to W15: a UI loop, selections, a screen.</content>
public static partial class Workloads
{
    private static Result? W13(Contender c, string id, string name)
    {
        const int n = 1_000_000;
        using (var ui = new UiLoop())
        using (var probe = c.Conflate(ui, _ => { })) if (probe is null) return null;
        var reps = Drive(() => Once(n), new Plan { MinReps = 5, MaxReps = 5 });
        return Report(c.Name, id, name, n, reps);

        Rep Once(int count)
        {
            using var ui = new UiLoop();
            long delivered = 0, shown = 0;
            var last = -1;
            var ordered = true;
            var work = Stopwatch.Frequency / 200_000; // 5 microseconds
            void Show(Item item)
            {
                delivered++;
                if (item.Value <= last) ordered = false;
                var until = Stopwatch.GetTimestamp() + work;
                while (Stopwatch.GetTimestamp() < until) { }
                if (item.Value == count) shown = Stopwatch.GetTimestamp();
                Volatile.Write(ref last, item.Value);
            }
            using var fx = c.Conflate(ui, Show)!;
            fx.Set(new Item(0, "item-0", 0, false));
            while (Volatile.Read(ref last) != 0) Thread.Yield();
            Span.Collect();
            var heap = GC.GetTotalMemory(true);
            double produce = 0;
            long produced = 0;
            long peak = 0;
            var producer = new Thread(() =>
            {
                var t = Stopwatch.GetTimestamp();
                for (var v = 1; v <= count; v++) fx.Set(new Item(0, "item-0", v, false));
                produced = Stopwatch.GetTimestamp();
                produce = Stopwatch.GetElapsedTime(t, produced).TotalSeconds;
                Thread.Sleep(2);
                peak = GC.GetTotalMemory(true);
            });
            delivered = 0;
            var span = Span.Start();
            producer.Start();
            producer.Join();
            var limit = Stopwatch.GetTimestamp() + 5 * Stopwatch.Frequency; // The contender `limit` loses the last one now and then: it writes the value and then reads, without a fence.
            while (Volatile.Read(ref last) != count)
            {
                Thread.Sleep(0);
                Check(Stopwatch.GetTimestamp() < limit, "the last update was not shown: " + count + ", saw " + last);
            }
            var rep = span.Stop();
            rep.Seconds = Math.Max(produce, Stopwatch.GetElapsedTime(produced, shown).TotalSeconds + produce);
            Check(ordered, "in order");
            rep.Extra["updates_per_s"] = count / produce;
            rep.Extra["delivered"] = delivered;
            rep.Extra["last_latency_ms"] = Stopwatch.GetElapsedTime(produced, shown).TotalMilliseconds;
            rep.Extra["heap_growth_mb"] = (peak - heap) / 1048576.0;
            return rep;
        }
    }


    private static Result? W14(Contender c, string id, string name)
    {
        const int observers = 1000, sets = 2000, n = observers * sets;
        using (var probe = c.Select()) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() =>
        {
            using var fx = c.Select()!;
            fx.Set(Item.Of(0, 0));
            for (var i = 0; i < observers; i++) fx.Add();
            var before = fx.Deliveries;
            var items = Enumerable.Range(0, sets + 1).Select(v => Item.Of(0, v)).ToArray();
            var span = Span.Start();
            for (var v = 1; v <= sets; v++) fx.Set(items[v]);
            var rep = span.Stop();
            Check(fx.Deliveries == before, "no delivery for an unchanged selection");
            fx.Set(items[0] with { Name = "other" });
            Check(fx.Deliveries - before == observers, "all deliver a changed selection");
            return rep;
        }));
    }


    private static Result? W15(Contender c, string id, string name)
    {
        const int n = 5000, queries = 20;
        using (var probe = c.Screen((i, _) => Task.FromResult(Item.Of(i, 0)))) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() =>
        {
            int round = 0, fetches = 0;
            Fetcher fetcher = (i, _) => { fetches++; return Task.FromResult(new Item(i, "item", round, false)); };
            using var fx = c.Screen(fetcher)!;
            for (var i = 0; i < queries; i++) fx.Set(i, Item.Of(i, 0));
            var probes = new Probe[queries];
            for (var i = 0; i < queries; i++) probes[i] = fx.NewProbe();
            var open = new IDisposable[queries];
            var span = Span.Start();
            for (round = 1; round <= n; round++) OpenClose(fx, probes, open, round);
            var rep = span.Stop();
            Check(fetches == n * queries, "fetches " + fetches);
            // Each opening must have shown the cached value (round - 1) before the new one (round).
            Check(probes.All(p => p.Sum >= (long)n * (n - 1) / 2 + (long)n * (n + 1) / 2), "cached data first");
            rep.Extra["states_per_open"] = probes.Sum(p => p.Count) / ((double)n * queries);
            return rep;
        }));
    }

    private static void OpenClose(ISubscribeFixture fx, Probe[] probes, IDisposable[] open, int round)
    {
        for (var i = 0; i < probes.Length; i++) open[i] = fx.Subscribe(i, probes[i]);
        for (var i = 0; i < probes.Length; i++) WaitFor(probes[i], round);
        for (var i = 0; i < probes.Length; i++) open[i].Dispose();
    }
}
