using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>The one clock of a client: the scheduler's stopwatch for rules, its wall clock for display.</summary>
/// <remarks>The default scheduler has no time of its own, but that of the platform: <see cref="SystemTime"/> reads it. Any other scheduler is asked every time.</remarks>
internal sealed class QueryClock
{
    /// <summary>All sleep together; leaves room for the stopwatch, so that the sum never overflows.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.MaxValue / 2;

    private readonly IScheduler _scheduler;
    private readonly SystemTime? _system;
    private readonly IStopwatch? _stopwatch;
    private long _sleptTicks;

    public QueryClock(IScheduler scheduler)
    {
        _scheduler = scheduler;
        if (ReferenceEquals(scheduler, QueryClientOptions.SystemScheduler))
            _system = new(scheduler);
        else
            _stopwatch = scheduler.StartStopwatch();
    }

    /// <summary>Whether time is that of the platform; that of another scheduler may be virtual.</summary>
    public bool IsOfPlatform => _system is not null;

    /// <summary>Monotonic time since the client was made, with the spans the machine slept through.</summary>
    public TimeSpan Elapsed => (_system is { } system ? system.Elapsed : _stopwatch!.Elapsed) + Slept();

    public QueryInstant Now
    {
        get
        {
            if (_system is null) return new(Elapsed, _scheduler.Now);
            var now = _system.Now;
            return new(now.Elapsed + Slept(), now.WallTicks, now.WallOffset);
        }
    }

    /// <summary>Whether it is still this instant, by both clocks; that of the platform's wall stands still within a tick.</summary>
    public bool IsAt(in QueryInstant instant) => Elapsed == instant.Elapsed && (_system is not null || _scheduler.Now == instant.At);

    /// <summary>The monotonic instant of a moment that is remembered by the wall clock; a moment in the future counts as now.</summary>
    /// <param name="at">The moment.</param>
    /// <param name="now">What it is now, as whoever asks has read it: two readings would be two instants.</param>
    public static QueryInstant At(DateTimeOffset at, in QueryInstant now)
    {
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

    private TimeSpan Slept() => new(Volatile.Read(ref _sleptTicks));
}
