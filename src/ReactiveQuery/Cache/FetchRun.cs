namespace ReactiveQuery;

/// <summary>
/// What one flight does: calls the fetcher for each attempt, and makes of what came what the entry is to hold. Most fetches bring their value in one piece;
/// a refetch of many pages gathers it in several legs, each with timeout, pause and retries of its own.
/// </summary>
internal abstract class FetchRun<T>
{
    /// <summary>What it is for; the entry lets a page land before it fetches anything else.</summary>
    public virtual PageDirection Direction => PageDirection.None;

    /// <summary>Whether it may take more than one leg.</summary>
    public virtual bool HasLegs => false;

    /// <summary>Runs one attempt; see <see cref="Fetcher{TParams, T}.Run"/>. The interest is null where one value is all that is wanted.</summary>
    public abstract IDisposable Run(QueryRequest<T> request, QueryClient client, int attempt, Interest? interest, IObserver<T> observer);

    /// <summary>Takes in what an attempt brought, and replaces it by all that was gathered; false while another leg is to follow. May run user code.</summary>
    public virtual bool Gather(ref T value) => true;

    /// <summary>What the entry is to hold, given the data it holds now and what the fetch brought. Asked again when the entry was written to meanwhile.</summary>
    public virtual T Land(QueryState<T> seen, T value) => value;
}
