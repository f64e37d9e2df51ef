namespace ReactiveQuery;

/// <summary>
/// What one flight does: calls the fetcher for each attempt, and makes of what came what the entry is to hold. Most fetches bring their value in one piece;
/// a refetch of many pages gathers it in several legs, each with timeout, pause and retries of its own.
/// </summary>
internal abstract class FetchRun<T>(PageDirection direction = PageDirection.None, Legs? legs = null)
{
    /// <summary>What it is for; the entry lets a page land before it fetches anything else.</summary>
    public PageDirection Direction { get; } = direction;

    /// <summary>Where it is on a way of several legs; null when there is but one.</summary>
    public Legs? Legs { get; } = legs;

    /// <summary>Runs one attempt; see <see cref="Fetcher{TParams, T}.Run"/>. The interest is null where one value is all that is wanted.</summary>
    public abstract IDisposable Run(QueryRequest<T> request, QueryClient client, int attempt, Interest? interest, IObserver<T> observer);

    /// <summary>With legs: takes in what one brought, and replaces it by all that was gathered; false while another is to follow. May run user code.</summary>
    public virtual bool Gather(ref T value) => true;

    /// <summary>Of a page: what the entry is to hold, given the data it holds now and what the fetch brought. Asked again when the entry was written to meanwhile.</summary>
    public virtual T Land(QueryState<T> seen, T value) => value;
}

/// <summary>The legs of a fetch, of which one that ends within its own <c>Subscribe</c> would begin the next from inside.</summary>
internal sealed class Legs
{
    private int _due;

    /// <summary>Whether the leg that runs has brought its part, and another is to follow.</summary>
    public bool IsOver { get; set; }

    /// <summary>Asks for a leg; false when whoever runs one sees to it.</summary>
    public bool TryBegin() => Interlocked.Increment(ref _due) == 1;

    /// <summary>Whether another was asked for while one ran.</summary>
    public bool TryGoOn() => Interlocked.Decrement(ref _due) != 0;
}
