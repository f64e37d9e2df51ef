using System.Diagnostics;
using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W2 to W4: observers come, go and are served.</content>
public static partial class Workloads
{
    private static Result? W2(Contender c, string id, string name)
    {
        const int n = 100_000;
        var fetches = 0;
        using var fx = c.Subscribe((i, _) => { fetches++; return Task.FromResult(Item.Of(i, -1)); }, Contender.FiveMinutes);
        if (fx is null) return null;
        for (var i = 0; i < Keys; i++) fx.Set(i, Item.Of(i, i));
        return Report(c.Name, id, name, n, Drive(() =>
        {
            var probe = fx.NewProbe();
            var span = Span.Start();
            for (var j = 0; j < n; j += Chunk) SubscribeChunk(fx, probe, j);
            var rep = span.Stop();
            Check(probe.Sum == HitSum(n) && probe.Success == n && probe.Count == n, "deliveries " + probe.Count);
            Check(fetches == 0, "no fetch");
            return rep;
        }));
    }

    private static void SubscribeChunk(ISubscribeFixture fx, Probe probe, int from)
    {
        for (var j = from; j < from + Chunk; j++) fx.Subscribe(Spread(j), probe).Dispose();
    }


    private static Result? W3(Contender c, string id, string name)
    {
        const int observers = 1000, sets = 2000, n = observers * sets;
        using (var probe = c.FanOut()) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() =>
        {
            using var fx = c.FanOut()!;
            fx.Set(Item.Of(0, 0));
            var probes = new Probe[observers];
            for (var i = 0; i < observers; i++) fx.Add(probes[i] = fx.NewProbe());
            long count0 = probes.Sum(p => p.Count), sum0 = probes.Sum(p => p.Sum);
            var items = Enumerable.Range(0, sets + 1).Select(v => Item.Of(0, v)).ToArray();
            var span = Span.Start();
            for (var v = 1; v <= sets; v++) fx.Set(items[v]);
            var rep = span.Stop();
            Check(probes.Sum(p => p.Count) - count0 == n, "deliveries " + (probes.Sum(p => p.Count) - count0));
            Check(probes.Sum(p => p.Sum) - sum0 == (long)observers * sets * (sets + 1) / 2, "sum");
            return rep;
        }));
    }


    private static Result? W4(Contender c, string id, string name)
    {
        const int n = 100_000;
        Fetcher fetcher = (i, _) => Task.FromResult(Item.Of(i, i));
        using (var probe = c.Many(fetcher)) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() =>
        {
            var fx = c.Many(fetcher)!;
            var probes = new Probe[n];
            for (var i = 0; i < n; i++) probes[i] = fx.NewProbe();
            var subscriptions = new IDisposable[n];
            Span.Collect();
            var before = GC.GetTotalMemory(true);
            var span = Span.Start();
            for (var i = 0; i < n; i += Chunk) ManyChunk(fx, probes, subscriptions, i);
            for (var i = 0; i < n; i++) WaitFor(probes[i], i);
            var rep = span.Stop();
            Span.Collect();
            rep.Extra["retained_bytes_per_query"] = (GC.GetTotalMemory(true) - before) / (double)n;
            var stop = Stopwatch.GetTimestamp();
            foreach (var s in subscriptions) s.Dispose();
            fx.Dispose();
            rep.Extra["teardown_s"] = Stopwatch.GetElapsedTime(stop).TotalSeconds;
            GC.KeepAlive(probes);
            return rep;
        }));
    }

    private static void ManyChunk(ISubscribeFixture fx, Probe[] probes, IDisposable[] subscriptions, int from)
    {
        for (var i = from; i < from + Chunk; i++) subscriptions[i] = fx.Subscribe(i, probes[i]);
    }

    private static void WaitFor(Probe probe, int value)
    {
        if (Volatile.Read(ref probe.Last) == value) return;
        var limit = Stopwatch.GetTimestamp() + 30 * Stopwatch.Frequency;
        var spin = new SpinWait();
        while (Volatile.Read(ref probe.Last) != value)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            Check(Stopwatch.GetTimestamp() < limit, "not delivered: " + value + ", saw " + probe.Last);
        }
    }
}
