namespace ReactiveQuery;

/// <summary>A call in the client's view of all mutations, as of one moment.</summary>
/// <param name="Handle">The call itself: to cancel or retry it.</param>
/// <param name="Name">The name of the mutation.</param>
/// <param name="Status">Where the call stands.</param>
/// <param name="Variables">What it was made with.</param>
/// <param name="Scope">The scope in which it waits for its turn, or null.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="FailureCount">How many of its attempts have failed.</param>
/// <param name="SubmittedAt">When it was made, by the client's scheduler.</param>
/// <param name="Meta"><see cref="MutationOptions{TArgs, T}.Meta"/>.</param>
public sealed record MutationEntry(
    MutationHandle Handle,
    string Name,
    MutationStatus Status,
    object? Variables,
    QueryKey? Scope,
    Exception? Error,
    int FailureCount,
    DateTimeOffset SubmittedAt,
    object? Meta)
{
    /// <summary>Whether the call is under way: pending or paused.</summary>
    public bool IsUnderWay => Status is MutationStatus.Pending or MutationStatus.Paused;
}

/// <summary>Which calls a question concerns. What is not set does not restrict; what is set must all hold.</summary>
/// <remarks>Immutable; safe from any thread. A <see cref="MutationDefinition"/> converts to the filter of its name.</remarks>
public sealed record MutationFilter
{
    /// <summary>Calls of mutations of this name.</summary>
    /// <value>Default: null, any name.</value>
    public string? Name { get; init; }

    /// <summary>Calls that stand so.</summary>
    /// <value>Default: null, any status.</value>
    public MutationStatus? Status { get; init => field = QueryOptions.Defined(value); }

    /// <summary>Whether the call is under way (pending or paused), or has ended.</summary>
    /// <value>Default: null, either.</value>
    public bool? IsUnderWay { get; init; }

    /// <summary>Calls in this scope, or in one whose key begins with it.</summary>
    /// <value>Default: null, any scope or none.</value>
    public QueryKey? Scope { get; init; }

    /// <summary>Anything else. Called outside every lock.</summary>
    /// <value>Default: null.</value>
    public Func<MutationEntry, bool>? Predicate { get; init; }

    /// <summary>The calls of a definition, by its name.</summary>
    /// <param name="definition">The definition; null converts to null.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(definition))]
    public static implicit operator MutationFilter?(MutationDefinition? definition) => FromMutationDefinition(definition);

    /// <summary>The calls of a definition, by its name.</summary>
    /// <param name="definition">The definition; null converts to null.</param>
    /// <returns>A filter with that name.</returns>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(definition))]
    public static MutationFilter? FromMutationDefinition(MutationDefinition? definition) => definition is null ? null : new() { Name = definition.Name };

    internal bool Matches(MutationEntry entry) =>
        (Name is null || entry.Name == Name)
        && (Status is null || entry.Status == Status)
        && (IsUnderWay is null || entry.IsUnderWay == IsUnderWay)
        && (Scope is null || entry.Scope?.StartsWith(Scope) == true)
        && (Predicate is null || Predicate(entry));
}
