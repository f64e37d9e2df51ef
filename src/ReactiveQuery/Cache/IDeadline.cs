namespace ReactiveQuery;

/// <summary>Something with a place in the queue of <see cref="Deadlines"/>.</summary>
internal interface IDeadline
{
    /// <summary>Where it stands in the queue; written by <see cref="Deadlines"/> alone.</summary>
    TimeSpan ScheduledDue { get; set; }

    /// <summary>Its place has come up: it looks at what is really due and asks again.</summary>
    void OnDeadline();
}
