using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W1: reads.</content>
public static partial class Workloads
{
    private static Result? W1a(Contender c, string id, string name)
    {
        const int n = 1_000_000;
        using var fx = c.Read();
        if (fx is null) return null;
        for (var i = 0; i < Keys; i++) fx.Set(i, Item.Of(i, i));
        return Report(c.Name, id, name, n, Drive(() =>
        {
            var span = Span.Start();
            var sum = ReadLoop(fx, n, 0);
            var rep = span.Stop();
            Check(sum == HitSum(n), "sum");
            return rep;
        }));
    }

    // Timed loops are cut into chunks, each one method call: a method that is called often reaches
    // tier-1 with its profile, while one long call stays in the on-stack-replacement version that was
    // compiled early in the warm-up.
    private const int Chunk = 1000;

    private static long ReadLoop(IReadFixture fx, int n, int offset)
    {
        var sum = 0L;
        for (var j = 0; j < n; j += Chunk) sum += ReadChunk(fx, j + offset);
        return sum;
    }

    private static long ReadChunk(IReadFixture fx, int from)
    {
        var sum = 0L;
        for (var j = from; j < from + Chunk; j++) sum += fx.Read(Spread(j));
        return sum;
    }

    private static Result? W1b(Contender c, string id, string name)
    {
        const int n = 1_000_000;
        using var fx = c.Read();
        if (fx is null) return null;
        for (var i = 0; i < Keys; i++) fx.Set(i, Item.Of(i, i));
        return Report(c.Name, id, name, 2 * n, Drive(() =>
        {
            var other = 0L;
            var ready = 0;
            var thread = new Thread(() =>
            {
                Interlocked.Increment(ref ready);
                while (Volatile.Read(ref ready) < 2) { }
                other = ReadLoop(fx, n, Keys / 2);
            });
            thread.Start();
            while (Volatile.Read(ref ready) < 1) { }
            var span = Span.Start(collect: false);
            Interlocked.Increment(ref ready);
            var sum = ReadLoop(fx, n, 0);
            thread.Join();
            var rep = span.Stop();
            Check(sum == HitSum(n) && other == HitSum(n), "sum");
            return rep;
        }));
    }

    private static Result? W1c(Contender c, string id, string name)
    {
        const int n = 200_000;
        using var fx = c.Read();
        if (fx is null) return null;
        for (var i = 0; i < Keys; i++) fx.Set(i, Item.Of(i, i));
        var fetches = 0;
        Fetcher fetcher = (i, _) => { fetches++; return Task.FromResult(Item.Of(i, -1)); };
        return Report(c.Name, id, name, n, Drive(() => Loop().GetAwaiter().GetResult()));

        async Task<Rep> Loop()
        {
            var sum = 0L;
            var span = Span.Start();
            for (var j = 0; j < n; j += Chunk) sum += await FetchChunk(fx, fetcher, j);
            var rep = span.Stop();
            Check(sum == HitSum(n) && fetches == 0, "sum, no fetch");
            return rep;
        }
    }

    private static async Task<long> FetchChunk(IReadFixture fx, Fetcher fetcher, int from)
    {
        var sum = 0L;
        for (var j = from; j < from + Chunk; j++) sum += (await fx.Fetch(Spread(j), fetcher)).Value;
        return sum;
    }
}
