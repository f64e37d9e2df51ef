using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ReactiveQuery.Benchmarks;

/// <summary>
/// Where the time of a workload goes, by samples of Linux's <c>perf</c>: in the library's own code, in locks, in the runtime's allocator and collector, in write barriers.
/// </summary>
/// <remarks>
/// The runtime's native code comes without names. Two loops that do nothing but lock, and nothing but allocate, are sampled first: the pages of code in which the one spends
/// its time and the other does not are those of the locks.
/// </remarks>
public static partial class Profile
{
    private const string Runtime = "libcoreclr.so";

    private static readonly string[] Columns = ["library", "workload and framework", "locks", "allocator and collector", "write barriers", "rest"];

    /// <summary>What a sample's stack holds in the timed part; elsewhere a call of the library is enough.</summary>
    private static readonly Dictionary<string, string> Timed = new()
    {
        ["W2"] = "SubscribeChunk",
        ["W5b"] = "Invalidate",
        ["W8a"] = "CycleChunk",
        ["W8b"] = "CycleChunk",
        ["W9a"] = "MutateChunk",
        ["W9b"] = "MutateChunk",
        ["W11a"] = "SwitchChunk",
        ["W11b"] = "SwitchChunk",
        ["W12"] = "OnTimer|Unmount",
    };

    public static int Run(string contender, IEnumerable<string> workloads)
    {
        var allocation = Pages("allocation", []);
        var locks = Pages("locks", allocation);
        List<string> functions = [];
        Console.WriteLine($"| workload | samples | {string.Join(" | ", Columns)} |\n|---|---:|{string.Concat(Columns.Select(_ => "---:|"))}");
        foreach (var workload in workloads)
        {
            var timed = new Regex(Timed.GetValueOrDefault(workload, @"\[ReactiveQuery\]"));
            var counts = new int[Columns.Length];
            var stacks = Record(["one", contender, workload])
                .Where(stack => stack.Exists(frame => timed.IsMatch(frame.Symbol)) && !stack.Exists(frame => frame.File.EndsWith("libclrjit.so", StringComparison.Ordinal)))
                .ToList();
            foreach (var stack in stacks)
                counts[ColumnOf(stack, locks)]++;
            var sum = Math.Max(1, counts.Sum());
            Console.WriteLine($"| {workload} | {sum} | {string.Join(" | ", counts.Select(count => $"{100.0 * count / sum:0} %"))} |");
            functions.Add($"| {workload} | {string.Join(", ", Functions(stacks, sum))} |");
        }

        Console.WriteLine($"\n| workload | functions of the library, with what they call of others' |\n|---|---|\n{string.Join('\n', functions)}");
        return 0;
    }

    /// <summary>The functions of the library that most samples were in, or in something of the runtime's or the workload's that they called.</summary>
    private static IEnumerable<string> Functions(List<List<Frame>> stacks, int sum) =>
        from stack in stacks
        let name = stack.Select(frame => FunctionName().Match(frame.Symbol)).FirstOrDefault(match => match.Success)
        where name is not null
        group stack by name.Groups["type"].Value + "." + name.Groups["method"].Value into function
        let share = 100.0 * function.Count() / sum
        where share >= 3
        orderby share descending
        select $"`{function.Key}` {share:0} %";

    /// <summary>The loops that tell the pages of the runtime's code apart.</summary>
    public static int Loop(string what)
    {
        object gate = new();
        object?[] last = [null];
        var clock = Stopwatch.StartNew();
        for (var turns = 0; clock.ElapsedMilliseconds < 2000; turns++)
        {
            for (var i = 0; i < 1000; i++)
            {
                if (what == "locks")
                    lock (gate) turns++;
                else
                    last[0] = new object[4];
            }
        }

        GC.KeepAlive(last);
        return 0;
    }

    private static HashSet<long> Pages(string what, HashSet<long> except)
    {
        var pages = Record(["loop", what])
            .Select(stack => stack[0])
            .Where(frame => frame.File.EndsWith(Runtime, StringComparison.Ordinal))
            .CountBy(frame => frame.Page)
            .ToList();
        var sum = pages.Sum(page => page.Value);
        return [.. pages.Where(page => page.Value > sum / 100 && !except.Contains(page.Key)).Select(page => page.Key)];
    }

    /// <summary>By the innermost frame, but for the C library, which works for whoever called it.</summary>
    private static int ColumnOf(List<Frame> stack, HashSet<long> locks)
    {
        foreach (var frame in stack)
        {
            if (frame.File.Contains("libc.so", StringComparison.Ordinal) || frame.File.Contains("ld-linux", StringComparison.Ordinal)) continue;
            if (frame.File.EndsWith(Runtime, StringComparison.Ordinal)) return locks.Contains(frame.Page) ? 2 : 3;
            if (frame.Symbol.Contains("WriteBarrier", StringComparison.Ordinal)) return 4;
            if (frame.Symbol.Contains("[ReactiveQuery]", StringComparison.Ordinal)) return 0;
            return frame.Symbol.Contains('[', StringComparison.Ordinal) && frame.Symbol.Contains("::", StringComparison.Ordinal) ? 1 : 5;
        }

        return 5;
    }

    /// <summary>Runs this program under <c>perf</c> and reads the stacks of its samples, the innermost frame first.</summary>
    private static List<List<Frame>> Record(string[] args)
    {
        var data = Path.GetTempFileName();
        try
        {
            var self = Environment.ProcessPath!;
            string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, Environment.GetCommandLineArgs()[0]] : [self];
            Perf(["record", "-F", "1999", "-g", "-o", data, "--", .. program, .. args]);
            return Stacks(Perf(["script", "-i", data, "-F", "comm,ip,sym,dso"]));
        }
        finally
        {
            File.Delete(data);
        }
    }

    private static List<List<Frame>> Stacks(string script)
    {
        List<List<Frame>> stacks = [];
        List<Frame>? stack = null;
        foreach (var line in script.Split('\n'))
        {
            if (FrameLine().Match(line) is { Success: true } frame)
                (stack ??= Begin()).Add(new(frame.Groups["symbol"].Value, frame.Groups["file"].Value, long.Parse(frame.Groups["ip"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> 12));
            else
                stack = null;
        }

        return stacks;

        List<Frame> Begin()
        {
            List<Frame> begun = [];
            stacks.Add(begun);
            return begun;
        }
    }

    private static string Perf(string[] args)
    {
        var info = new ProcessStartInfo("perf") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in args) info.ArgumentList.Add(arg);
        info.Environment["DOTNET_PerfMapEnabled"] = "1";
        info.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // Otherwise the samples in generated code have no names.
        using var process = Process.Start(info)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    [GeneratedRegex(@"\[ReactiveQuery\] (ReactiveQuery\.)?(?<type>[A-Za-z]+)[^:]*::(?<method>[A-Za-z_.]+)")]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"^\s+(?<ip>[0-9a-f]+) (?<symbol>.*) \((?<file>[^()]*( \(deleted\))?)\)$")]
    private static partial Regex FrameLine();

    /// <param name="Symbol">The name of the code, if it has one.</param>
    /// <param name="File">The file it is from.</param>
    /// <param name="Page">Where it is; in native code without names counted from the beginning of the file, and so the same in every process.</param>
    private readonly record struct Frame(string Symbol, string File, long Page);
}
