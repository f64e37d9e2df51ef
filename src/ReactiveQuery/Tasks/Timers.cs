namespace ReactiveQuery;

/// <content>Work that time starts.</content>
public sealed partial class TaskScope
{
    /// <summary>The shortest period and delay: one millisecond.</summary>
    public static readonly TimeSpan MinimumPeriod = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs work again and again until it is aborted or the scope unmounted.</summary>
    /// <param name="period">The distance between the beginnings of two ticks; at least <see cref="MinimumPeriod"/>. <see cref="TimeSpan.MaxValue"/>: one tick only.</param>
    /// <param name="work">Called for each tick. A tick that fails is reported with <see cref="UnobservedErrorOrigin.Task"/>, and the next one comes.</param>
    /// <param name="initialDelay">Before the first tick; zero (the default): it comes at once, before this returns.</param>
    /// <param name="paused">
    /// While its latest value is true no tick comes and nothing is scheduled. A stream that has given no value, has completed or failed (which is reported) counts as false. Null (the default): never paused.
    /// </param>
    /// <returns>The handle of the interval; it runs until it is aborted. Aborting cancels the token of the present tick.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is less than a millisecond, or <paramref name="initialDelay"/> negative.</exception>
    /// <remarks>Ticks come at the multiples of the period after the first, whatever they cost: nothing drifts. A tick that would come while the last one is still running, or in a
    /// pause, is skipped, not made up for.</remarks>
    public TaskHandle SpawnInterval(
        TimeSpan period, Func<CancellationToken, Task> work, TimeSpan initialDelay = default, IObservable<bool>? paused = null)
    {
        ThrowIfTooShort(period, nameof(period));
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(initialDelay, TimeSpan.Zero);
        var handle = NewHandle();
        new IntervalRun(this, handle, period, work).Begin(initialDelay, paused);
        return handle;
    }

    /// <summary>Work that runs when calls have ceased for a while, with the last value: a search box.</summary>
    /// <typeparam name="T">What a call brings.</typeparam>
    /// <param name="delay">How long it must be quiet; at least <see cref="MinimumPeriod"/>.</param>
    /// <param name="work">Called with the last value. A run that is still going on when the next one begins is aborted: the latest wins.</param>
    /// <returns>What to call. It ends with the scope.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> is less than a millisecond.</exception>
    public DebouncedTask<T> SpawnDebounced<T>(TimeSpan delay, Func<T, CancellationToken, Task> work)
    {
        ThrowIfTooShort(delay, nameof(delay));
        ArgumentNullException.ThrowIfNull(work);
        return new(this, delay, work);
    }

    /// <summary>Work that runs at most once in a period, however often it is called: with the first value at once (leading edge), with the last one at the end of the period (trailing edge).</summary>
    /// <typeparam name="T">What a call brings.</typeparam>
    /// <param name="period">The shortest distance between the beginnings of two runs; at least <see cref="MinimumPeriod"/>.</param>
    /// <param name="work">Called with the value. Runs never overlap: if one takes longer than the period, the next begins when it has ended.</param>
    /// <returns>What to call. It ends with the scope.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is less than a millisecond.</exception>
    public ThrottledTask<T> SpawnThrottled<T>(TimeSpan period, Func<T, CancellationToken, Task> work)
    {
        ThrowIfTooShort(period, nameof(period));
        ArgumentNullException.ThrowIfNull(work);
        return new(this, period, work);
    }

    private static void ThrowIfTooShort(TimeSpan value, string name)
    {
        if (value < MinimumPeriod)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {MinimumPeriod.TotalMilliseconds} ms.");
    }
}
