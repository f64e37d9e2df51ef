namespace ReactiveQuery;

/// <summary>How a mutation's calls run: policy, retry, connection, callbacks and effects.</summary>
/// <typeparam name="TArgs">The arguments.</typeparam>
/// <typeparam name="T">The result.</typeparam>
/// <remarks>
/// <para>Immutable; safe from any thread. Set on a definition, on a mutation and for one call (<c>Start(args, o => …)</c>); each level begins with what the level before
/// set, and adds its callbacks and effects behind those. Mix both styles: <c>m => m.Invalidates(UserById) with { Retry = RetryPolicy.Default }</c>.</para>
/// <para>Callbacks run outside every lock, one after the other, each awaited before the next: on the caller's thread at first, then on the thread on which what was
/// awaited ended, or at the client's <see cref="QueryClientOptions.CompletionBoundary"/>. They may use the client and the mutation freely, except that a callback that
/// awaits its own call, or a later one of its own scope, waits for ever.</para>
/// <para>The order for one call: patches · <c>OnMutate</c> (client, definition, call) · its turn in the scope · the connection · the fetcher · effects on the cache ·
/// <c>OnSuccess</c> or <c>OnError</c> (client, definition, call) · <c>OnSettled</c> (client, definition, call) · awaited refetches, if asked for · the final state, the
/// handle, the next call of the scope.</para>
/// </remarks>
public sealed partial record MutationOptions<TArgs, T>
{
    /// <summary>What a call does while another one is under way.</summary>
    /// <value>Default: <see cref="MutationPolicy.Parallel"/>. <see cref="InScope(string)"/> sets it to Serial; Serial without a scope has one of the mutation's name.</value>
    public MutationPolicy Policy
    {
        get;
        init => field = QueryOptions.Defined<MutationPolicy>(value)!.Value;
    }

    /// <summary>How often a failed attempt is made again. Writes are not repeated unless asked for.</summary>
    /// <value>Default: null, the client's (<see cref="MutationDefaults.Retry"/>), and there none.</value>
    public RetryPolicy? Retry
    {
        get;
        init
        {
            value?.Validate();
            field = value;
        }
    }

    /// <summary>Which attempts wait for the connection, where the client knows of one.</summary>
    /// <value>Default: null, the client's, and there <see cref="NetworkMode.Online"/>.</value>
    public NetworkMode? NetworkMode { get; init => field = QueryOptions.Defined(value); }

    /// <summary>How long one attempt may take; then it fails with <see cref="TimeoutException"/> and its token is cancelled. Waiting for turn or connection does not count.</summary>
    /// <value>Default: null, the client's, and there none. More than zero, or infinite.</value>
    public TimeSpan? Timeout { get; init => field = QueryOptions.Positive(value); }

    /// <summary>How long an ended call stays in the client's view (<see cref="QueryClient.FindMutations"/>), where a failed one can be retried.</summary>
    /// <value>Default: null, the client's, and there 5 minutes. Zero or more, or infinite. Cancelled and refused calls leave at once.</value>
    public TimeSpan? GcTime { get; init => field = QueryOptions.Span(value); }

    /// <summary>Anything the application wants to find in its callbacks and in the client's view.</summary>
    /// <value>Default: null.</value>
    public object? Meta { get; init; }

    internal MutationCallbacks<TArgs, T> Callbacks { get; init; } = MutationCallbacks<TArgs, T>.None;

    internal Func<TArgs, QueryKey>? ScopeOf { get; private init; }

    /// <summary>Calls wait for their turn in a scope, shared by all mutations of the client that name it.</summary>
    /// <param name="scope">The scope's name; not empty.</param>
    /// <returns>New options with the policy Serial; these stay as they are.</returns>
    /// <exception cref="ArgumentException"><paramref name="scope"/> is null or empty.</exception>
    public MutationOptions<TArgs, T> InScope(string scope)
    {
        ArgumentException.ThrowIfNullOrEmpty(scope);
        return InScope(QueryKey.Of(scope));
    }

    /// <inheritdoc cref="InScope(string)"/>
    /// <param name="scope">The scope; scopes are the same when their keys are equal.</param>
    /// <exception cref="ArgumentNullException"><paramref name="scope"/> is null.</exception>
    public MutationOptions<TArgs, T> InScope(QueryKey scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return InScope(_ => scope);
    }

    /// <summary>Calls wait for their turn in a scope that depends on the arguments: one write per user at a time, say.</summary>
    /// <param name="scopeOf">Called once for each call, when it is made; null from it: this call waits for nobody. If it throws, the call fails.</param>
    /// <returns>New options with the policy Serial; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="scopeOf"/> is null.</exception>
    public MutationOptions<TArgs, T> InScope(Func<TArgs, QueryKey?> scopeOf)
    {
        ArgumentNullException.ThrowIfNull(scopeOf);
        return this with { Policy = MutationPolicy.Serial, ScopeOf = scopeOf! };
    }

    internal QueryKey? ScopeFor(string name, TArgs args) =>
        Policy != MutationPolicy.Serial ? null : ScopeOf is null ? QueryKey.Of(name) : ScopeOf(args);

    internal MutationOptions<TArgs, T> Configured(Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure, string name) =>
        configure is null ? this : configure(this) ?? throw new InvalidOperationException($"The options function for mutation '{name}' returned null.");
}
