using System.Diagnostics;

namespace ReactiveQuery.Benchmarks;

/// <summary>Runs every workload once and believes its counts and sums only; how long it took says nothing.</summary>
public static class Verification
{
    public static int Run(Contender contender, string[]? only)
    {
        Measure.IsVerifying = true;
        var failed = 0;
        foreach (var (id, name, _) in Workloads.All.Where(w => only is null || only.Contains(w.Id)))
        {
            var started = Stopwatch.GetTimestamp();
            var outcome = Outcome(contender, id, ref failed);
            Console.WriteLine($"{id,-5} {outcome,-9} {Stopwatch.GetElapsedTime(started).TotalSeconds,5:0.0} s  {name}");
        }

        Console.WriteLine(failed == 0 ? "all workloads verified" : $"{failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static string Outcome(Contender contender, string id, ref int failed)
    {
        try
        {
            return Workloads.Run(contender, id) is null ? "skipped" : "verified";
        }
        catch (Exception e)
        {
            failed++;
            Console.Error.WriteLine(e);
            return "FAILED";
        }
    }
}
