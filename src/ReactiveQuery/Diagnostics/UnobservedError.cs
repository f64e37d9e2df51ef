namespace ReactiveQuery;

/// <summary>Where an exception came from that no state, task or caller could carry.</summary>
public enum UnobservedErrorOrigin
{
    /// <summary>An observer threw from <c>OnNext</c> or <c>OnCompleted</c>.</summary>
    Observer,

    /// <summary>A success or error hook, or an option's function, threw.</summary>
    Callback,

    /// <summary>An optimistic patch threw and was skipped; the other patches hold.</summary>
    Patch,

    /// <summary>A comparer or sharing function threw; the fetched data was kept as it was. Or the equality of data that is a value type; the state counted as a new one.</summary>
    Comparer,

    /// <summary>A trigger, an <c>EnabledWhen</c>, or one of the client's focus, connection and resume streams ended with an error.</summary>
    Trigger,

    /// <summary>A callback registered on a fetch's cancellation token, or the disposal of a source of values, parameters or triggers, threw.</summary>
    Cancellation,

    /// <summary>A scheduler refused work.</summary>
    Scheduler,

    /// <summary>A mutation failed, and nobody awaited, observed or handled it.</summary>
    Mutation,

    /// <summary>An item of a <see cref="UiDispatchQueue"/> threw; the other items run.</summary>
    Dispatch,

    /// <summary>A task of a task scope failed and nobody looked at its handle, or it failed after it was aborted.</summary>
    Task,

    /// <summary>A cleanup of a task scope threw; the other cleanups run.</summary>
    Cleanup,
}

/// <summary>An exception of user code that harmed nobody else and that no state, task or caller could carry.</summary>
/// <param name="Exception">What was thrown.</param>
/// <param name="Origin">Which kind of user code threw it.</param>
/// <param name="Key">The query it happened for, or null when it concerns the whole client.</param>
public sealed record UnobservedError(Exception Exception, UnobservedErrorOrigin Origin, QueryKey? Key)
{
    /// <summary>The name of the mutation it happened for, or null when it was none.</summary>
    public string? Mutation { get; init; }
}
