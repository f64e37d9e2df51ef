using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReactiveQuery.Benchmarks;

public sealed class Options
{
    public string Verb = "";
    public List<string> Words = [];
    public string[]? Only, Contenders;
    public int Rounds = 5;
    public string? Out;
    public string Base = "limit";

    public static Options Parse(string[] args)
    {
        var o = new Options();
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--only": o.Only = args[++i].Split(','); break;
                case "--contenders": o.Contenders = args[++i].Split(','); break;
                case "--rounds": o.Rounds = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
                case "--out": o.Out = args[++i]; break;
                case "--base": o.Base = args[++i]; break;
                default: if (o.Verb == "") o.Verb = args[i]; else o.Words.Add(args[i]); break;
            }
        }
        return o;
    }
}

/// <summary>
/// Runs every (contender, workload) pair in a process of its own, round after round, the contenders of
/// one workload right after each other and in a rotating order. Ratios are taken inside a round, so a
/// drift of the machine's speed between rounds does not enter them; the median over rounds is printed.
/// </summary>
public static class Compare
{
    public static int Run(Options o, string[] own)
    {
        var commands = new List<(string Name, Func<string, (string File, string[] Args)> Command)>();
        var self = Environment.ProcessPath!;
        var dll = Environment.GetCommandLineArgs()[0];
        var viaHost = Path.GetFileNameWithoutExtension(self) == "dotnet";
        foreach (var name in own)
        {
            var n = name;
            commands.Add((n, w =>
            {
                var args = new List<string>();
                if (viaHost) args.Add(dll);
                args.AddRange(["one", n, w]);
                return (self, [.. args]);
            }
            ));
        }
        if ((o.Contenders is null || o.Contenders.Contains(TanStack.Name)) && TanStack.Command() is { } tanStack) commands.Add((TanStack.Name, tanStack));
        if (o.Contenders is not null) commands = [.. commands.Where(c => o.Contenders.Contains(c.Name))];
        var workloads = Workloads.All.Select(w => w.Id).Where(w => o.Only is null || o.Only.Contains(w)).ToArray();
        var rounds = o.Verb == "all" ? 1 : o.Rounds;
        var table = new Dictionary<(string W, string C), List<(int Round, JsonElement Json)>>();
        var failed = false;
        if (o.Out is not null) Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(o.Out))!);
        using var log = o.Out is null ? null : new StreamWriter(o.Out, append: false);

        for (var round = 0; round < rounds; round++)
        {
            foreach (var w in workloads)
            {
                for (var k = 0; k < commands.Count; k++)
                {
                    var (name, command) = commands[(k + round) % commands.Count];
                    var line = Child(command(w));
                    if (line is null) { failed = true; continue; }
                    var json = JsonDocument.Parse(line).RootElement;
                    if (json.TryGetProperty("skipped", out _)) continue;
                    log?.WriteLine(line.TrimEnd('}') + new string('}', line.Length - line.TrimEnd('}').Length - 1) + $",\"round\":{round}}}");
                    log?.Flush();
                    if (json.TryGetProperty("error", out var error)) { failed = true; Console.Error.WriteLine($"{name} {w}: {error}"); continue; }
                    if (o.Verb == "all") Console.WriteLine(line);
                    if (!table.TryGetValue((w, name), out var list)) table[(w, name)] = list = [];
                    list.Add((round, json));
                }
            }
            Console.Error.WriteLine($"round {round + 1} of {rounds} done");
        }

        if (o.Verb == "compare") Console.Write(Table(o, [.. commands.Select(c => c.Name)], workloads, table));
        return failed ? 1 : 0;
    }

    /// <summary>Prints the table of what earlier runs wrote with <c>--out</c>, a run that was broken off included. Rounds of different files stay apart.</summary>
    public static int Show(Options o)
    {
        var table = new Dictionary<(string W, string C), List<(int Round, JsonElement Json)>>();
        var names = new List<string>();
        foreach (var (file, path) in o.Words.Index())
        {
            foreach (var line in File.ReadLines(path))
            {
                var json = JsonDocument.Parse(line).RootElement;
                if (json.TryGetProperty("error", out _)) continue;
                var (w, c) = (json.GetProperty("workload").GetString()!, json.GetProperty("contender").GetString()!);
                if (!names.Contains(c)) names.Add(c);
                if (!table.TryGetValue((w, c), out var list)) table[(w, c)] = list = [];
                list.Add(((file * 1000) + json.GetProperty("round").GetInt32(), json));
            }
        }

        Console.Write(Table(o, [.. names], [.. Workloads.All.Select(w => w.Id)], table));
        return 0;
    }

    private static string? Child((string File, string[] Args) command)
    {
        var info = new ProcessStartInfo(command.File) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var a in command.Args) info.ArgumentList.Add(a);
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(l => l.StartsWith('{'));
    }

    private static string Table(Options o, string[] names, string[] workloads, Dictionary<(string, string), List<(int Round, JsonElement Json)>> table)
    {
        var b = new StringBuilder($"| workload | contender | ops/s | rounds min-max | x {o.Base} | min-max | B/op | more |\n|---|---|---:|---|---:|---|---:|---|\n");
        foreach (var w in workloads)
        {
            table.TryGetValue((w, o.Base), out var baseline);
            foreach (var n in names)
            {
                if (!table.TryGetValue((w, n), out var list)) continue;
                var ops = list.Select(x => Ops(x.Json)).ToArray();
                var m = Measure.Median(ops);
                var ratios = baseline is null ? [] : list
                    .Select(x => (x, Base: baseline.FirstOrDefault(y => y.Round == x.Round)))
                    .Where(p => p.Base.Json.ValueKind == JsonValueKind.Object)
                    .Select(p => Ops(p.x.Json) / Ops(p.Base.Json))
                    .ToArray();
                var bytes = list.Select(x => Extra(x.Json, "bytes_per_op")).Where(x => x is not null).Select(x => x!.Value).ToArray();
                var more = list[0].Json.GetProperty("extra").EnumerateObject().Select(p => p.Name)
                    .Where(k => k is not ("reps" or "min_s" or "max_s" or "bytes_per_op"))
                    .Select(k => $"{k} {Measure.Median(list.Select(x => Extra(x.Json, k) ?? double.NaN)):G3}");
                b.Append($"| {w} | {n} | {Short(m)} | {ops.Min() / m:0.00}-{ops.Max() / m:0.00} ");
                b.Append(ratios.Length == 0 ? "| | " : $"| {Ratio(Measure.Median(ratios))} | {Ratio(ratios.Min())}-{Ratio(ratios.Max())} ");
                b.Append($"| {(bytes.Length == 0 ? "" : Short(Measure.Median(bytes)))} | {string.Join(", ", more)} |\n");
            }
        }
        return b.ToString();

        static double Ops(JsonElement json) => json.GetProperty("ops_per_s").GetDouble();
    }

    private static double? Extra(JsonElement json, string key) =>
        json.GetProperty("extra").TryGetProperty(key, out var v) ? v.GetDouble() : null;

    private static string Ratio(double r) => r >= 10 ? r.ToString("0") : r >= 0.1 ? r.ToString("0.00") : r.ToString("G2");

    private static string Short(double x) => x switch
    {
        >= 1e9 => $"{x / 1e9:0.0}G",
        >= 1e6 => $"{x / 1e6:0.0}M",
        >= 1e4 => $"{x / 1e3:0}k",
        >= 1e3 => $"{x / 1e3:0.0}k",
        >= 10 => $"{x:0}",
        _ => $"{x:0.00}",
    };
}
