using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>What a <see cref="QueryClient"/> is made of: its time, its size, its surroundings, its hooks, and defaults for its queries.</summary>
/// <remarks>Immutable, hence safe to share between threads and clients.</remarks>
public sealed record QueryClientOptions
{
    /// <summary>The default of <see cref="CacheCapacity"/>.</summary>
    public const int DefaultCacheCapacity = 1000;

    /// <summary>Every instant and every delay of the client. A virtual-time scheduler puts the whole data layer in virtual time.</summary>
    /// <value>Default: the thread pool's timer, <c>DefaultScheduler.Instance</c>.</value>
    /// <exception cref="ArgumentNullException">Set to null.</exception>
    [field: MaybeNull]
    public IScheduler Scheduler
    {
        get => field ?? SystemScheduler;
        init => field = value ?? throw new ArgumentNullException(nameof(Scheduler));
    }

    /// <summary>What holds for all queries unless a prefix, a definition or an observer says otherwise.</summary>
    /// <value>Default: nothing set; each option's own default holds.</value>
    /// <exception cref="ArgumentNullException">Set to null.</exception>
    public QueryOptions Defaults
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Defaults));
            value.Validate();
            field = value;
        }
    }

        = new();

    /// <summary>What holds for all mutations: options where a mutation sets none, and callbacks that run before the mutation's own.</summary>
    /// <value>Default: no retry, network mode Online, no timeout, ended calls shown for 5 minutes, no callbacks.</value>
    public MutationDefaults Mutations
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Mutations));
    }

        = new();

    /// <summary>How many entries the cache may hold before it evicts the least recently used of those that nobody watches and that are idle.</summary>
    /// <remarks>A query is in use as long as it is watched or awaited, whenever that began, and at each read or write.</remarks>
    /// <value>Default: 1,000. At least 1; <see cref="int.MaxValue"/> is no bound.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int CacheCapacity
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(CacheCapacity), value, $"{nameof(CacheCapacity)} must be at least 1.");
    }

        = DefaultCacheCapacity;

    /// <summary>Whether the application has the user's focus. A change to true is a trigger; see <see cref="QueryOptions.RefetchOnFocus"/>.</summary>
    /// <value>Default: null, always focused. Assumed true until its first value. Subscribed once, at the client's first query.</value>
    public IObservable<bool>? Focus { get; init; }

    /// <summary>Whether there is a connection. False pauses fetches as their <see cref="NetworkMode"/> says; a change to true resumes them and is a trigger.</summary>
    /// <value>Default: null, always online. Assumed true until its first value. Subscribed once, at the client's first query.</value>
    public IObservable<bool>? Online { get; init; }

    /// <summary>
    /// Tells that the machine woke up, and how long it slept: the monotonic clocks stood still meanwhile. All ages grow by that span, and stale queries are
    /// refetched as on focus.
    /// </summary>
    /// <value>Default: null. Subscribed once, at the client's first query. Negative spans count as zero.</value>
    public IObservable<TimeSpan>? Resumed { get; init; }

    /// <summary>Random numbers in [0, 1) for jitter.</summary>
    /// <value>Default: null, <see cref="Random.Shared"/>.</value>
    public Func<double>? Random { get; init; }

    /// <summary>
    /// Where fetches hand in their results. A result that arrives elsewhere is posted there first. Under virtual time this is the test's thread.
    /// </summary>
    /// <value>
    /// Default: null, results are handed in on whatever thread they arrive, and continuations of awaited calls run on the thread pool. With a boundary,
    /// continuations run inline, in the order of the commits.
    /// </value>
    public IUiBoundary? CompletionBoundary { get; init; }

    /// <summary>Called once for each fetch that brought data, after the definition's own hook.</summary>
    /// <value>Default: null. The data comes untyped.</value>
    public Action<object?, QueryContext>? OnSuccess { get; init; }

    /// <summary>Called once for each fetch that failed for good, after the definition's own hook.</summary>
    /// <value>Default: null.</value>
    public Action<Exception, QueryContext>? OnError { get; init; }

    /// <summary>Receives the exceptions of user code that no state, task or caller can carry. Called on any thread, outside every lock.</summary>
    /// <value>Default: null, they go to <see cref="System.Diagnostics.Trace"/>.</value>
    public Action<UnobservedError>? OnUnobservedError { get; init; }

    // The one place of the library that picks a scheduler by itself.
    internal static IScheduler SystemScheduler =>
#pragma warning disable RS0030 // The ban on default schedulers sends everyone here.
        DefaultScheduler.Instance;
#pragma warning restore RS0030
}
