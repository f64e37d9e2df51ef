using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>One call of a mutation, whatever its types: to cancel it, to retry it, to await its end.</summary>
/// <remarks>Safe from any thread. Dropping a handle changes nothing: the call runs on.</remarks>
public abstract class MutationHandle
{
    private protected MutationHandle()
    {
    }

    /// <summary>Numbers the calls of a client in the order in which they were made.</summary>
    public long Id => Call.Id;

    /// <summary>The name of the mutation.</summary>
    public string Name => Call.Name;

    /// <summary>Where the call stands.</summary>
    public MutationStatus Status => Call.Status;

    /// <summary>Whether the call has ended: succeeded, failed, cancelled or refused.</summary>
    public bool IsSettled => Call.IsSettled;

    /// <summary>Whether the call was refused because another one was under way (<see cref="MutationPolicy.IgnoreWhileBusy"/>).</summary>
    public bool IsRefused => Call.IsRefused;

    /// <summary>
    /// Ends when the call has ended, after its callbacks: with the result, with the fetcher's own exception, or cancelled when the call was cancelled, refused, or ended by
    /// the client's disposal.
    /// </summary>
    /// <remarks>Asking for it counts as observing the call: its failure does not go to the client's hook.</remarks>
    public Task Task => Call.ObservedTask();

    internal abstract MutationCall Call { get; }

    /// <summary>Awaits the end of the call; see <see cref="Task"/>.</summary>
    /// <returns>The awaiter of <see cref="Task"/>.</returns>
    public TaskAwaiter GetAwaiter() => Task.GetAwaiter();

    /// <summary>
    /// Cancels the call, whether it prepares, waits for its turn, is paused, runs or waits for a retry: its token is cancelled, its patches are rolled back, a late answer is
    /// dropped, <c>OnSettled</c> runs, its state becomes Idle and the next call of its scope goes on.
    /// </summary>
    /// <returns>Whether it was cancelled; false when the answer was there already, so that the write has happened or failed.</returns>
    /// <remarks>What has reached the server is not taken back. Callbacks run before this returns, unless they wait for something.</remarks>
    public bool Cancel() => Call.Cancel();

    /// <summary>
    /// A paused call: goes on without waiting for the connection, once, when it is its turn. A failed call: is made again, with the same arguments, options and callbacks.
    /// Otherwise does nothing, also when the failed call's mutation is disposed.
    /// </summary>
    /// <returns>The handle of the call that was made; this one when none was.</returns>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    /// <remarks>A failed call that is retried leaves the client's view; of two retries of one call the second does nothing.</remarks>
    public MutationHandle Retry() => Call.Retry();

    /// <summary>For debugging; the format may change.</summary>
    /// <returns>The number, the name and the status.</returns>
    public override string ToString() => $"#{Id} {Name}: {Status}";
}

/// <inheritdoc/>
/// <typeparam name="T">The result.</typeparam>
public abstract class MutationHandle<T> : MutationHandle
{
    private protected MutationHandle()
    {
    }

    /// <inheritdoc cref="MutationHandle.Task"/>
    public new Task<T> Task => (Task<T>)Call.ObservedTask();

    /// <inheritdoc cref="MutationHandle.GetAwaiter"/>
    public new TaskAwaiter<T> GetAwaiter() => Task.GetAwaiter();
}

/// <summary>One call of a mutation: awaitable, cancellable, and a stream of its own states.</summary>
/// <typeparam name="TArgs">The arguments.</typeparam>
/// <typeparam name="T">The result.</typeparam>
/// <remarks>
/// Safe from any thread. Dropping a handle changes nothing: the call runs on. A failure goes to the client's hook for unobserved errors, once, if by then nobody has awaited
/// the handle or asked for its task, subscribed to it, or to its mutation as long as this is its latest call, or set an <c>OnError</c>.
/// </remarks>
public sealed class MutationHandle<TArgs, T> : MutationHandle<T>, IObservable<MutationState<TArgs, T>>
{
    private readonly MutationCall<TArgs, T> _call;

    internal MutationHandle(MutationCall<TArgs, T> call) => _call = call;

    /// <summary>The present state of the call.</summary>
    public MutationState<TArgs, T> State => _call.State;

    internal override MutationCall Call => _call;

    /// <inheritdoc cref="MutationHandle.Retry"/>
    public new MutationHandle<TArgs, T> Retry() => (MutationHandle<TArgs, T>)_call.Retry();

    /// <summary>Subscribes to the states of this call.</summary>
    /// <param name="observer">Receives the present state before this returns, then every later one; completes after the last. Never errors.</param>
    /// <returns>Ends the subscription; the call runs on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="observer"/> is null.</exception>
    public IDisposable Subscribe(IObserver<MutationState<TArgs, T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _call.MarkObserved();
        var subscription = new OwnStates(observer);
        subscription.Follow(_call.States);
        return subscription;
    }

    /// <summary>Ends with the last state. Rx's <c>TakeUntil</c> would do, if it did not share its name with one that has a clock.</summary>
    private sealed class OwnStates(IObserver<MutationState<TArgs, T>> observer) : IObserver<MutationState<TArgs, T>>, IDisposable
    {
        private DisposableSlot _subscription;

        public void Follow(IObservable<MutationState<TArgs, T>> states) => _subscription.Put(states.Subscribe(this));

        public void OnNext(MutationState<TArgs, T> value)
        {
            try
            {
                observer.OnNext(value);
            }
            finally
            {
                if (!value.IsUnderWay && !_subscription.IsDisposed)
                {
                    _subscription.Dispose();
                    observer.OnCompleted();
                }
            }
        }

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();

        public void Dispose() => _subscription.Dispose();
    }
}
