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

    /// <summary>
    /// The same where all that is due is that it leaves, and nobody would notice: then it is dead when this returns true, and whoever asked sees to the rest, for many at
    /// once (W12 in <c>benchmarks/WORKLOADS.md</c>). Otherwise nothing has happened, and <see cref="OnDeadline"/> is to be called. Runs no user code.
    /// </summary>
    /// <param name="now">The time as of which it is due.</param>
    public virtual bool TryDepart(TimeSpan now) => false;
}
