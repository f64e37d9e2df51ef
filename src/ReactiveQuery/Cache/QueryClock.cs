using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>The one clock of a client: the scheduler's stopwatch for rules, its wall clock for display.</summary>
internal sealed class QueryClock(IScheduler scheduler)
{
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
        return ahead > DateTimeOffset.MaxValue - now.At ? null : now.At + ahead;
    }

    /// <summary>The machine slept, and the stopwatch with it.</summary>
    public void Slept(TimeSpan span)
    {
        if (span > TimeSpan.Zero)
            Interlocked.Add(ref _sleptTicks, span.Ticks);
    }
}
