namespace ReactiveQuery;

/// <summary>What a callback is told of its call.</summary>
/// <remarks>One object for all callbacks of a call. Safe from any thread, but for <see cref="Tag"/>, which belongs to the callbacks.</remarks>
public abstract class MutationContext
{
    private protected MutationContext(QueryClient client, string name, object? meta, DateTimeOffset submittedAt)
    {
        Client = client;
        Name = name;
        Meta = meta;
        SubmittedAt = submittedAt;
    }

    /// <summary>The client that runs the call.</summary>
    public QueryClient Client { get; }

    /// <summary>The name of the mutation.</summary>
    public string Name { get; }

    /// <summary>What the call was made with.</summary>
    public object? Variables => UntypedVariables;

    /// <summary><see cref="MutationOptions{TArgs, T}.Meta"/>.</summary>
    public object? Meta { get; }

    /// <summary>When the call was made, by the client's scheduler.</summary>
    public DateTimeOffset SubmittedAt { get; }

    /// <summary>What one callback leaves for the later ones of the same call, such as the handle of a patch made by hand.</summary>
    /// <value>Default: null.</value>
    public object? Tag { get; set; }

    private protected abstract object? UntypedVariables { get; }
}

/// <inheritdoc/>
/// <typeparam name="TArgs">The arguments.</typeparam>
public sealed class MutationContext<TArgs> : MutationContext
{
    internal MutationContext(QueryClient client, string name, TArgs variables, object? meta, DateTimeOffset submittedAt)
        : base(client, name, meta, submittedAt) => Variables = variables;

    /// <summary>What the call was made with.</summary>
    public new TArgs Variables { get; }

    private protected override object? UntypedVariables => Variables;
}
