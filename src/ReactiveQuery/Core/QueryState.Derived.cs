namespace ReactiveQuery;

/// <content>What follows from the two statuses; computed here and nowhere else.</content>
public sealed partial record QueryState<T>
{
    /// <summary>Whether a first load is running: no data yet and a fetch under way.</summary>
    public bool IsLoading => Status == QueryStatus.Loading && FetchStatus == FetchStatus.Fetching;

    /// <summary>Whether a fetch is under way, be it the first or one behind data that is shown. False while paused or streaming.</summary>
    public bool IsFetching => FetchStatus == FetchStatus.Fetching;

    /// <summary>Whether a fetch of the whole data is under way behind a data or an error that is already shown. False while a page is fetched.</summary>
    public bool IsRefetching => IsFetching && Status != QueryStatus.Loading && !IsPlaceholder && Direction == PageDirection.None;

    /// <summary>Whether an infinite query is fetching the page behind its last. Of any other query always false.</summary>
    public bool IsFetchingNextPage => IsFetching && Direction == PageDirection.Next;

    /// <summary>Whether an infinite query is fetching the page before its first. Of any other query always false.</summary>
    public bool IsFetchingPreviousPage => IsFetching && Direction == PageDirection.Previous;

    /// <summary>Whether a fetch is due and waits for the network.</summary>
    public bool IsPaused => FetchStatus == FetchStatus.Paused;

    /// <summary>Whether a live query has delivered and stays subscribed to its source.</summary>
    public bool IsStreaming => FetchStatus == FetchStatus.Streaming;

    /// <summary>Whether <see cref="Status"/> is <see cref="QueryStatus.Success"/>; placeholders included.</summary>
    public bool IsSuccess => Status == QueryStatus.Success;

    /// <summary>Whether the last fetch failed.</summary>
    public bool IsError => Status == QueryStatus.Error;

    /// <summary>Whether the first fetch failed: an error and no data.</summary>
    public bool IsLoadingError => IsError && !HasData;

    /// <summary>Whether a later fetch failed: an error beside the data that was kept.</summary>
    public bool IsRefetchError => IsError && HasData;
}
