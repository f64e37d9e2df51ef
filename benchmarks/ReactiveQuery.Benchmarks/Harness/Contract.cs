namespace ReactiveQuery.Benchmarks;

/// <summary>The datum every workload caches.</summary>
public sealed record Item(int Id, string Name, int Value, bool Done)
{
    public static Item Of(int id, int value) => new(id, "item-" + id, value, false);
}

/// <summary>
/// What an observer does with each state it receives. A contender derives its native observer type
/// from this, so that a delivery costs nothing but these few field updates.
/// </summary>
public abstract class Probe
{
    public long Count, Sum, Success, Fetching;
    public int Last = int.MinValue;

    protected void Saw(Item? data, bool fetching)
    {
        Count++;
        if (fetching) Fetching++;
        if (data is not null)
        {
            Last = data.Value;
            Sum += data.Value;
            if (!fetching) Success++;
        }
    }
}

/// <summary>Runs the query function of a workload for key part <c>id</c>.</summary>
public delegate Task<Item> Fetcher(int id, CancellationToken ct);

// One interface per workload; the exact rules are in WORKLOADS.md. The driver times the calls and
// verifies the outcome; a contender implements a call with whatever it natively offers.

/// <summary>W1, W7b. Keys are ["item", i]. The key is built from its parts inside every call.</summary>
public interface IReadFixture : IDisposable
{
    void Set(int i, Item item);
    /// <summary>The value if it is cached AND fresh, else -1. No task, no fetch.</summary>
    int Read(int i);
    /// <summary>The fetch API: cached and fresh data, or runs the fetcher (joining a running one).</summary>
    ValueTask<Item> Fetch(int i, Fetcher fetcher);
}

/// <summary>W2, W4, W15. Keys are ["item", i].</summary>
public interface ISubscribeFixture : IDisposable
{
    Probe NewProbe();
    void Set(int i, Item item);
    /// <summary>Observes the query; delivers the current state at once; fetches if it is missing or stale.</summary>
    IDisposable Subscribe(int i, Probe probe);
}

/// <summary>W3: one query ["item", 0] with n observers.</summary>
public interface IFanOutFixture : IDisposable
{
    Probe NewProbe();
    void Add(Probe probe);
    void Set(Item item);
}

/// <summary>W5: queries ["list", g, i].</summary>
public interface IPrefixFixture : IDisposable
{
    Probe NewProbe();
    void Set(int g, int i, Item item);
    bool IsFresh(int g, int i);
    void Observe(int g, int i, Probe probe);
    /// <summary>Marks everything under ["list", g] stale; observed ones are refetched before the task completes.</summary>
    Task Invalidate(int g);
}

/// <summary>W6: query ["big"], one observer.</summary>
public interface IShareFixture : IDisposable
{
    void Set(IReadOnlyList<Item> list);
    IReadOnlyList<Item> Current { get; }
    long Deliveries { get; }
}

/// <summary>W7: n observers of a missing key, one pending fetch.</summary>
public interface IDedupeFixture : IDisposable
{
    Probe NewProbe();
    IDisposable Subscribe(Probe probe);
}

/// <summary>W8: query ["item", 0] with one observer; Refetch forces a fetch and completes when it settled.</summary>
public interface ICycleFixture : IDisposable
{
    Probe Probe { get; }
    Task Refetch();
}

/// <summary>W9: query ["item", 0] with one observer.</summary>
public interface IMutateFixture : IDisposable
{
    Probe Probe { get; }
    /// <summary>Cancel a running fetch, remember, write <paramref name="optimistic"/>, run, write the result or
    /// roll back. Yields whether it succeeded, without throwing.</summary>
    ValueTask<bool> Mutate(Item optimistic, Func<Item, Task<Item>> mutation);
}

/// <summary>W10: one observer, pages of 50 items.</summary>
public interface IInfiniteFixture : IDisposable
{
    Task FetchNext();
    Task RefetchAll();
    int PageCount { get; }
    Item LastItem { get; }
    long States { get; }
}

/// <summary>W11: one observer following a parameter; keys ["search", p].</summary>
public interface ISwitchFixture : IDisposable
{
    Probe Probe { get; }
    void Set(int p, Item item);
    void SetParam(int p);
    int Entries { get; }
}

/// <summary>W12: n queries that expire gcTime after their last observer left.</summary>
public interface IExpiryFixture : IDisposable
{
    Probe NewProbe();
    IDisposable Subscribe(int i, Probe probe);
    int Entries { get; }
}

/// <summary>W13: query ["item", 0] observed on the UI loop.</summary>
public interface IConflateFixture : IDisposable
{
    void Set(Item item);
}

/// <summary>W14: query ["item", 0]; each observer watches item.Name only.</summary>
public interface ISelectFixture : IDisposable
{
    void Add();
    void Set(Item item);
    long Deliveries { get; }
}

/// <summary>A library (or a hand-written shape) under measurement. Null = the workload does not apply.</summary>
public abstract class Contender
{
    public static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    public abstract string Name { get; }
    public virtual IReadFixture? Read() => null;
    public virtual ISubscribeFixture? Subscribe(Fetcher fetcher, TimeSpan staleTime) => null;
    public virtual ISubscribeFixture? Many(Fetcher fetcher) => Subscribe(fetcher, FiveMinutes);
    public virtual ISubscribeFixture? Screen(Fetcher fetcher) => Subscribe(fetcher, TimeSpan.Zero);
    public virtual IFanOutFixture? FanOut() => null;
    public virtual IPrefixFixture? Prefix(Func<int, int, Item> fetch, bool observed) => null;
    public virtual IShareFixture? Share() => null;
    public virtual IDedupeFixture? Dedupe(Fetcher fetcher) => null;
    public virtual ICycleFixture? Cycle(Fetcher fetcher) => null;
    public virtual IMutateFixture? Mutate(Item initial) => null;
    public virtual IInfiniteFixture? Infinite(Func<int, CancellationToken, Task<IReadOnlyList<Item>>> fetchPage) => null;
    public virtual ISwitchFixture? Switch(Fetcher fetcher) => null;
    public virtual IExpiryFixture? Expiry(Fetcher fetcher, TimeSpan gcTime) => null;
    public virtual IConflateFixture? Conflate(UiLoop ui, Action<Item> show) => null;
    public virtual ISelectFixture? Select() => null;
}
