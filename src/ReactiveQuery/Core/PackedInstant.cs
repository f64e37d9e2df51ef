namespace ReactiveQuery;

/// <summary>An instant or none, as two numbers that a state keeps in ten bytes: a nullable <see cref="DateTimeOffset"/> takes twenty-four.</summary>
internal static class PackedInstant
{
    /// <summary>The ticks and one more, so that zero is none.</summary>
    public static long TicksOf(DateTimeOffset? instant) => instant is { } at ? at.Ticks + 1 : 0;

    public static short OffsetOf(DateTimeOffset? instant) => (short)(instant?.TotalOffsetMinutes ?? 0);

    public static DateTimeOffset? Unpack(long ticks, short offsetMinutes) =>
        ticks == 0 ? null : new DateTimeOffset(ticks - 1, new TimeSpan(offsetMinutes * TimeSpan.TicksPerMinute));
}
