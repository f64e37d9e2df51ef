using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>How a <see cref="Suspense"/> shows loading.</summary>
/// <remarks>Immutable, hence safe to share.</remarks>
public sealed record SuspenseOptions
{
    /// <summary>The default of <see cref="Delay"/>: 200 ms.</summary>
    public static readonly TimeSpan DefaultDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The default of <see cref="Minimum"/>: 500 ms.</summary>
    public static readonly TimeSpan DefaultMinimum = TimeSpan.FromMilliseconds(500);

    /// <summary>Measures <see cref="Delay"/> and <see cref="Minimum"/>.</summary>
    /// <value>Default: the same as <see cref="QueryClientOptions.Scheduler"/>; give it the client's to have both in one time.</value>
    /// <exception cref="ArgumentNullException">Set to null.</exception>
    [field: MaybeNull]
    public IScheduler Scheduler
    {
        get => field ?? QueryClientOptions.SystemScheduler;
        init => field = value ?? throw new ArgumentNullException(nameof(Scheduler));
    }

    /// <summary>How long a load may take unseen.</summary>
    /// <value>Default: 200 ms. Zero: loading is shown at once.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative span.</exception>
    public TimeSpan Delay
    {
        get;
        init => field = NotNegative(value, nameof(Delay));
    }

        = DefaultDelay;

    /// <summary>How long loading stays once it is shown.</summary>
    /// <value>Default: 500 ms. Zero: it goes when the data is there.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative span.</exception>
    public TimeSpan Minimum
    {
        get;
        init => field = NotNegative(value, nameof(Minimum));
    }

        = DefaultMinimum;

    /// <summary>Whether the last ready value stays while any of the queries fetches again.</summary>
    /// <value>
    /// Default: true. A refetch shows its data, fetching; a query that begins anew without data (another key, a reset) leaves the last ready value, marked with
    /// <see cref="QueryState{T}.IsPlaceholder"/>. False: whatever fetches shows loading.
    /// </value>
    public bool KeepReady { get; init; } = true;

    private static TimeSpan NotNegative(TimeSpan value, string name) =>
        value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must not be negative.");
}
