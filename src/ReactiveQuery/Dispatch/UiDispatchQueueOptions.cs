using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>What a <see cref="UiDispatchQueue"/> is made of.</summary>
/// <remarks>Immutable, hence safe to share between threads and queues.</remarks>
public sealed record UiDispatchQueueOptions
{
    /// <summary>Measures due times and the time budget of a drain. Nothing is scheduled on it while nothing is due later.</summary>
    /// <value>Default: the same as <see cref="QueryClientOptions.Scheduler"/>; give the queue the client's to have both in one time.</value>
    /// <exception cref="ArgumentNullException">Set to null.</exception>
    [field: MaybeNull]
    public IScheduler Scheduler
    {
        get => field ?? QueryClientOptions.SystemScheduler;
        init => field = value ?? throw new ArgumentNullException(nameof(Scheduler));
    }

    /// <summary>Receives what items and the observers of <see cref="UiDispatchQueue.WakeUps"/> throw. Called on any thread, outside every lock.</summary>
    /// <value>Default: null, it goes to <see cref="System.Diagnostics.Trace"/>.</value>
    public Action<UnobservedError>? OnUnobservedError { get; init; }
}
