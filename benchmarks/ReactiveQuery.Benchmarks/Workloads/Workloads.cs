namespace ReactiveQuery.Benchmarks;

/// <summary>The drivers. Each returns null when the contender does not implement the workload.</summary>
public static partial class Workloads
{
    private const int Keys = 10_000;

    public static readonly (string Id, string Name, Func<Contender, string, string, Result?> Run)[] All =
    [
        ("W1a", "cache-hit read", W1a),
        ("W1b", "cache-hit read, 2 threads", W1b),
        ("W1c", "fetch API on a fresh key, awaited", W1c),
        ("W2", "subscribe + unsubscribe, fresh", W2),
        ("W3", "fan-out 1 query x 1000 observers", W3),
        ("W4", "100k queries, one observer each", W4),
        ("W5a", "invalidate 1 group of 100 in 100k (inactive)", W5a),
        ("W5b", "invalidate 1 group of 100 in 100k (observed, refetched)", W5b),
        ("W6a", "set a 10k list, one item changed", (c, i, n) => W6(c, i, n, true)),
        ("W6b", "set a 10k list, nothing changed", (c, i, n) => W6(c, i, n, false)),
        ("W7", "10k subscribers join one fetch", W7),
        ("W7b", "stampede: 2 threads miss the same 10k keys", W7b),
        ("W8a", "refetch, completed fetcher, 1 observer", (c, i, n) => W8(c, i, n, false)),
        ("W8b", "refetch, pending fetcher, 1 observer", (c, i, n) => W8(c, i, n, true)),
        ("W9a", "optimistic mutation, success", (c, i, n) => W9(c, i, n, false)),
        ("W9b", "optimistic mutation, rollback", (c, i, n) => W9(c, i, n, true)),
        ("W10", "infinite query, append 200 pages", W10),
        ("W11a", "switch 100k params, each fetch abandoned", W11a),
        ("W11b", "switch among 16 cached keys", W11b),
        ("W12", "100k inactive queries expire (CPU s)", W12),
        ("W13", "1M background updates to a UI loop", W13),
        ("W14", "select + suppress, 1000 observers", W14),
        ("W15", "open + close a screen of 20 stale queries", W15),
    ];

    public static Result? Run(Contender contender, string id)
    {
        var (_, name, run) = All.FirstOrDefault(w => w.Id == id);
        return run is null ? throw new ArgumentException("no workload " + id) : run(contender, id, name);
    }

    private static int Spread(int j) => (int)((long)j * 7919 % Keys);
    private static long HitSum(long n) => n / Keys * ((long)Keys * (Keys - 1) / 2);
}
