using System.Diagnostics;
using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W11: a stream that follows a parameter.</content>
public static partial class Workloads
{
    private static Result? W11a(Contender c, string id, string name)
    {
        const int n = 100_000;
        using (var probe = c.Switch((_, _) => Task.FromResult(Item.Of(0, 0)))) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() =>
        {
            int started = 0, cancelled = 0;
            TaskCompletionSource<Item>? current = null;
            Fetcher fetcher = (_, ct) =>
            {
                started++;
                var source = current = new TaskCompletionSource<Item>();
                ct.UnsafeRegister(s => { cancelled++; ((TaskCompletionSource<Item>)s!).TrySetCanceled(); }, source);
                return source.Task;
            };
            using var fx = c.Switch(fetcher)!;
            fx.SetParam(0);
            var span = Span.Start();
            for (var p = 0; p < n; p += Chunk) SwitchChunk(fx, p, -1);
            current!.SetResult(Item.Of(n, n));
            WaitFor(fx.Probe, n);
            var rep = span.Stop();
            Check(started == n + 1, "started " + started);
            Check(fx.Probe.Success == 1 && fx.Probe.Last == n, "only the last delivers");
            var limit = Stopwatch.StartNew();
            while (Volatile.Read(ref cancelled) < n && limit.ElapsedMilliseconds < 2000) Thread.Sleep(1);
            rep.Extra["cancelled"] = cancelled;
            rep.Extra["entries_left"] = fx.Entries;
            return rep;
        }));
    }

    private static void SwitchChunk(ISwitchFixture fx, int from, int mask)
    {
        for (var p = from + 1; p <= from + Chunk; p++) fx.SetParam(p & mask);
    }

    private static Result? W11b(Contender c, string id, string name)
    {
        const int n = 100_000;
        var fetches = 0;
        Fetcher fetcher = (i, _) => { fetches++; return Task.FromResult(Item.Of(i, -1)); };
        using (var probe = c.Switch(fetcher)) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() =>
        {
            using var fx = c.Switch(fetcher)!;
            for (var i = 0; i < 16; i++) fx.Set(i, Item.Of(i, i));
            fx.SetParam(0);
            var count0 = fx.Probe.Success;
            var span = Span.Start();
            for (var p = 0; p < n; p += Chunk) SwitchChunk(fx, p, 15);
            var rep = span.Stop();
            Check(fx.Probe.Success - count0 >= n && fx.Probe.Last == (n & 15) && fetches == 0, "deliveries");
            return rep;
        }));
    }
}
