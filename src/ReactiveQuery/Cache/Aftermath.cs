namespace ReactiveQuery;

/// <summary>
/// What a change under the entry's lock leaves to be done outside it. Filled in under the lock, carried out by
/// <see cref="QueryEntry{T}"/> in the order of its fields.
/// </summary>
/// <remarks>On the stack for certain, as its parts are, so that what is written through a reference to it needs no write barrier (W13 in <c>benchmarks/WORKLOADS.md</c>).</remarks>
internal ref struct Aftermath<T>
{
    private long _invertedDue; // So that never is the default: a constructor would write all of this twice (W13 in benchmarks/WORKLOADS.md).

    /// <summary>When the entry wants to be called by the timer; no later than really due. <see cref="TimeSpan.MaxValue"/>, the default, for never.</summary>
    public TimeSpan Due
    {
        readonly get => new(_invertedDue ^ long.MaxValue);
        set => _invertedDue = value.Ticks ^ long.MaxValue;
    }

    /// <summary>Callers whose wait is over, and what they are told. They wait for nobody's delivery.</summary>
    public AnsweredWaiters<T> Answered;

    public Answer<T> Answer;

    /// <summary>A fetch that was superseded, cancelled or abandoned.</summary>
    public Flight<T>? Ended;

    /// <summary>Whether something was committed that is to be delivered.</summary>
    public bool IsDelivered;

    /// <summary>The pass under which it is delivered; 0 for none.</summary>
    public int Pass;

    /// <summary>Who is to receive what was committed; filled in before the commit.</summary>
    public RosterSnapshot<Mount<T>> Receivers;

    /// <summary>The version before what was committed; null where all observers are in step, who have none.</summary>
    public Version<QueryState<T>>? Superseded;

    /// <summary>From the state before to the one that was committed, where all observers are in step.</summary>
    public Step<T> Step;

    /// <summary>Set when the entry left the cache.</summary>
    public QueryRemovalCause? Removal;

    /// <summary>Set when nobody watches the entry any more, so that it may be evicted.</summary>
    public bool IsUnwatched;

    /// <summary>A fetch that ended with data or for good, whose hooks are to be called with the one or the other.</summary>
    public Flight<T>? Landed;

    public T? LandedData;

    public Exception? LandedError;

    /// <summary>A fetch to be started, unless somebody else has started it meanwhile; see <see cref="ToStart"/>.</summary>
    public Flight<T>? Started;

    /// <summary>Which fetch that was: the flight may be another by the time.</summary>
    public int StartedNumber;

    /// <summary>Set when a page is wanted and nothing runs that it would have to wait for.</summary>
    public bool IsPageDue;

    /// <summary>Sets <see cref="Started"/>.</summary>
    public void ToStart(Flight<T>? flight) => (Started, StartedNumber) = (flight, flight?.Number ?? 0);
}
