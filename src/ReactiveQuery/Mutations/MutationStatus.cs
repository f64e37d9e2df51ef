namespace ReactiveQuery;

/// <summary>Where a mutation's call stands.</summary>
public enum MutationStatus
{
    /// <summary>Nothing was asked, or the call was cancelled or refused, or the mutation was reset.</summary>
    Idle,

    /// <summary>The call is under way: preparing, waiting for its turn, running, waiting for a retry, or running its callbacks.</summary>
    Pending,

    /// <summary>The call is under way and can go on only with the connection.</summary>
    Paused,

    /// <summary>The write succeeded.</summary>
    Success,

    /// <summary>The write failed for good.</summary>
    Error,
}
