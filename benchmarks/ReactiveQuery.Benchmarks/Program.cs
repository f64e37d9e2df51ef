using System.Globalization;
using System.Text.Json;
using ReactiveQuery.Benchmarks;

// list                          the workloads and contenders
// one <contender> <workload>    one workload in this process, one JSON line
// all                           every pair once, a fresh process each, JSON lines
// compare                       rounds of "all", interleaved; a table of medians and ratios
// table <file.jsonl> …         the table of what compare wrote with --out
// verify                        every workload of one contender once, in this process: counts and sums, no times
// profile                       where the time of each workload goes, where Linux's perf is present
// dispatch                      a million sends into a loop of 60 frames a second: delivered, conflated, memory
//   --only W1a,W3    --contenders limit,plain-rx    --rounds 5    --out results/run.jsonl    --base limit

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = Options.Parse(args);
Contender[] contenders =
[
    new LimitContender(),
    new LimitTypedContender(),
    new LimitGuardedContender(),
    new ReactiveQueryContender(),
    new PlainRxContender(),
    new MemoryCacheContender(),
];

switch (options.Verb)
{
    case "list":
        foreach (var (id, name, _) in Workloads.All) Console.WriteLine($"{id,-5} {name}");
        Console.WriteLine(string.Join(", ", contenders.Select(c => c.Name).Append(TanStack.Name)));
        return 0;

    case "one" when options.Words is [var name, var id]:
        return RunOne(Named(name), id);

    case "verify":
        return Verification.Run(Named(options.Contenders?[0] ?? "reactive-query"), options.Only) | (options.Only is null ? DispatchFlood.Run() : 0);

    case "dispatch":
        return DispatchFlood.Run();

    case "all" or "compare":
        return Compare.Run(options, [.. contenders.Select(c => c.Name)]);

    case "profile":
        return Profile.Run(options.Contenders?[0] ?? "reactive-query", options.Only ?? [.. Workloads.All.Select(w => w.Id)]);

    case "loop" when options.Words is [var what]:
        return Profile.Loop(what);

    case "table":
        return Compare.Show(options);

    default:
        Console.Error.WriteLine("verbs: list | one <contender> <workload> | all | compare | table | profile | verify | dispatch");
        return 2;
}

Contender Named(string name) => contenders.FirstOrDefault(c => c.Name == name) ?? throw new ArgumentException("no contender " + name);

static int RunOne(Contender contender, string id)
{
    try
    {
        var result = Workloads.Run(contender, id);
        Console.WriteLine(result?.ToJson() ?? $"{{\"contender\":\"{contender.Name}\",\"workload\":\"{id}\",\"skipped\":true}}");
        return 0;
    }
    catch (Exception e)
    {
        Console.WriteLine($"{{\"contender\":\"{contender.Name}\",\"workload\":\"{id}\",\"error\":{JsonSerializer.Serialize(e.Message)}}}");
        Console.Error.WriteLine(e);
        return 1;
    }
}
