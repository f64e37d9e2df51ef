namespace ReactiveQuery;

/// <summary>What holds for all mutations of a client: options where a mutation sets none, and callbacks that run before the mutation's own.</summary>
/// <remarks>Immutable; safe from any thread. The callbacks run as those of <see cref="MutationOptions{TArgs, T}"/>, before them.</remarks>
public sealed record MutationDefaults
{
    /// <inheritdoc cref="MutationOptions{TArgs, T}.Retry"/>
    /// <value>Default: null, no retry.</value>
    public RetryPolicy? Retry
    {
        get;
        init
        {
            value?.Validate();
            field = value;
        }
    }

    /// <inheritdoc cref="MutationOptions{TArgs, T}.NetworkMode"/>
    public NetworkMode? NetworkMode { get; init => field = QueryOptions.Defined(value); }

    /// <inheritdoc cref="MutationOptions{TArgs, T}.Timeout"/>
    public TimeSpan? Timeout { get; init => field = QueryOptions.Positive(value); }

    /// <inheritdoc cref="MutationOptions{TArgs, T}.GcTime"/>
    public TimeSpan? GcTime { get; init => field = QueryOptions.Span(value); }

    internal Func<MutationContext, Task?>[] Mutate { get; init; } = [];

    internal Func<object?, MutationContext, Task?>[] Success { get; init; } = [];

    internal Func<Exception, MutationContext, Task?>[] Error { get; init; } = [];

    internal Func<MutationStatus, MutationContext, Task?>[] Settled { get; init; } = [];

    internal bool HasCallbacks => Mutate.Length + Success.Length + Error.Length + Settled.Length > 0;

    /// <summary>Before the fetcher of any mutation runs.</summary>
    /// <param name="callback">See <see cref="MutationOptions{TArgs, T}.OnMutate(Action{MutationContext{TArgs}})"/>.</param>
    /// <returns>New defaults; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationDefaults OnMutate(Action<MutationContext> callback) => this with { Mutate = [.. Mutate, Callback.Of(callback)] };

    /// <inheritdoc cref="OnMutate(Action{MutationContext})"/>
    public MutationDefaults OnMutate(Func<MutationContext, Task> callback) => this with { Mutate = [.. Mutate, Callback.NotNull(callback)] };

    /// <summary>After any mutation's call succeeded.</summary>
    /// <param name="callback">Given the result and the call.</param>
    /// <returns>New defaults; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationDefaults OnSuccess(Action<object?, MutationContext> callback) => this with { Success = [.. Success, Callback.Of(callback)] };

    /// <inheritdoc cref="OnSuccess(Action{object?, MutationContext})"/>
    public MutationDefaults OnSuccess(Func<object?, MutationContext, Task> callback) => this with { Success = [.. Success, Callback.NotNull(callback)] };

    /// <summary>After any mutation's call failed for good.</summary>
    /// <param name="callback">Given the error and the call.</param>
    /// <returns>New defaults; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationDefaults OnError(Action<Exception, MutationContext> callback) => this with { Error = [.. Error, Callback.Of(callback)] };

    /// <inheritdoc cref="OnError(Action{Exception, MutationContext})"/>
    public MutationDefaults OnError(Func<Exception, MutationContext, Task> callback) => this with { Error = [.. Error, Callback.NotNull(callback)] };

    /// <summary>After any mutation's call ended, however.</summary>
    /// <param name="callback">Given Success, Error, or Idle for a cancelled call, and the call.</param>
    /// <returns>New defaults; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationDefaults OnSettled(Action<MutationStatus, MutationContext> callback) => this with { Settled = [.. Settled, Callback.Of(callback)] };

    /// <inheritdoc cref="OnSettled(Action{MutationStatus, MutationContext})"/>
    public MutationDefaults OnSettled(Func<MutationStatus, MutationContext, Task> callback) => this with { Settled = [.. Settled, Callback.NotNull(callback)] };
}
