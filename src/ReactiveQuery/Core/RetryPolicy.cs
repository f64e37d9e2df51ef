namespace ReactiveQuery;

/// <summary>
/// How often, after which errors and after which delays a failed attempt is made again. The count is that of the retries
/// <em>after</em> the first attempt: <c>MaxRetries = 3</c> makes four attempts at the most.
/// </summary>
/// <remarks>
/// <para>The delay before retry <c>n</c> (counted from 1) is <c>InitialDelay × Factor^(n-1)</c>, never more than <see cref="MaxDelay"/>;
/// with <see cref="UseJitter"/> it is drawn evenly from zero up to that; a <see cref="Schedule"/> replaces all of it.</para>
/// <para><b>Thread safety:</b> immutable, safe to share between any number of streams and threads. The functions
/// <see cref="ShouldRetry"/> and <see cref="Schedule"/> are called on the thread that delivers the error, never under a lock,
/// possibly by several streams at once.</para>
/// </remarks>
/// <example><code>
/// var policy = RetryPolicy.ExponentialWithJitter(maxRetries: 5) with { ShouldRetry = error => error is HttpRequestException };
/// </code></example>
public sealed record RetryPolicy
{
    /// <summary>The value of <see cref="MaxRetries"/> that means: for ever.</summary>
    public const int Forever = int.MaxValue;

    private const int DefaultMaxRetries = 3;
    private const double DefaultFactor = 2.0;
    private static readonly TimeSpan DefaultInitialDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefaultMaxDelay = TimeSpan.FromSeconds(30);

    /// <summary>No retry at all: the first error is the last.</summary>
    public static RetryPolicy None { get; } = new() { MaxRetries = 0 };

    /// <summary>Three retries after every kind of error, 1 s, 2 s and 4 s after the failure before, without jitter.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>How many times a failed attempt is made again.</summary>
    /// <value>Default 3; zero for none, <see cref="Forever"/> for no limit.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxRetries { get; init => field = CheckedRetries(value, nameof(MaxRetries)); } = DefaultMaxRetries;

    /// <summary>The delay before the first retry.</summary>
    /// <value>Default 1 s; zero retries at once. Not used where a <see cref="Schedule"/> is set.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan InitialDelay { get; init => field = CheckedDelay(value, nameof(InitialDelay)); } = DefaultInitialDelay;

    /// <summary>By what each delay is longer than the one before.</summary>
    /// <value>Default 2; 1 keeps the delay the same. Not used where a <see cref="Schedule"/> is set.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or not a finite number.</exception>
    public double Factor { get; init => field = CheckedFactor(value, nameof(Factor)); } = DefaultFactor;

    /// <summary>The longest delay.</summary>
    /// <value>Default 30 s; <see cref="TimeSpan.MaxValue"/> for no limit. Must not be below <see cref="InitialDelay"/>, which is
    /// checked where the policy is used. Not used where a <see cref="Schedule"/> is set.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaxDelay { get; init => field = CheckedDelay(value, nameof(MaxDelay)); } = DefaultMaxDelay;

    /// <summary>Whether each delay is drawn at random from zero up to the computed one, so that clients that failed together do not return together.</summary>
    /// <value>Default <see langword="false"/>. Not used where a <see cref="Schedule"/> is set.</value>
    public bool UseJitter { get; init; }

    /// <summary>The delay before the n-th retry (counted from 1) after the given error, in place of the computed one.</summary>
    /// <value>Default <see langword="null"/>: computed. The result is used as it is, neither capped nor jittered; zero retries at once and
    /// <see cref="TimeSpan.MaxValue"/> never does; a negative result counts as a callback that threw.</value>
    public Func<int, Exception, TimeSpan>? Schedule { get; init; }

    /// <summary>Which errors are worth another attempt.</summary>
    /// <value>Default <see langword="null"/>: all of them.</value>
    public Func<Exception, bool>? ShouldRetry { get; init; }

    /// <summary>The same delay before every retry.</summary>
    /// <param name="delay">The delay; zero or more.</param>
    /// <param name="maxRetries">Retries after the first attempt; zero or more, <see cref="Forever"/> for no limit.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative.</exception>
    public static RetryPolicy Fixed(TimeSpan delay, int maxRetries = DefaultMaxRetries) => new()
    {
        MaxRetries = CheckedRetries(maxRetries, nameof(maxRetries)),
        InitialDelay = CheckedDelay(delay, nameof(delay)),
        MaxDelay = delay,
        Factor = 1,
    };

    /// <summary>Delays that grow by a factor up to a limit.</summary>
    /// <param name="initialDelay">The delay before the first retry; zero or more; <see langword="null"/> for 1 s.</param>
    /// <param name="factor">By what each delay is longer than the one before; 1 or more.</param>
    /// <param name="maxDelay">The longest delay, not below <paramref name="initialDelay"/>; <see langword="null"/> for 30 s, or for
    /// <paramref name="initialDelay"/> where that is longer.</param>
    /// <param name="maxRetries">Retries after the first attempt; zero or more, <see cref="Forever"/> for no limit.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static RetryPolicy Exponential(
        TimeSpan? initialDelay = null, double factor = DefaultFactor, TimeSpan? maxDelay = null, int maxRetries = DefaultMaxRetries)
    {
        TimeSpan initial = CheckedDelay(initialDelay ?? DefaultInitialDelay, nameof(initialDelay));
        TimeSpan longest = CheckedDelay(maxDelay ?? (initial > DefaultMaxDelay ? initial : DefaultMaxDelay), nameof(maxDelay));
        if (longest < initial)
            throw new ArgumentOutOfRangeException(nameof(maxDelay), longest, $"{nameof(maxDelay)} must not be below {nameof(initialDelay)} ({initial}).");
        return new()
        {
            MaxRetries = CheckedRetries(maxRetries, nameof(maxRetries)),
            InitialDelay = initial,
            Factor = CheckedFactor(factor, nameof(factor)),
            MaxDelay = longest,
        };
    }

    /// <inheritdoc cref="Exponential"/>
    /// <summary>Delays drawn at random from zero up to a bound that grows by a factor up to a limit ("full jitter").</summary>
    public static RetryPolicy ExponentialWithJitter(
        TimeSpan? initialDelay = null, double factor = DefaultFactor, TimeSpan? maxDelay = null, int maxRetries = DefaultMaxRetries) =>
        Exponential(initialDelay, factor, maxDelay, maxRetries) with { UseJitter = true };

    /// <summary>Delays of your own.</summary>
    /// <param name="schedule">The delay before the n-th retry (counted from 1) after the given error; see <see cref="Schedule"/>.</param>
    /// <param name="maxRetries">Retries after the first attempt; zero or more, <see cref="Forever"/> for no limit.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="schedule"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxRetries"/> is negative.</exception>
    public static RetryPolicy Custom(Func<int, Exception, TimeSpan> schedule, int maxRetries = DefaultMaxRetries)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return new() { MaxRetries = CheckedRetries(maxRetries, nameof(maxRetries)), Schedule = schedule };
    }

    /// <summary>Checks what one property alone cannot tell.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="MaxDelay"/> is below <see cref="InitialDelay"/> and no <see cref="Schedule"/> replaces the two.</exception>
    internal void Validate()
    {
        if (Schedule is null && MaxDelay < InitialDelay)
            throw new ArgumentOutOfRangeException(nameof(MaxDelay), MaxDelay, $"{nameof(MaxDelay)} must not be below {nameof(InitialDelay)} ({InitialDelay}).");
    }

    private static int CheckedRetries(int value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be between 0 and {int.MaxValue} (for ever).");

    private static TimeSpan CheckedDelay(TimeSpan value, string name) =>
        value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be between zero and TimeSpan.MaxValue.");

    private static double CheckedFactor(double value, string name) =>
        double.IsFinite(value) && value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number of 1 or more.");
}
