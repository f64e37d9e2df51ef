namespace ReactiveQuery;

/// <summary>
/// One moment, read once from the client's scheduler. Rules compare differences of <paramref name="Elapsed"/>,
/// which a jump of the wall clock does not touch; <see cref="At"/> is for display and hydration.
/// </summary>
/// <param name="Elapsed">The monotonic reading.</param>
/// <param name="WallTicks">The wall clock's, as <see cref="PackedInstant"/> has it.</param>
/// <param name="WallOffset">Its offset in minutes.</param>
/// <remarks>
/// The numbers of a <see cref="DateTimeOffset"/>, not the thing itself, which is copied as one block: to read as a block what has just been written number by number stalls the
/// processor, and each write hands its instant on (W8 and W13 in <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal readonly record struct QueryInstant(TimeSpan Elapsed, long WallTicks, short WallOffset)
{
    public QueryInstant(TimeSpan elapsed, DateTimeOffset at)
        : this(elapsed, PackedInstant.TicksOf(at), PackedInstant.OffsetOf(at))
    {
    }

    public DateTimeOffset At => PackedInstant.Unpack(WallTicks, WallOffset).GetValueOrDefault();
}
