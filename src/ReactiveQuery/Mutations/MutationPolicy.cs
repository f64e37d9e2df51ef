namespace ReactiveQuery;

/// <summary>What a call does while another one is under way.</summary>
public enum MutationPolicy
{
    /// <summary>Runs beside it. The default.</summary>
    Parallel,

    /// <summary>Waits for its turn in a scope: one call at a time, in the order in which they were made.</summary>
    Serial,

    /// <summary>Cancels the calls of the same <see cref="Mutation{TArgs, T}"/> that have not had their answer yet, and runs.</summary>
    LatestWins,

    /// <summary>
    /// Is refused while a call of the same <see cref="Mutation{TArgs, T}"/> is under way: no fetcher, callback or effect runs; <c>Execute</c> completes without a
    /// value, the handle of <c>Start</c> has <see cref="MutationHandle.IsRefused"/> set and its task is cancelled.
    /// </summary>
    IgnoreWhileBusy,
}
