using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>The one clock of a client: the scheduler's stopwatch for rules, its wall clock for display.</summary>
internal sealed class QueryClock(IScheduler scheduler)
{
    /// <summary>All sleep together; leaves room for the stopwatch, so that the sum never overflows.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.MaxValue / 2;

    private readonly IStopwatch _stopwatch = scheduler.StartStopwatch();
    private long _sleptTicks;

    /// <summary>Monotonic time since the client was made, with the spans the machine slept through.</summary>
    public TimeSpan Elapsed => _stopwatch.Elapsed + TimeSpan.FromTicks(Volatile.Read(ref _sleptTicks));

    public QueryInstant Now => new(Elapsed, scheduler.Now);

    /// <summary>The monotonic instant of a moment that is remembered by the wall clock; a moment in the future counts as now.</summary>
    public QueryInstant At(DateTimeOffset at)
    {
        var now = Now;
        var age = now.At - at;
        return age <= TimeSpan.Zero ? now : new(now.Elapsed - age, at);
    }

    /// <summary>The wall-clock reading of a monotonic instant; null for never.</summary>
    public DateTimeOffset? WallClock(TimeSpan elapsed)
    {
        if (elapsed == TimeSpan.MaxValue) return null;
        var now = Now;
        var ahead = elapsed - now.Elapsed;
        if (ahead < DateTimeOffset.MinValue - now.At) return DateTimeOffset.MinValue;
        return ahead > DateTimeOffset.MaxValue - now.At ? null : now.At + ahead;
    }

    /// <summary>The machine slept, and the stopwatch with it.</summary>
    public void Slept(TimeSpan span)
    {
        if (span <= TimeSpan.Zero) return;
        long seen, sum;
        do
        {
            seen = Volatile.Read(ref _sleptTicks);
            sum = seen + Math.Min(span.Ticks, LongestSleep.Ticks - seen);
        }
        while (Interlocked.CompareExchange(ref _sleptTicks, sum, seen) != seen);
    }
}
