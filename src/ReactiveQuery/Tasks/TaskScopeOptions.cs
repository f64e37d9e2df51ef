using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>What a <see cref="TaskScope"/> is made of; its children have the same.</summary>
/// <remarks>Immutable, hence safe to share between threads and scopes.</remarks>
public sealed record TaskScopeOptions
{
    /// <summary>The time of intervals, debounced and throttled calls.</summary>
    /// <value>Default: the same as <see cref="QueryClientOptions.Scheduler"/>. <see cref="QueryClient.CreateScope"/> gives the client's.</value>
    /// <exception cref="ArgumentNullException">Set to null.</exception>
    [field: MaybeNull]
    public IScheduler Scheduler
    {
        get => field ?? QueryClientOptions.SystemScheduler;
        init => field = value ?? throw new ArgumentNullException(nameof(Scheduler));
    }

    /// <summary>Where results are delivered: a <see cref="UiDispatchQueue"/>, a <see cref="UiBoundary"/>, any scheduler.</summary>
    /// <value>Default: null, on the thread on which the task ended.</value>
    public IScheduler? Ui { get; init; }

    /// <summary>Where work begins: its synchronous part up to the first await.</summary>
    /// <value>Default: null, on the thread that spawns it (for ticks and delayed calls, the scheduler's), as any asynchronous method does.</value>
    public IScheduler? StartOn { get; init; }

    /// <summary>Receives failures that nobody looked at, and what cleanups and token callbacks throw. Called on any thread, outside every lock.</summary>
    /// <value>Default: null, they go to <see cref="System.Diagnostics.Trace"/>.</value>
    public Action<UnobservedError>? OnUnobservedError { get; init; }

    /// <summary>Whether awaiters of a handle go on inline, as those of a client with a completion boundary do.</summary>
    internal bool ContinuesInline { get; init; }
}
