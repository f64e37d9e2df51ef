using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>
/// The time of the platform's own scheduler at the price of a field: the tick count, which is the clock its timers run by, and a wall clock that is asked once a tick.
/// </summary>
/// <remarks>
/// A tick is 1 to 16 ms, as the platform has it, so a reading may be behind by as much; a timer that fires never finds it short of its due time by more than that. Every
/// read of fresh data and every command looks at the clock, and the stopwatch of the scheduler costs four times the tick count (W1, W9 in <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal sealed class SystemTime(IScheduler scheduler)
{
    private readonly long _start = Milliseconds;
    private WallReading? _wall;

    /// <summary>Since this object was made.</summary>
    public TimeSpan Elapsed => Since(Milliseconds);

    public QueryInstant Now
    {
        get
        {
            var milliseconds = Milliseconds;
            var wall = Wall(milliseconds);
            return new(Since(milliseconds), wall.Ticks, wall.Offset);
        }
    }

    // The one clock of the platform that is read, in place of a scheduler's that is the platform itself.
    private static long Milliseconds =>
#pragma warning disable RS0030 // Only for clients whose scheduler is the system's: QueryClock sees to it.
        Environment.TickCount64;
#pragma warning restore RS0030

    private TimeSpan Since(long milliseconds) => new((milliseconds - _start) * TimeSpan.TicksPerMillisecond);

    private WallReading Wall(long milliseconds)
    {
        if (Volatile.Read(ref _wall) is { } last && last.AskedAt == milliseconds) return last;
        var at = scheduler.Now;
        var reading = new WallReading(milliseconds, PackedInstant.TicksOf(at), PackedInstant.OffsetOf(at));
        Volatile.Write(ref _wall, reading);
        return reading;
    }

    private sealed record WallReading(long AskedAt, long Ticks, short Offset);
}
