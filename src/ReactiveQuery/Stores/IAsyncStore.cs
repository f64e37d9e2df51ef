namespace ReactiveQuery;

/// <summary>A query as an object with methods. It is the same stream: the store itself is the observable of its states.</summary>
/// <typeparam name="TParams">The parameters.</typeparam>
/// <typeparam name="T">The type of the data.</typeparam>
/// <remarks>All members may be called from any thread.</remarks>
public interface IAsyncStore<in TParams, T> : IObservable<QueryState<T>>, IDisposable
    where TParams : notnull
{
    /// <summary>The present state.</summary>
    QueryState<T> Current { get; }

    /// <summary>The data, each time it changes; nothing while there is none. Placeholders are not data.</summary>
    IObservable<T> Data { get; }

    /// <summary>Whether a fetch is under way, be it the first or a refetch; begins with what holds.</summary>
    IObservable<bool> Loading { get; }

    /// <summary>The error of the last fetch, null while there is none; begins with what holds.</summary>
    IObservable<Exception?> Error { get; }

    /// <summary>Fetches anew for the present parameters.</summary>
    void Refetch();

    /// <summary>Shows at once what a write will make of the data; see <see cref="QueryClient.Mutate{TParams, T}(QueryDefinition{TParams, T}, TParams, Func{T, T})"/>.</summary>
    /// <param name="update">Given the data, returns the new; pure, for it is applied again to every new value from the server.</param>
    /// <returns>The handle that commits the patch or rolls it back; disposal rolls back.</returns>
    OptimisticHandle<T> Mutate(Func<T, T> update);

    /// <summary>Turns to other parameters; equal ones change nothing.</summary>
    /// <param name="parameters">The parameters from now on.</param>
    void UpdateParams(TParams parameters);
}
