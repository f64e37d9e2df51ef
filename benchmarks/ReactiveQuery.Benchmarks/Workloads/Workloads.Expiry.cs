using System.Diagnostics;
using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W12: unobserved entries expire.</content>
public static partial class Workloads
{
    private static Result? W12(Contender c, string id, string name)
    {
        const int n = 100_000;
        var gcTime = TimeSpan.FromSeconds(1);
        Fetcher fetcher = (i, _) => Task.FromResult(Item.Of(i, i));
        using (var probe = c.Expiry(fetcher, gcTime)) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() =>
        {
            using var fx = c.Expiry(fetcher, gcTime)!;
            var probe = fx.NewProbe();
            var subscriptions = new IDisposable[n];
            for (var i = 0; i < n; i++) subscriptions[i] = fx.Subscribe(i, probe);
            Span.Collect();
            var timers0 = Timer.ActiveCount;
            var cpu0 = Environment.CpuUsage.TotalTime;
            var span = Span.Start(collect: false);
            foreach (var s in subscriptions) s.Dispose();
            var rep = span.Stop();
            var armed = Stopwatch.GetTimestamp();
            var cpu1 = Environment.CpuUsage.TotalTime;
            rep.Extra["timers"] = Timer.ActiveCount - timers0;
            var cpu2 = Environment.CpuUsage.TotalTime;
            while (fx.Entries > 0)
            {
                Thread.Sleep(5);
                Check(Stopwatch.GetElapsedTime(armed).TotalSeconds < 30, "expired; left " + fx.Entries);
            }
            var cpu3 = Environment.CpuUsage.TotalTime;
            rep.Extra["late_s"] = Stopwatch.GetElapsedTime(armed).TotalSeconds - gcTime.TotalSeconds;
            rep.Extra["arm_cpu_s"] = (cpu1 - cpu0).TotalSeconds;
            rep.Extra["expire_cpu_s"] = (cpu3 - cpu2).TotalSeconds;
            rep.Extra["arm_wall_s"] = rep.Seconds;
            rep.Seconds = rep.Extra["arm_cpu_s"] + rep.Extra["expire_cpu_s"];
            return rep;
        }, new Plan { WarmSeconds = 0, MinReps = 3, MaxReps = 3 })); // Its seconds are the processor's; four repetitions take more than four of the clock's.
    }
}
