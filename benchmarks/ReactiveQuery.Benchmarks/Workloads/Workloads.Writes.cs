using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W8 and W9: refetches and optimistic writes.</content>
public static partial class Workloads
{
    private static Result? W8(Contender c, string id, string name, bool pending)
    {
        const int n = 50_000;
        using (var probe = c.Cycle((_, _) => Task.FromResult(Item.Of(0, 0)))) if (probe is null) return null;
        return Report(c.Name, id, name, n, Drive(() => Once().GetAwaiter().GetResult()));

        async Task<Rep> Once()
        {
            var v = 0;
            TaskCompletionSource<Item>? source = null;
            Fetcher fetcher = pending
                ? (_, _) => (source = new TaskCompletionSource<Item>()).Task
                : (_, _) => Task.FromResult(new Item(0, "item-0", v, false));
            using var fx = c.Cycle(fetcher)!;
            source?.TrySetResult(new Item(0, "item-0", 0, false)); // a contender may have fetched on subscribe
            var (count0, success0, fetching0) = (fx.Probe.Count, fx.Probe.Success, fx.Probe.Fetching);
            var span = Span.Start();
            for (var j = 0; j < n; j += Chunk) await CycleChunk();
            var rep = span.Stop();
            Check(fx.Probe.Success - success0 >= n, "success states " + (fx.Probe.Success - success0));
            Check(!pending || fx.Probe.Fetching - fetching0 >= n, "fetching states " + (fx.Probe.Fetching - fetching0));
            rep.Extra["states_per_op"] = (fx.Probe.Count - count0) / (double)n;
            return rep;

            async Task CycleChunk()
            {
                for (var j = 0; j < Chunk; j++)
                {
                    v++;
                    var task = fx.Refetch();
                    if (pending) source!.SetResult(new Item(0, "item-0", v, false));
                    await task;
                    if (fx.Probe.Last != v) WaitFor(fx.Probe, v);
                }
            }
        }
    }


    private static Result? W9(Contender c, string id, string name, bool fail)
    {
        const int n = 20_000;
        using (var probe = c.Mutate(Item.Of(0, -7))) if (probe is null) return null;
        var failure = Task.FromException<Item>(new InvalidOperationException("rejected"));
        _ = failure.Exception;
        Func<Item, Task<Item>> mutation = fail ? _ => failure : Task.FromResult;
        return Report(c.Name, id, name, n, Drive(() => Once().GetAwaiter().GetResult()));

        async Task<Rep> Once()
        {
            using var fx = c.Mutate(Item.Of(0, -7))!;
            var items = Enumerable.Range(0, n).Select(v => Item.Of(0, v)).ToArray();
            var (count0, sum0) = (fx.Probe.Count, fx.Probe.Sum);
            var span = Span.Start();
            for (var j = 0; j < n; j += Chunk) await MutateChunk(j);
            var rep = span.Stop();
            var states = fx.Probe.Count - count0;
            Check(states >= (fail ? 2 * n : n), "states " + states);
            Check(fx.Probe.Sum - sum0 >= (long)n * (n - 1) / 2 - (fail ? 7L * states : 0), "optimistic states seen");
            rep.Extra["states_per_op"] = states / (double)n;
            return rep;

            async Task MutateChunk(int from)
            {
                for (var v = from; v < from + Chunk; v++)
                {
                    var ok = await fx.Mutate(items[v], mutation);
                    if (ok == fail) Check(false, "outcome");
                    if (fx.Probe.Last != (fail ? -7 : v)) Check(false, "end state " + fx.Probe.Last);
                }
            }
        }
    }
}
