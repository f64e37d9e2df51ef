using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ReactiveQuery.Benchmarks;

/// <summary>One timed repetition.</summary>
public sealed class Rep
{
    public double Seconds;
    public long Bytes = -1;
    public Dictionary<string, double> Extra = [];
}

public sealed class Result
{
    public required string Contender, Workload, Name;
    public required long N;
    public required double Seconds;
    public Dictionary<string, double> Extra = [];
    public double OpsPerSecond => N / Seconds;

    public string ToJson()
    {
        var b = new StringBuilder();
        b.Append(CultureInfo.InvariantCulture, $"{{\"contender\":\"{Contender}\",\"workload\":\"{Workload}\",\"name\":\"{Name}\",\"n\":{N},");
        b.Append(CultureInfo.InvariantCulture, $"\"seconds\":{Seconds:R},\"ops_per_s\":{OpsPerSecond:R},\"extra\":{{");
        b.AppendJoin(',', Extra.Select(e => string.Create(CultureInfo.InvariantCulture, $"\"{e.Key}\":{e.Value:R}")));
        return b.Append("}}").ToString();
    }
}

/// <summary>Times the region between Start and Stop, with the bytes the process allocated in it.</summary>
public readonly struct Span
{
    private readonly long _bytes, _ticks;

    private Span(long bytes, long ticks) { _bytes = bytes; _ticks = ticks; }

    public static Span Start(bool collect = true)
    {
        if (collect) Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        return new Span(bytes, Stopwatch.GetTimestamp());
    }

    public Rep Stop()
    {
        var seconds = Stopwatch.GetElapsedTime(_ticks).TotalSeconds;
        return new Rep { Seconds = seconds, Bytes = GC.GetTotalAllocatedBytes(precise: true) - _bytes };
    }

    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}

public sealed class Plan
{
    public int WarmReps = 4, MinReps = 7, MaxReps = 50;
    public double WarmSeconds = 0.7, MinSeconds = 1.0;
}

public static class Measure
{
    /// <summary>Whether each workload runs once, for its counts and sums only.</summary>
    public static bool IsVerifying { get; set; }

    public static double Median(IEnumerable<double> xs)
    {
        var a = xs.Order().ToArray();
        return a.Length % 2 == 1 ? a[a.Length / 2] : (a[a.Length / 2 - 1] + a[a.Length / 2]) / 2;
    }

    public static List<Rep> Drive(Func<Rep> once, Plan? plan = null)
    {
        if (IsVerifying) return [once()];
        plan ??= new Plan();
        var t = 0.0;
        for (var i = 0; (i < plan.WarmReps || t < plan.WarmSeconds) && i < 300; i++)
        {
            t += once().Seconds;
            if (i < 4) Thread.Sleep(200); // lets tier-1 compilation, which waits 100 ms per step, catch up
        }
        var reps = new List<Rep>();
        t = 0;
        while (reps.Count < plan.MinReps || (t < plan.MinSeconds && reps.Count < plan.MaxReps))
        {
            var r = once();
            reps.Add(r);
            t += r.Seconds;
        }
        return reps;
    }

    public static Result Report(string contender, string id, string name, long n, List<Rep> reps)
    {
        var result = new Result { Contender = contender, Workload = id, Name = name, N = n, Seconds = Median(reps.Select(r => r.Seconds)) };
        result.Extra["reps"] = reps.Count;
        result.Extra["min_s"] = reps.Min(r => r.Seconds);
        result.Extra["max_s"] = reps.Max(r => r.Seconds);
        if (reps[0].Bytes >= 0) result.Extra["bytes_per_op"] = Median(reps.Select(r => (double)r.Bytes)) / n;
        foreach (var key in reps[0].Extra.Keys) result.Extra[key] = Median(reps.Select(r => r.Extra[key]));
        return result;
    }

    public static void Check(bool condition, string what)
    {
        if (!condition) throw new InvalidOperationException("check failed: " + what);
    }
}
