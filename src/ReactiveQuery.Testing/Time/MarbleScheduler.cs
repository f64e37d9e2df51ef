using System.Reactive.Concurrency;

namespace ReactiveQuery.Testing;

/// <summary>
/// A virtual-time scheduler whose clock moves only when a test runs it. Work that is due now runs at the same instant, in the order in
/// which it was scheduled. One frame is one millisecond, or <see cref="TicksPerFrame"/> ticks.
/// </summary>
/// <remarks>
/// <para><see cref="VirtualTimeSchedulerBase{TAbsolute,TRelative}.Now"/> is <see cref="Epoch"/> at tick 0. Stopwatches run on virtual time.</para>
/// <para>Every run is bounded by <see cref="MaxWorkItems"/>: work that reschedules itself for ever makes the run fail instead of hang.
/// After work that throws, the scheduler can be run again.</para>
/// <para>Work runs with no <see cref="SynchronizationContext"/> and under the default <see cref="TaskScheduler"/>, whatever the test framework
/// installed: the continuation of a task that is completed in virtual time then runs at once, on the test's thread (also after
/// <c>ConfigureAwait(false)</c>, which under any context would be sent to the thread pool). The runtime does so for one awaiter per task and
/// sends others to the pool, unless they wait under <see cref="Context"/>. Code that awaits what continues asynchronously (<c>Task.Yield</c>) is run by <see cref="Marbles.Play"/>, under <see cref="Context"/>.</para>
/// </remarks>
/// <threadsafety>
/// Scheduling and cancelling are safe from any thread; what a foreign thread schedules runs on the test's thread, and is reported in
/// <see cref="ForeignCompletions"/>. Running the clock is for one thread at a time.
/// </threadsafety>
public sealed partial class MarbleScheduler : VirtualTimeScheduler<long, long>
{
    /// <summary>The ticks of one frame: 10,000, one millisecond.</summary>
    public const long TicksPerFrame = TimeSpan.TicksPerMillisecond;

    /// <summary>The default of <see cref="MaxWorkItems"/>: one million.</summary>
    public const int DefaultMaxWorkItems = 1_000_000;

    private readonly MarbleQueue _queue = new();
    private readonly List<ForeignCompletion> _foreign = [];
    private int _testThread = Environment.CurrentManagedThreadId;
    private long _limit = long.MaxValue;
    private bool _announced;
    private int _executed;

    /// <summary>A scheduler whose clock stands at tick 0; the thread that makes it is the test's thread until another one runs it.</summary>
    /// <param name="maxWorkItems">How many work items one run may execute, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWorkItems"/> is less than 1.</exception>
    public MarbleScheduler(int maxWorkItems = DefaultMaxWorkItems)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWorkItems, 1);
        MaxWorkItems = maxWorkItems;
        Context = new VirtualTimeContext(this);
    }

    /// <summary>The instant of tick 0: 1 January 2000, midnight UTC.</summary>
    public static DateTimeOffset Epoch { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many work items one run may execute before it fails.</summary>
    public int MaxWorkItems { get; }

    /// <summary>The frame that the clock stands in.</summary>
    public long Frame => Clock / TicksPerFrame;

    /// <summary>A context whose <c>Post</c> is work for this scheduler, due now. <c>Send</c> runs at once on the test's thread and is refused elsewhere.</summary>
    public SynchronizationContext Context { get; }

    /// <summary>Whether the caller is on the thread that runs the clock (outside a run: that ran it last or, before the first run, made the scheduler).</summary>
    public bool IsOnTestThread => Environment.CurrentManagedThreadId == Volatile.Read(ref _testThread);

    /// <summary>The number of work items that are scheduled and neither executed nor cancelled; what the diagrams of a test still have to play does not count.</summary>
    public int PendingWorkItems => _queue.PendingDueTimes().Count;

    /// <summary>What threads other than the test's scheduled here, in order: each one is a place where the order of a test depends on chance.</summary>
    public IReadOnlyList<ForeignCompletion> ForeignCompletions
    {
        get { lock (_foreign) return [.. _foreign]; }
    }

    /// <summary>Schedules work at a tick. A tick that has passed means now.</summary>
    /// <inheritdoc/>
    public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (!IsOnTestThread) Report();
        return Enqueue(dueTime, Lane.Work, () => action(this, state));
    }

    /// <summary>Runs what is due up to and including <paramref name="frame"/>, and leaves the clock there.</summary>
    /// <param name="frame">A frame that is not in the past. The current one runs what is due now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The clock is past <paramref name="frame"/>.</exception>
    /// <exception cref="InvalidOperationException">The scheduler is running, or <see cref="MaxWorkItems"/> is exceeded.</exception>
    public void AdvanceToFrame(long frame)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frame, Frame);
        if (IsEnabled) throw new InvalidOperationException("The scheduler is running: time cannot be advanced from inside its work.");
        RunUntil(LastTickOf(frame));
        if (Clock < frame * TicksPerFrame) AdvanceTo(frame * TicksPerFrame);
    }

    /// <summary>Runs what is due in the next <paramref name="frames"/> frames and advances the clock by them; 0 runs what is due now.</summary>
    /// <inheritdoc cref="AdvanceToFrame" path="/exception"/>
    public void AdvanceByFrames(long frames) => AdvanceToFrame(Frame + frames);

    /// <summary>Advances the clock by a duration, running everything that is due on the way, what is due now included.</summary>
    /// <param name="duration">Zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    /// <exception cref="InvalidOperationException"><see cref="MaxWorkItems"/> is exceeded.</exception>
    public void AdvanceBy(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        if (IsEnabled) throw new InvalidOperationException("The scheduler is running: time cannot be advanced from inside its work.");
        var target = Add(Clock, duration.Ticks);
        RunUntil(target);
        if (Clock < target) AdvanceTo(target);
    }

    /// <inheritdoc/>
    protected override long Add(long absolute, long relative)
    {
        // Endless and maximal durations mean "never": they end at the last tick instead of wrapping into the past.
        var sum = unchecked(absolute + relative);
        return relative > 0 && sum < absolute ? long.MaxValue : sum;
    }

    /// <inheritdoc/>
    protected override DateTimeOffset ToDateTimeOffset(long absolute) =>
        Epoch.AddTicks(Math.Min(absolute, DateTimeOffset.MaxValue.UtcTicks - Epoch.UtcTicks));

    /// <inheritdoc/>
    protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;

    internal static long LastTickOf(long frame) => frame > (long.MaxValue / TicksPerFrame) - 1 ? long.MaxValue : (frame * TicksPerFrame) + TicksPerFrame - 1;

    internal int QueueSize => _queue.Size;

    internal IReadOnlyList<long> PendingFrames => [.. _queue.PendingDueTimes().Select(due => due / TicksPerFrame)];
}
