namespace ReactiveQuery;

/// <summary>
/// The arithmetic of the three clocks, all on the monotonic time of the client. Spans are never subtracted from an instant
/// (a virtual clock may start near the beginning of time) and sums saturate, so infinite and 60-day spans are ordinary.
/// </summary>
internal static class Freshness
{
    /// <summary>Both spellings of "never": <see cref="Timeout.InfiniteTimeSpan"/> and <see cref="TimeSpan.MaxValue"/>.</summary>
    public static bool IsInfinite(TimeSpan span) => span.Ticks is -TimeSpan.TicksPerMillisecond or long.MaxValue;

    /// <summary>The longer of two spans, infinite being the longest.</summary>
    public static TimeSpan Longer(TimeSpan left, TimeSpan right) =>
        IsInfinite(left) || IsInfinite(right) ? Timeout.InfiniteTimeSpan : left > right ? left : right;

    /// <summary>The instant at which a span that began at <paramref name="start"/> is over; <see cref="TimeSpan.MaxValue"/> = never.</summary>
    public static TimeSpan Due(TimeSpan start, TimeSpan span)
    {
        var (begun, ticks) = (start.Ticks, span.Ticks); // The sums of TimeSpan look for an overflow that cannot be here, at every subscription and write.
        return IsInfinite(span) || ticks > long.MaxValue - Math.Max(begun, 0) ? TimeSpan.MaxValue : new(begun + ticks);
    }

    /// <summary>Whether a span that began at <paramref name="start"/> is over at <paramref name="now"/>; its last instant counts as over.</summary>
    public static bool IsOver(TimeSpan start, TimeSpan span, TimeSpan now)
    {
        // As Due(start, span) <= now, in the few instructions that every delivery and every read can afford.
        var (begun, ticks) = (start.Ticks, span.Ticks);
        return !IsInfinite(span) && ticks <= long.MaxValue - Math.Max(begun, 0) && now.Ticks >= begun + ticks && begun + ticks != long.MaxValue;
    }

    /// <summary>Whether received data may be refetched: invalidated, or as old as <paramref name="staleTime"/>. Live data is never stale.</summary>
    public static bool IsStale<T>(QueryState<T> state, TimeSpan staleTime, TimeSpan now) =>
        state is { HasData: true, IsPlaceholder: false, IsStreaming: false }
        && (state.IsInvalidated || IsOver(state.DataElapsed, staleTime, now));

    /// <summary>Whether a mount, focus or reconnect has a reason to fetch: nothing received yet, or stale.</summary>
    public static bool IsDue<T>(QueryState<T> state, TimeSpan staleTime, TimeSpan now) => !state.HasData || IsStale(state, staleTime, now);

    /// <summary>When the data turns stale by itself; <see cref="TimeSpan.MaxValue"/> when it never does or already is.</summary>
    public static TimeSpan StaleDue<T>(QueryState<T> state, TimeSpan staleTime, TimeSpan now) =>
        state is { HasData: true, IsStreaming: false, IsInvalidated: false } && Due(state.DataElapsed, staleTime) is var due && due > now
            ? due
            : TimeSpan.MaxValue;
}
