using System.Reactive;

namespace ReactiveQuery;

/// <summary>Mutations without arguments.</summary>
public static class UnitMutation
{
    /// <inheritdoc cref="Mutation{TArgs, T}.Start(TArgs)"/>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="mutation">The mutation.</param>
    /// <exception cref="ArgumentNullException"><paramref name="mutation"/> is null.</exception>
    public static MutationHandle<Unit, T> Start<T>(this Mutation<Unit, T> mutation)
    {
        ArgumentNullException.ThrowIfNull(mutation);
        return mutation.Start(Unit.Default);
    }

    /// <inheritdoc cref="Mutation{TArgs, T}.Execute(TArgs)"/>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="mutation">The mutation.</param>
    /// <exception cref="ArgumentNullException"><paramref name="mutation"/> is null.</exception>
    public static IObservable<T> Execute<T>(this Mutation<Unit, T> mutation)
    {
        ArgumentNullException.ThrowIfNull(mutation);
        return mutation.Execute(Unit.Default);
    }
}
