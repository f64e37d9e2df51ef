using System.Globalization;
using System.Text;

namespace ReactiveQuery.Tests.Model;

/// <summary>Runs a program on the client and on the model side by side, and compares the two after each step.</summary>
internal static class ModelRun
{
    /// <summary>What differed after which step; null when nothing did.</summary>
    public static Difference? Run(Setup setup, IReadOnlyList<Step> steps)
    {
        var model = new ReferenceModel(setup);
        using var engine = new EngineDriver(setup, model);
        for (var i = 0; i < steps.Count; i++)
        {
            List<string> differences;
            try
            {
                engine.BeforeStep();
                steps[i].Engine(engine);
                engine.Advance(0);
                steps[i].Model(model);
                model.Advance(0);
                differences = [.. Compare(setup, model, engine, steps[i])];
            }
            catch (Exception error)
            {
                differences = [$"an exception escaped: {error}"];
            }

            if (differences.Count > 0) return new(i, differences, engine);
        }

        return null;
    }

    private static IEnumerable<string> Compare(Setup setup, ReferenceModel model, EngineDriver engine, Step step)
    {
        foreach (var complaint in engine.Complaints) yield return complaint;
        if (!step.MayLoseData)
            foreach (var (id, observer) in engine.Observers)
                if (observer.LostData) yield return $"o{id} lost its data on the way: {string.Join(" > ", observer.SinceStep)}";
        foreach (var (id, observer) in engine.Observers)
            if (!step.MayLoseData && !step.MayFlash && observer.Flashed) yield return $"o{id} saw data flash up: {string.Join(" > ", observer.SinceStep)}";
        foreach (var (id, observer) in model.Observers)
            if (Differ($"o{id}", model.Show(observer), engine.Observers[id].Last?.ToString()) is { } difference) yield return difference;
        foreach (var (id, waiter) in model.Waiters)
            if (Differ($"w{id}", waiter.Outcome ?? "waiting", Outcome(engine.Awaited[id], waiter.WantsData)) is { } difference) yield return difference;
        foreach (var difference in TestKey.All.SelectMany(key => setup.IsBounded ? CompareHeld(key, model, engine) : Compare(key, model, engine))) yield return difference;
        foreach (var difference in CompareWrites(model, engine)) yield return difference;
        foreach (var difference in TestKey.All.SelectMany(key => CompareCalls(key, model, engine))) yield return difference;
        if (Differ("Cache.Count", model.EntryCount, engine.Client.Cache.Count) is { } count) yield return count;
        if (Differ("IsFetching()", model.FetchingCount, engine.FetchingCount) is { } fetching) yield return fetching;
        if (Differ("OnSuccess calls", model.Successes, engine.Successes) is { } successes) yield return successes;
        if (Differ("OnError calls", model.Errors, engine.Errors) is { } errors) yield return errors;
    }

    private static IEnumerable<string> Compare(TestKey key, ReferenceModel model, EngineDriver engine)
    {
        if (Differ($"GetState({key})", model.Show(key), engine.Query(key).State) is { } state) yield return state;
        if (Differ($"TryGetData({key})", model.Data(key) ?? "nothing", engine.Query(key).Data ?? "nothing") is { } read) yield return read;
        if (Differ($"TryGetBaseData({key})", model.BaseData(key) ?? "nothing", engine.Query(key).BaseData ?? "nothing") is { } readBase) yield return readBase;
    }

    private static IEnumerable<string> CompareWrites(ReferenceModel model, EngineDriver engine)
    {
        foreach (var id in model.Writes.Keys)
            if (Differ($"write {id}", model.ShowWrite(id), engine.Writes.Show(id)) is { } write) yield return write;
        if (Differ("the latest write", model.ShowWrite(), engine.Writes.Latest) is { } latest) yield return latest;
        if (Differ("writes in order", string.Join(", ", model.WriteLog), string.Join(", ", engine.Writes.Log)) is { } log) yield return log;
        if (Differ("FindMutations()", model.Listed, engine.Writes.Listed) is { } listed) yield return listed;
        if (Differ("IsMutating()", model.MutatingCount, engine.Writes.Count) is { } count) yield return count;
    }

    /// <summary>What is in the cache, looked at from outside: reading it would be a use.</summary>
    private static IEnumerable<string> CompareHeld(TestKey key, ReferenceModel model, EngineDriver engine)
    {
        var held = engine.Client.Cache.Find(new QueryFilter { Key = engine.Query(key).Key });
        var actual = held is [var entry] ? $"{entry.Status}+{entry.FetchStatus} {entry.Data}" : "nothing";
        if (Differ($"Cache.Find({key})", model.Describe(key), actual) is { } difference) yield return difference;
    }

    private static IEnumerable<string> CompareCalls(TestKey key, ReferenceModel model, EngineDriver engine)
    {
        if (Differ($"GetPatches({key})", model.Patches(key), engine.Query(key).Patches) is { } patches) yield return patches;
        var calls = model.Calls(key);
        if (Differ($"calls of {key}", calls.Count, engine.Calls(key).Count) is { } count)
        {
            yield return count;
            yield break;
        }

        foreach (var call in calls)
            if (Differ($"cursor of call {call.Index} of {key}", call.Cursor, engine.Calls(key)[call.Index].Cursor) is { } cursor) yield return cursor;
        foreach (var call in calls)
            if (Differ($"token of call {call.Index} of {key} cancelled", call.IsCancelled, engine.Calls(key)[call.Index].IsCancelled) is { } token)
                yield return token;
    }

    private static string Outcome(Task task, bool wantsData) => task switch
    {
        { IsCompleted: false } => "waiting",
        { IsCanceled: true } => "cancelled",
        { Exception.InnerException: { } error } => $"failed {error.Message}",
        Task<string> { Result: var data } when wantsData => $"result {data}",
        Task<InfiniteData<int, string>> { Result: var data } when wantsData => $"result {data}",
        _ => "done",
    };

    private static string? Differ<TValue>(string what, TValue expected, TValue actual) =>
        EqualityComparer<TValue>.Default.Equals(expected, actual) ? null : string.Create(CultureInfo.InvariantCulture, $"{what}: expected {expected}, was {actual}");
}

/// <summary>Where a program ended, and why.</summary>
internal sealed record Difference(int StepIndex, IReadOnlyList<string> Lines, EngineDriver Engine)
{
    public override string ToString() => string.Join('\n', Lines);
}

/// <summary>Makes a failing program short, and tells it to a reader.</summary>
internal static class Shrinker
{
    /// <summary>Drops steps, many at a time and then one by one, for as long as the program still fails.</summary>
    public static RandomProgram Shrink(RandomProgram program)
    {
        var steps = program.Steps.Take(ModelRun.Run(program.Setup, program.Steps)!.StepIndex + 1).ToList();
        for (var size = Math.Max(1, steps.Count / 2); size >= 1; size = size == 1 ? 0 : size / 2)
        {
            for (var dropped = true; dropped;)
            {
                dropped = false;
                for (var start = 0; start + size <= steps.Count; start++)
                {
                    List<Step> shorter = [.. steps[..start], .. steps[(start + size)..]];
                    if (ModelRun.Run(program.Setup, shorter) is not { } difference) continue;
                    (steps, dropped) = (shorter[..(difference.StepIndex + 1)], true);
                    start--;
                }
            }
        }

        return program with { Steps = steps };
    }

    /// <summary>The program, what differed, and what each observer saw: one column for each step.</summary>
    public static string Tell(RandomProgram program)
    {
        var difference = ModelRun.Run(program.Setup, program.Steps)!;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {program.Seed}; {program.Setup}").AppendLine();
        for (var i = 0; i < program.Steps.Count; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"{i + 1,3}  {program.Steps[i].Code};");
        text.AppendLine().AppendLine(difference.ToString()).AppendLine();
        foreach (var (id, observer) in difference.Engine.Observers.OrderBy(o => o.Key))
            text.AppendLine(CultureInfo.InvariantCulture, $"o{id,-3} {Diagram(observer, program.Steps.Count)}").AppendLine(Legend(observer));
        return text.ToString();
    }

    private static string Diagram(EngineObserver observer, int steps)
    {
        var columns = Enumerable.Range(1, steps).Select(step => observer.Marks(step)).Select(marks => marks.Length switch
        {
            0 => "-",
            1 => marks,
            _ => $"({marks})",
        }).ToList();
        return string.Concat(columns);
    }

    private static string Legend(EngineObserver observer) =>
        string.Join('\n', observer.Seen.Select(seen => $"     {seen.Mark} = {seen.State}"));
}
