namespace ReactiveQuery;

/// <summary>What all mutation definitions have in common; names a group of calls in filters.</summary>
/// <remarks>Immutable; safe from any thread.</remarks>
public abstract class MutationDefinition
{
    private protected MutationDefinition(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The name, by which filters find the calls and errors name them.</summary>
    public string Name { get; }
}

/// <summary>A mutation described once: a name, a fetcher, options. Used with <see cref="QueryClient"/>.</summary>
/// <typeparam name="TArgs">The arguments: one value, a tuple, or <see cref="System.Reactive.Unit"/> for none.</typeparam>
/// <typeparam name="T">The result; <see cref="System.Reactive.Unit"/> for none.</typeparam>
/// <remarks>Immutable, knows no client; safe from any thread. Made by <see cref="Mutation"/>.</remarks>
public sealed class MutationDefinition<TArgs, T> : MutationDefinition
{
    internal MutationDefinition(string name, MutationFetcher<TArgs, T> fetcher, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>>? configure)
        : this(name, fetcher, new MutationOptions<TArgs, T>().Configured(configure, name))
    {
    }

    private MutationDefinition(string name, MutationFetcher<TArgs, T> fetcher, MutationOptions<TArgs, T> options)
        : base(name)
    {
        Fetcher = fetcher;
        Options = options;
    }

    /// <summary>The options set on this definition.</summary>
    public MutationOptions<TArgs, T> Options { get; }

    internal MutationFetcher<TArgs, T> Fetcher { get; }

    /// <summary>The same mutation with other options.</summary>
    /// <param name="configure">Given the options so far, returns those to hold. Called once, now.</param>
    /// <returns>A new definition; this one stays as it is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="configure"/> returned null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    public MutationDefinition<TArgs, T> With(Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return new(Name, Fetcher, Options.Configured(configure, Name));
    }
}
