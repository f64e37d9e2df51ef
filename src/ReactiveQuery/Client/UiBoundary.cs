using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>
/// A boundary made of a scheduler and the question whether one is on it. A scheduler itself, so that it can be given wherever one is wanted; given as
/// <see cref="QueryOptions.DispatchOn"/> it delivers the first state at once to a subscriber who is there already.
/// </summary>
/// <remarks>
/// <para>Safe from any thread, if the scheduler and the function are.</para>
/// <example>
/// <code>
/// var ui = UiBoundary.From(SynchronizationContext.Current!);
/// client.Observe(UserById, 42).ObserveOnUi(ui).Subscribe(Show);
/// </code>
/// </example>
/// </remarks>
public sealed class UiBoundary : IUiBoundary, IScheduler
{
    private readonly Func<bool> _isOnUi;

    private UiBoundary(IScheduler scheduler, Func<bool> isOnUi)
    {
        Scheduler = scheduler;
        _isOnUi = isOnUi;
    }

    /// <summary>The scheduler that the boundary was made of.</summary>
    public IScheduler Scheduler { get; }

    /// <summary>Whether the calling thread is at the place; asks the function given, whose exceptions are passed on.</summary>
    public bool IsCurrent => _isOnUi();

    /// <summary>The scheduler's notion of time.</summary>
    public DateTimeOffset Now => Scheduler.Now;

    /// <summary>The boundary of a synchronization context: one is there while the context is the current one.</summary>
    /// <param name="context">The context, typically <see cref="SynchronizationContext.Current"/> of the thread of the user interface.</param>
    /// <returns>A boundary that posts to the context.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    /// <remarks>
    /// Contexts are compared with <see cref="object.Equals(object)"/>. Where a framework makes a new context for each operation of one and the same thread (WPF,
    /// Avalonia), the boundary does not recognize it and posts always; there <see cref="From(IScheduler, Func{bool})"/> with <c>dispatcher.CheckAccess</c> is the
    /// better choice.
    /// </remarks>
    public static UiBoundary From(SynchronizationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(new SynchronizationContextScheduler(context), () => context.Equals(SynchronizationContext.Current));
    }

    /// <summary>The boundary of a scheduler and a function that knows its thread.</summary>
    /// <param name="scheduler">Runs work at the place.</param>
    /// <param name="isOnUi">Whether the calling thread is at the place (<c>dispatcher.CheckAccess</c>); asked from any thread, at most once for each subscription. One that throws
    /// counts as "no" there.</param>
    /// <returns>A boundary of the two.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static UiBoundary From(IScheduler scheduler, Func<bool> isOnUi)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentNullException.ThrowIfNull(isOnUi);
        return new(scheduler, isOnUi);
    }

    /// <inheritdoc/>
    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Scheduler.Schedule(state, action);

    /// <inheritdoc/>
    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => Scheduler.Schedule(state, dueTime, action);

    /// <inheritdoc/>
    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Scheduler.Schedule(state, dueTime, action);
}
