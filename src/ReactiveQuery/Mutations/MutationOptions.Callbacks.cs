namespace ReactiveQuery;

/// <content>The callbacks. Each may return a task, which is awaited before the next callback runs. Several of a kind run in the order in which they were added.</content>
public sealed partial record MutationOptions<TArgs, T>
{
    /// <summary>Runs when a call has been made, before the fetcher, also while the call waits for its turn or for the connection. Patches are already applied.</summary>
    /// <param name="callback">
    /// Given the call. If it throws, the call fails with that exception: the fetcher and the remaining <c>OnMutate</c> do not run, patches are rolled back, <c>OnError</c> and
    /// <c>OnSettled</c> run.
    /// </param>
    /// <returns>New options; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationOptions<TArgs, T> OnMutate(Action<MutationContext<TArgs>> callback) => Adding(Callback.Of(callback));

    /// <inheritdoc cref="OnMutate(Action{MutationContext{TArgs}})"/>
    public MutationOptions<TArgs, T> OnMutate(Func<MutationContext<TArgs>, Task> callback) => Adding(Callback.NotNull(callback));

    /// <summary>Runs when the write succeeded and its effects are in the cache; the state still says pending.</summary>
    /// <param name="callback">Given the result and the call. What it throws goes to the client's hook; the call has succeeded all the same and the rest runs.</param>
    /// <returns>New options; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationOptions<TArgs, T> OnSuccess(Action<T, MutationContext<TArgs>> callback) => Adding(Callback.Of(callback));

    /// <inheritdoc cref="OnSuccess(Action{T, MutationContext{TArgs}})"/>
    public MutationOptions<TArgs, T> OnSuccess(Func<T, MutationContext<TArgs>, Task> callback) => Adding(Callback.NotNull(callback));

    /// <summary>Runs when the call failed for good and its patches are rolled back; the state still says pending.</summary>
    /// <param name="callback">Given the error and the call. What it throws goes to the client's hook and the rest runs.</param>
    /// <returns>New options; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationOptions<TArgs, T> OnError(Action<Exception, MutationContext<TArgs>> callback) => Adding(Callback.Of(callback));

    /// <inheritdoc cref="OnError(Action{Exception, MutationContext{TArgs}})"/>
    public MutationOptions<TArgs, T> OnError(Func<Exception, MutationContext<TArgs>, Task> callback) => Adding(Callback.NotNull(callback));

    /// <summary>Runs last, whether the call succeeded, failed or was cancelled. Only a refused call, and one that its client's disposal ends, runs no callbacks.</summary>
    /// <param name="callback">
    /// Given the state that will be shown (Success, Error, or Idle for a cancelled call) and the call. What it throws goes to the client's hook and the rest runs.
    /// </param>
    /// <returns>New options; these stay as they are.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    public MutationOptions<TArgs, T> OnSettled(Action<MutationState<TArgs, T>, MutationContext<TArgs>> callback) => Adding(Callback.Of(callback));

    /// <inheritdoc cref="OnSettled(Action{MutationState{TArgs, T}, MutationContext{TArgs}})"/>
    public MutationOptions<TArgs, T> OnSettled(Func<MutationState<TArgs, T>, MutationContext<TArgs>, Task> callback) => Adding(Callback.NotNull(callback));

    private MutationOptions<TArgs, T> Adding(Func<MutationContext<TArgs>, Task?> callback) =>
        this with { Callbacks = Callbacks with { Mutate = [.. Callbacks.Mutate, callback] } };

    private MutationOptions<TArgs, T> Adding(Func<T, MutationContext<TArgs>, Task?> callback) =>
        this with { Callbacks = Callbacks with { Success = [.. Callbacks.Success, callback] } };

    private MutationOptions<TArgs, T> Adding(Func<Exception, MutationContext<TArgs>, Task?> callback) =>
        this with { Callbacks = Callbacks with { Error = [.. Callbacks.Error, callback] } };

    private MutationOptions<TArgs, T> Adding(Func<MutationState<TArgs, T>, MutationContext<TArgs>, Task?> callback) =>
        this with { Callbacks = Callbacks with { Settled = [.. Callbacks.Settled, callback] } };
}
