namespace ReactiveQuery;

/// <summary>Something with a place in the queue of <see cref="Deadlines"/>.</summary>
internal abstract class Deadline
{
    private long _scheduledDueTicks = long.MaxValue;

    /// <summary>Where it stands in the queue; written by <see cref="Deadlines"/> alone.</summary>
    public TimeSpan ScheduledDue
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _scheduledDueTicks));
        set => Volatile.Write(ref _scheduledDueTicks, value.Ticks);
    }

    /// <summary>Its place has come up: it looks at what is really due and asks again.</summary>
    public abstract void OnDeadline();
}
