using System.Reactive;

namespace ReactiveQuery;

/// <summary>Describes mutations: a name, a fetcher, options.</summary>
/// <remarks>
/// Nothing runs and nothing is shared by describing.
/// <example>
/// <code>
/// static readonly MutationDefinition&lt;Rename, User&gt; RenameUser =
///     Mutation.Define("rename", (Rename r, CancellationToken ct) => api.RenameAsync(r, ct), m => m.Invalidates(UserById));
/// </code>
/// </example>
/// </remarks>
public static class Mutation
{
    /// <summary>A mutation whose fetcher takes a token, which is cancelled with the call.</summary>
    /// <typeparam name="TArgs">The arguments: one value, or a tuple of several.</typeparam>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="name">By which filters find the calls; not empty.</param>
    /// <param name="fetcher">
    /// The write. Called once for each attempt, outside every lock, on the thread that brought the call so far. An exception, a faulted task, a null task and a foreign
    /// cancellation are failures; a null value is a result.
    /// </param>
    /// <param name="configure">Given the default options, returns those to hold; null: the defaults. Called once, now.</param>
    /// <returns>An immutable description.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> or <paramref name="fetcher"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    public static MutationDefinition<TArgs, T> Define<TArgs, T>(
        string name,
        Func<TArgs, CancellationToken, Task<T>> fetcher,
        Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure = null) =>
        new(name, new MutationTaskFetcher<TArgs, T>(name, Callback.NotNull(fetcher), takesToken: true), configure);

    /// <summary>A mutation whose fetcher takes no token. A cancelled call ends at once, its work runs on unheard.</summary>
    /// <inheritdoc cref="Define{TArgs, T}(string, Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>
    public static MutationDefinition<TArgs, T> Define<TArgs, T>(
        string name, Func<TArgs, Task<T>> fetcher, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Tokenless<TArgs, T>(name, (args, _) => fetcher(args), configure);
    }

    /// <summary>A mutation whose fetcher is an observable: its last value is the result, its end the end of the write.</summary>
    /// <inheritdoc cref="Define{TArgs, T}(string, Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>
    /// <param name="name">By which filters find the calls; not empty.</param>
    /// <param name="fetcher">
    /// Called once for each attempt; what it returns is subscribed, and unsubscribed when the call is cancelled. One that ends without a value fails with
    /// <see cref="EmptyFetchException"/>, which is not retried.
    /// </param>
    /// <param name="configure">Given the default options, returns those to hold; null: the defaults. Called once, now.</param>
    public static MutationDefinition<TArgs, T> Define<TArgs, T>(
        string name, Func<TArgs, IObservable<T>> fetcher, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure = null) =>
        new(name, new MutationObservableFetcher<TArgs, T>(name, Callback.NotNull(fetcher)), configure);

    /// <summary>A mutation without a result whose fetcher takes a token.</summary>
    /// <inheritdoc cref="Define{TArgs, T}(string, Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>
    public static MutationDefinition<TArgs, Unit> Define<TArgs>(
        string name, Func<TArgs, CancellationToken, Task> fetcher, Func<MutationOptions<TArgs, Unit>, MutationOptions<TArgs, Unit>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Define<TArgs, Unit>(name, (args, token) => UnitTask.Of(fetcher(args, token)), configure);
    }

    /// <summary>A mutation without a result whose fetcher takes no token. A cancelled call ends at once, its work runs on unheard.</summary>
    /// <inheritdoc cref="Define{TArgs, T}(string, Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>
    public static MutationDefinition<TArgs, Unit> Define<TArgs>(
        string name, Func<TArgs, Task> fetcher, Func<MutationOptions<TArgs, Unit>, MutationOptions<TArgs, Unit>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Tokenless<TArgs, Unit>(name, (args, _) => UnitTask.Of(fetcher(args)), configure);
    }

    /// <summary>A mutation without arguments whose fetcher takes a token.</summary>
    /// <inheritdoc cref="Define{TArgs, T}(string, Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>
    public static MutationDefinition<Unit, T> Define<T>(
        string name, Func<CancellationToken, Task<T>> fetcher, Func<MutationOptions<Unit, T>, MutationOptions<Unit, T>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Define<Unit, T>(name, (_, token) => fetcher(token), configure);
    }

    /// <summary>A mutation without arguments and without a result whose fetcher takes a token.</summary>
    /// <inheritdoc cref="Define{TArgs, T}(string, Func{TArgs, CancellationToken, Task{T}}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>
    public static MutationDefinition<Unit, Unit> Define(
        string name, Func<CancellationToken, Task> fetcher, Func<MutationOptions<Unit, Unit>, MutationOptions<Unit, Unit>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return Define<Unit, Unit>(name, (_, token) => UnitTask.Of(fetcher(token)), configure);
    }

    private static MutationDefinition<TArgs, T> Tokenless<TArgs, T>(
        string name, Func<TArgs, CancellationToken, Task<T>> fetcher, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure) =>
        new(name, new MutationTaskFetcher<TArgs, T>(name, fetcher, takesToken: false), configure);
}
