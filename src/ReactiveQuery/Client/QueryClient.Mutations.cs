using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <content>Writes.</content>
public sealed partial class QueryClient
{
    private const string Unnamed = "mutation";

    /// <summary>A mutation of a definition.</summary>
    /// <typeparam name="TArgs">The arguments.</typeparam>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="definition">Name, fetcher, options.</param>
    /// <param name="configure">Given the definition's options, returns those of this mutation; null: the definition's. Called once, now.</param>
    /// <returns>A mutation of which nothing has been asked yet; dispose it with its view-model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="definition"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="configure"/> returned null.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Mutation<TArgs, T> CreateMutation<TArgs, T>(
        MutationDefinition<TArgs, T> definition, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ThrowIfDisposed();
        return new(this, definition, definition.Options.Configured(configure, definition.Name));
    }

    /// <summary>A mutation whose fetcher takes a token, which is cancelled with the call.</summary>
    /// <inheritdoc cref="CreateMutation{TArgs, T}(MutationDefinition{TArgs, T}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>
    /// <param name="fetcher">The write; see <see cref="Mutation.Define{TArgs, T}(string, Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>.</param>
    /// <param name="configure">Given the default options, returns those to hold; null: the defaults. Called once, now.</param>
    /// <param name="name">By which filters find the calls; not empty. Default: <c>mutation</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="fetcher"/> or <paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public Mutation<TArgs, T> CreateMutation<TArgs, T>(
        Func<TArgs, CancellationToken, Task<T>> fetcher,
        Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure = null,
        string name = Unnamed) =>
        CreateMutation(Mutation.Define(name, fetcher, configure));

    /// <summary>A mutation whose fetcher takes no token. A cancelled call ends at once, its work runs on unheard.</summary>
    /// <inheritdoc cref="CreateMutation{TArgs, T}(Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?, string)"/>
    public Mutation<TArgs, T> CreateMutation<TArgs, T>(
        Func<TArgs, Task<T>> fetcher, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure = null, string name = Unnamed) =>
        CreateMutation(Mutation.Define(name, fetcher, configure));

    /// <summary>A mutation whose fetcher is an observable: its last value is the result, its end the end of the write.</summary>
    /// <inheritdoc cref="CreateMutation{TArgs, T}(Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?, string)"/>
    public Mutation<TArgs, T> CreateMutation<TArgs, T>(
        Func<TArgs, IObservable<T>> fetcher, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure = null, string name = Unnamed) =>
        CreateMutation(Mutation.Define(name, fetcher, configure));

    /// <summary>A mutation without a result whose fetcher takes a token.</summary>
    /// <inheritdoc cref="CreateMutation{TArgs, T}(Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?, string)"/>
    public Mutation<TArgs, Unit> CreateMutation<TArgs>(
        Func<TArgs, CancellationToken, Task> fetcher, Func<MutationOptions<TArgs, Unit>, MutationOptions<TArgs, Unit>>? configure = null, string name = Unnamed) =>
        CreateMutation(Mutation.Define(name, fetcher, configure));

    /// <summary>A mutation without a result whose fetcher takes no token. A cancelled call ends at once, its work runs on unheard.</summary>
    /// <inheritdoc cref="CreateMutation{TArgs, T}(Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?, string)"/>
    public Mutation<TArgs, Unit> CreateMutation<TArgs>(
        Func<TArgs, Task> fetcher, Func<MutationOptions<TArgs, Unit>, MutationOptions<TArgs, Unit>>? configure = null, string name = Unnamed) =>
        CreateMutation(Mutation.Define(name, fetcher, configure));

    /// <summary>A mutation without arguments whose fetcher takes a token.</summary>
    /// <inheritdoc cref="CreateMutation{TArgs, T}(Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?, string)"/>
    public Mutation<Unit, T> CreateMutation<T>(
        Func<CancellationToken, Task<T>> fetcher, Func<MutationOptions<Unit, T>, MutationOptions<Unit, T>>? configure = null, string name = Unnamed) =>
        CreateMutation(Mutation.Define(name, fetcher, configure));

    /// <summary>A mutation without arguments and without a result whose fetcher takes a token.</summary>
    /// <inheritdoc cref="CreateMutation{TArgs, T}(Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?, string)"/>
    public Mutation<Unit, Unit> CreateMutation(
        Func<CancellationToken, Task> fetcher, Func<MutationOptions<Unit, Unit>, MutationOptions<Unit, Unit>>? configure = null, string name = Unnamed) =>
        CreateMutation(Mutation.Define(name, fetcher, configure));

    /// <summary>The calls of all mutations: those under way, in the order in which they were made, and for a while (<c>GcTime</c>) those that succeeded or failed.</summary>
    /// <param name="filter">Which calls; null: all. What its predicate throws is thrown to the caller.</param>
    /// <returns>A list of snapshots, in the order in which the calls were made. Never more ended calls than <see cref="QueryClientOptions.CacheCapacity"/>.</returns>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public IReadOnlyList<MutationEntry> FindMutations(MutationFilter? filter = null)
    {
        ThrowIfDisposed();
        return Ledger.Find(filter);
    }

    /// <summary>The calls of all mutations, as they change; see <see cref="FindMutations"/>.</summary>
    /// <param name="filter">Which calls; null: all. Its predicate runs at every change, outside every lock.</param>
    /// <returns>
    /// Hot in what it tells, begins with the present list on subscription, then the list after each change, never two equal ones in a row. A predicate that throws makes an
    /// empty list and is reported. Completes when the client is disposed.
    /// </returns>
    public IObservable<IReadOnlyList<MutationEntry>> MutationStates(MutationFilter? filter = null) =>
        new Guarded<IReadOnlyList<MutationEntry>>(
            Observable.Create<IReadOnlyList<MutationEntry>>(observer => Ledger.Follow(() => observer.OnNext(Found(filter)), observer.OnCompleted))
                .DistinctUntilChanged(SameEntries.Instance),
            ReportObserver);

    /// <summary>How many of the matching calls are under way, pending or paused, as it changes.</summary>
    /// <param name="filter">Which calls count; null: all. Its predicate runs at every change, outside every lock.</param>
    /// <returns>
    /// Hot in what it tells, begins with the present number on subscription, then each change, never two equal ones in a row. A predicate that throws counts as false and is
    /// reported. Completes when the client is disposed.
    /// </returns>
    public IObservable<int> IsMutating(MutationFilter? filter = null) =>
        new Guarded<int>(
            Observable.Create<int>(observer => Ledger.Follow(() => observer.OnNext(Found(filter).Count(entry => entry.IsUnderWay)), observer.OnCompleted))
                .DistinctUntilChanged(),
            ReportObserver);

    private IReadOnlyList<MutationEntry> Found(MutationFilter? filter)
    {
        try
        {
            return Ledger.Find(filter);
        }
        catch (Exception error)
        {
            Errors.Report(error, UnobservedErrorOrigin.Callback);
            return [];
        }
    }

    /// <summary>Compares what can change of a call; its arguments cannot.</summary>
    private sealed class SameEntries : IEqualityComparer<IReadOnlyList<MutationEntry>>
    {
        public static SameEntries Instance { get; } = new();

        public bool Equals(IReadOnlyList<MutationEntry>? x, IReadOnlyList<MutationEntry>? y) => x!.Count == y!.Count && x.Zip(y, Same).All(same => same);

        public int GetHashCode(IReadOnlyList<MutationEntry> obj) => obj.Count;

        private static bool Same(MutationEntry left, MutationEntry right) =>
            left.Handle == right.Handle && left.Status == right.Status && left.FailureCount == right.FailureCount;
    }
}
