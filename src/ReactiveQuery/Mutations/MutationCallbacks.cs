namespace ReactiveQuery;

/// <summary>The callbacks of one level, or of several levels in their order. Immutable; a null task counts as done.</summary>
internal sealed record MutationCallbacks<TArgs, T>
{
    public static MutationCallbacks<TArgs, T> None { get; } = new();

    public Func<MutationContext<TArgs>, Task?>[] Mutate { get; init; } = [];

    public Func<T, MutationContext<TArgs>, Task?>[] Success { get; init; } = [];

    public Func<Exception, MutationContext<TArgs>, Task?>[] Error { get; init; } = [];

    public Func<MutationState<TArgs, T>, MutationContext<TArgs>, Task?>[] Settled { get; init; } = [];

    /// <summary>These callbacks behind those of the client.</summary>
    public MutationCallbacks<TArgs, T> Behind(MutationDefaults client) => client.HasCallbacks
        ? new()
        {
            Mutate = [.. client.Mutate, .. Mutate],
            Success = [.. client.Success.Select(Untyped), .. Success],
            Error = [.. client.Error, .. Error],
            Settled = [.. client.Settled.Select(Outcome), .. Settled],
        }
        : this;

    private static Func<T, MutationContext<TArgs>, Task?> Untyped(Func<object?, MutationContext, Task?> callback) => (data, call) => callback(data, call);

    private static Func<MutationState<TArgs, T>, MutationContext<TArgs>, Task?> Outcome(Func<MutationStatus, MutationContext, Task?> callback) =>
        (state, call) => callback(state.Status, call);
}

/// <summary>Synchronous callbacks in the form of those that return a task.</summary>
internal static class Callback
{
    public static Func<TCall, Task?> Of<TCall>(Action<TCall> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return call =>
        {
            callback(call);
            return null;
        };
    }

    public static Func<TValue, TCall, Task?> Of<TValue, TCall>(Action<TValue, TCall> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return (value, call) =>
        {
            callback(value, call);
            return null;
        };
    }

    public static TCallback NotNull<TCallback>(TCallback callback)
        where TCallback : Delegate
    {
        ArgumentNullException.ThrowIfNull(callback);
        return callback;
    }
}
