using System.Diagnostics;
using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W7: many ask, one fetch runs.</content>
public static partial class Workloads
{
    private static Result? W7(Contender c, string id, string name)
    {
        using (var probe = c.Dedupe((_, _) => Task.FromResult(Item.Of(0, 1)))) if (probe is null) return null;
        var small = Drive(() => Once(1000));
        var reps = Drive(() => Once(10_000));
        var result = Report(c.Name, id, name, 10_000, reps);
        result.Extra["growth_exponent"] = Math.Log(result.Seconds / Median(small.Select(r => r.Seconds))) / Math.Log(10);
        return result;

        Rep Once(int n)
        {
            var fetches = 0;
            var pending = new List<TaskCompletionSource<Item>>();
            Fetcher fetcher = (_, _) =>
            {
                fetches++;
                var source = new TaskCompletionSource<Item>();
                pending.Add(source);
                return source.Task;
            };
            using var fx = c.Dedupe(fetcher)!;
            var probes = new Probe[n];
            for (var i = 0; i < n; i++) probes[i] = fx.NewProbe();
            var subscriptions = new IDisposable[n];
            var item = Item.Of(0, 1);
            var span = Span.Start();
            var t0 = Stopwatch.GetTimestamp();
            for (var i = 0; i < n; i += 100) DedupeChunk(fx, probes, subscriptions, i);
            var t1 = Stopwatch.GetTimestamp();
            foreach (var source in pending) source.SetResult(item);
            for (var i = 0; i < n; i++) WaitFor(probes[i], 1);
            var t2 = Stopwatch.GetTimestamp();
            var rep = span.Stop();
            Check(probes.All(p => p.Success == 1), "one success each");
            foreach (var s in subscriptions) s.Dispose();
            rep.Extra["subscribe_s"] = Stopwatch.GetElapsedTime(t0, t1).TotalSeconds;
            rep.Extra["deliver_s"] = Stopwatch.GetElapsedTime(t1, t2).TotalSeconds;
            rep.Extra["fetches"] = fetches;
            return rep;
        }
    }

    private static void DedupeChunk(IDedupeFixture fx, Probe[] probes, IDisposable[] subscriptions, int from)
    {
        for (var i = from; i < from + 100; i++) subscriptions[i] = fx.Subscribe(probes[i]);
    }

    private static Result? W7b(Contender c, string id, string name)
    {
        using (var probe = c.Read()) if (probe is null) return null;
        return Report(c.Name, id, name, 2 * Keys, Drive(() =>
        {
            using var fx = c.Read()!;
            var fetches = 0;
            // About 2 microseconds of work, so that the two threads really meet inside a fetch.
            Fetcher fetcher = (i, _) =>
            {
                Interlocked.Increment(ref fetches);
                Thread.SpinWait(40);
                return Task.FromResult(Item.Of(i, i));
            };
            long a = 0, b = 0;
            var ready = 0;
            var thread = new Thread(() =>
            {
                Interlocked.Increment(ref ready);
                while (Volatile.Read(ref ready) < 2) { }
                b = FetchLoop(fx, fetcher).GetAwaiter().GetResult();
            });
            thread.Start();
            while (Volatile.Read(ref ready) < 1) { }
            var span = Span.Start(collect: false);
            Interlocked.Increment(ref ready);
            a = FetchLoop(fx, fetcher).GetAwaiter().GetResult();
            thread.Join();
            var rep = span.Stop();
            Check(a == HitSum(Keys) && b == HitSum(Keys), "sum");
            rep.Extra["fetches"] = fetches;
            return rep;
        }));

        static async Task<long> FetchLoop(IReadFixture fx, Fetcher fetcher)
        {
            var sum = 0L;
            for (var i = 0; i < Keys; i += Chunk) sum += await FetchChunk(fx, fetcher, i);
            return sum;
        }
    }
}
