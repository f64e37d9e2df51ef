using System.Reactive;
using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>
/// What may be set for queries of any type, on the client, for a key prefix, on a definition or for one observer. Null means
/// "not set here": the nearest level that sets an option wins, in the order client, prefix, definition, observer.
/// </summary>
/// <remarks>
/// <para>
/// <b>Observer-level</b> options hold for the observer they are given to; <b>entry-level</b> options hold for the shared entry and are
/// taken from whoever starts the fetch (of <see cref="GcTime"/>, the longest seen).
/// </para>
/// <para>Durations accept zero and more; <see cref="Timeout.InfiniteTimeSpan"/> and <see cref="TimeSpan.MaxValue"/> both mean "never ends".
/// A value out of range is refused where it is set, with an <see cref="ArgumentOutOfRangeException"/> that names the option.</para>
/// <para>Immutable, hence safe to share between threads.</para>
/// </remarks>
public record QueryOptions
{
    /// <summary>Observer-level: how long data counts as fresh after it arrived. Fresh data is served without a fetch.</summary>
    /// <value>Default: 1 minute. Zero: stale at once. Infinite: fresh until invalidated.</value>
    public TimeSpan? StaleTime { get; init => field = Span(value); }

    /// <summary>
    /// Entry-level: how old data may become before an entry nobody watches is read or subscribed as if it were absent. Watched data
    /// never disappears.
    /// </summary>
    /// <value>Default: 5 minutes, but never less than <see cref="StaleTime"/>. Setting it below the stale time of the same level is refused.</value>
    public TimeSpan? CacheTtl { get; init => field = Span(value); }

    /// <summary>Entry-level: how long an entry stays after its last passenger left. The longest seen on an entry wins.</summary>
    /// <value>Default: 5 minutes. Zero: the entry goes at once. Infinite: it stays until the size bound evicts it.</value>
    public TimeSpan? GcTime { get; init => field = Span(value); }

    /// <summary>Observer-level: whether this observer fetches by itself. A disabled observer sees what others fetch.</summary>
    /// <value>Default: true.</value>
    public bool? Enabled { get; init; }

    /// <summary>
    /// Observer-level: enables and disables the observer over time. Disabled until its first value; an error or the end leaves the last value
    /// in force (an error is also reported to <see cref="QueryClientOptions.OnUnobservedError"/>). Subscribed once per observer.
    /// </summary>
    /// <value>Default: null, <see cref="Enabled"/> alone decides.</value>
    public IObservable<bool>? EnabledWhen { get; init; }

    /// <summary>Observer-level: whether a subscription fetches data that is already there.</summary>
    /// <value>Default: <see cref="RefetchPolicy.IfStale"/>.</value>
    public RefetchPolicy? RefetchOnMount { get; init => field = Defined(value); }

    /// <summary>Observer-level: whether regained focus (<see cref="QueryClientOptions.Focus"/>) or a wake-up (<see cref="QueryClientOptions.Resumed"/>) fetches.</summary>
    /// <value>Default: <see cref="RefetchPolicy.IfStale"/>. Without effect on live queries.</value>
    public RefetchPolicy? RefetchOnFocus { get; init => field = Defined(value); }

    /// <summary>Observer-level: whether a regained connection (<see cref="QueryClientOptions.Online"/>) fetches.</summary>
    /// <value>Default: <see cref="RefetchPolicy.IfStale"/>. A live query is resubscribed only if it had failed.</value>
    public RefetchPolicy? RefetchOnReconnect { get; init => field = Defined(value); }

    /// <summary>Observer-level: fetches again and again, this long after the last fetch ended or the last tick, whatever the age of the data.</summary>
    /// <value>Default: null, no interval. At least 1 millisecond; infinite is the same as null at a nearer level. Without effect on live queries.</value>
    public TimeSpan? RefetchInterval { get; init => field = Interval(value); }

    /// <summary>Observer-level: whether the interval goes on while the application has no focus.</summary>
    /// <value>Default: false.</value>
    public bool? RefetchIntervalInBackground { get; init; }

    /// <summary>Observer-level: fetches at each value, whatever the age of the data; joins a fetch that is running. Subscribed once per observer.</summary>
    /// <value>Default: null. An error of it is reported to <see cref="QueryClientOptions.OnUnobservedError"/> and ends the trigger.</value>
    public IObservable<Unit>? RefetchOn { get; init; }

    /// <summary>
    /// Observer-level: whether mount, focus and reconnect refetch behind data that is there. When false, stale data is served and only explicit calls,
    /// intervals and invalidations refetch it.
    /// </summary>
    /// <value>Default: true.</value>
    public bool? BackgroundRefetch { get; init; }

    /// <summary>Observer-level: whether the data of the previous parameters stays as a placeholder while new parameters load.</summary>
    /// <value>Default: false.</value>
    public bool? KeepPreviousData { get; init; }

    /// <summary>
    /// Observer-level: the scheduler on which states are delivered. One that is an <see cref="IUiBoundary"/> as well, such as <see cref="UiBoundary"/>, delivers the
    /// first state at once to a subscriber who is there already; any other posts it.
    /// </summary>
    /// <value>
    /// Default: null, on the thread that committed the state, the first one on the subscriber's. If it throws when given work (a dispatcher that has shut down), the
    /// subscription ends silently and <see cref="QueryClientOptions.OnUnobservedError"/> hears of it.
    /// </value>
    public IScheduler? DispatchOn { get; init; }

    /// <summary>Observer-level: whether a slow <see cref="DispatchOn"/> receives every state or the latest only.</summary>
    /// <value>Default: <see cref="ReactiveQuery.DispatchMode.EveryState"/>.</value>
    public DispatchMode? DispatchMode { get; init => field = Defined(value); }

    /// <summary>Entry-level: what happens after a failed attempt.</summary>
    /// <value>Default: <see cref="RetryPolicy.Default"/>, 3 retries after the first attempt, 1 s, 2 s, 4 s.</value>
    public RetryPolicy? Retry
    {
        get;
        init
        {
            value?.Validate();
            field = value;
        }
    }

    /// <summary>Entry-level: how a fetch treats a lost connection.</summary>
    /// <value>Default: <see cref="ReactiveQuery.NetworkMode.Online"/>.</value>
    public NetworkMode? NetworkMode { get; init => field = Defined(value); }

    /// <summary>Entry-level: how long one attempt may take to its (first) value; then it fails with a <see cref="TimeoutException"/>, even if it ignores its token.</summary>
    /// <value>Default: none. More than zero; infinite means none.</value>
    public TimeSpan? Timeout { get; init => field = Positive(value); }

    /// <summary>Entry-level: whether fetched data that equals the old keeps the old references.</summary>
    /// <value>Default: true.</value>
    public bool? StructuralSharing { get; init; }

    /// <summary>Entry-level: whether anything outlives the last passenger. False: the entry goes when the last one leaves.</summary>
    /// <value>Default: true.</value>
    public bool? CacheEnabled { get; init; }

    /// <summary>Entry-level: what becomes of a fetch whose last passenger left.</summary>
    /// <value>Default: decided by the form of the fetcher; see <see cref="ReactiveQuery.WhenUnobserved"/>.</value>
    public WhenUnobserved? WhenUnobserved { get; init => field = Defined(value); }

    /// <summary>Entry-level: how long a fetch without passengers runs on before <see cref="WhenUnobserved"/> applies; bridges a quick unmount and remount.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan? CancelDelay { get; init => field = Span(value); }

    /// <summary>Entry-level: whether an explicit fetch joins one that is running. False: it restarts it; there is still one live fetch per key.</summary>
    /// <value>Default: true.</value>
    public bool? DedupeRequests { get; init; }

    /// <summary>Entry-level: whether optimistic writes to the query are allowed. False refuses them by name. Reading does not look at it.</summary>
    /// <value>Default: null, what the write declares.</value>
    public bool? OptimisticUpdates { get; init; }

    /// <summary>Entry-level: where the fetcher is called.</summary>
    /// <value>Default: null, on the thread of whoever starts the fetch.</value>
    public IScheduler? FetchScheduler { get; init; }

    /// <summary>Entry-level: anything the application wants to hand to fetchers and hooks; see <see cref="QueryContext.Meta"/>.</summary>
    /// <value>Default: null.</value>
    public object? Meta { get; init; }

    /// <summary>Refuses what only the combination of two options of this level makes wrong.</summary>
    internal void Validate()
    {
        Retry?.Validate();
        if (StaleTime is { } stale && CacheTtl is { } ttl && Freshness.Longer(stale, ttl) != Freshness.Longer(ttl, ttl))
            throw new ArgumentOutOfRangeException(nameof(CacheTtl), ttl, $"{nameof(CacheTtl)} must not be below {nameof(StaleTime)} ({stale}).");
    }

    internal static TimeSpan? Span(TimeSpan? value, [CallerMemberName] string option = "") =>
        value is { } span && span < TimeSpan.Zero && !Freshness.IsInfinite(span)
            ? throw new ArgumentOutOfRangeException(option, value, $"{option} must be zero or more, or infinite.")
            : value;

    internal static TimeSpan? Positive(TimeSpan? value, [CallerMemberName] string option = "") =>
        value == TimeSpan.Zero
            ? throw new ArgumentOutOfRangeException(option, value, $"{option} must be more than zero, or infinite.")
            : Span(value, option);

    private static TimeSpan? Interval(TimeSpan? value, [CallerMemberName] string option = "") =>
        value is { } span && span < TimeSpan.FromMilliseconds(1) && !Freshness.IsInfinite(span)
            ? throw new ArgumentOutOfRangeException(option, value, $"{option} must be at least 1 millisecond, or infinite.")
            : value;

    internal static TEnum? Defined<TEnum>(TEnum? value, [CallerMemberName] string option = "")
        where TEnum : struct, Enum =>
        value is { } given && !Enum.IsDefined(given)
            ? throw new ArgumentOutOfRangeException(option, value, $"{option} must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.")
            : value;
}
