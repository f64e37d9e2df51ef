using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>From one state to the next, for observers who have all seen the first.</summary>
/// <remarks>Filled in field by field where it lies: to copy as a block what has just been written so stalls the processor (W13 in <c>benchmarks/WORKLOADS.md</c>).</remarks>
internal ref struct Step<T>
{
    /// <summary>The state before; null when each observer is to look for themselves.</summary>
    public QueryState<T>? From;

    /// <summary>The state that was committed.</summary>
    public QueryState<T> To;

    /// <summary>Whether it is shown as it was committed, and without a comparison, to whoever was shown the one before as that was committed.</summary>
    public bool IsPlain;
}

/// <summary>
/// An entry as far as it delivers: the pass is the right to deliver to its observers one after the other without claiming each. One thread has it at a time, from its commit to the
/// end of its round, as long as nobody else has anything to deliver: the two interlocked operations of a claim become none, and observers who are in step are called and nothing
/// else (W3 and W14 in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
/// <remarks>
/// <para>
/// A slow or blocked observer delays itself only, so the right must not outlast the first other thread that comes with a commit or a disposal: that thread takes it away,
/// under the entry's lock. From then on each observer is claimed by its own counter as ever (<see cref="Receiver{T}"/>), and the one that is being delivered to just then
/// counts as claimed by the thread that does. Observers who were in step get places of their own then, before the step or behind it.
/// </para>
/// <para>
/// The round writes where it is and then looks whether the right was taken, without a fence between. Whoever takes it says so, fences the round's thread as well
/// (<see cref="Interlocked.MemoryBarrierProcessWide"/>, some microseconds, only where two threads meet, or within an only observer who is being shown a write or a fetch) and then
/// looks where the round is: one of the two sees the other. A round that has seen it waits for the lock before it goes on, so that it finds what the other has written.
/// </para>
/// <para>
/// A class that the entry is, and not a struct that it has: the methods of a generic struct are told their type by the caller, who looks it up at each call, in four readings one
/// after the other (W13 in <c>benchmarks/WORKLOADS.md</c>).
/// </para>
/// </remarks>
internal abstract class DeliveringEntry<T>(QueryKey key, RememberedOptions remembered) : QueryEntry(key, remembered)
{
    /// <summary>No thread has this number, so that whichever takes the pass fences the round. Where even to ask for the number would take long (W13).</summary>
    protected const int AnyThread = 0;

    private const int Between = -1;
    private const int Over = -2;

    private object? _mounts; // As the roster has them: the only one, or an array.
    private QueryState<T>? _from; // Where the step begins that they take together; only during the round.
    private Mount<T>? _claimed;
    private int _claimedAt;
    private int _round; // Its number, which is even, and one more when it was taken.
    private int _thread;
    private int _place = Over;
    private int _claimants;
    private EntryLock _lock;

    /// <summary>Takes the entry's lock, until what is returned is disposed.</summary>
    protected EntryLock.Scope Lock() => _lock.Enter(this);

    /// <summary>Whether nobody is delivering.</summary>
    public bool IsPassFree => Volatile.Read(ref _place) == Over && Volatile.Read(ref _claimants) == 0;

    /// <summary>Begins a round, which <see cref="DeliverRound"/> or <see cref="DeliverToOnly"/> carries out, outside the lock; only while <see cref="IsPassFree"/>.</summary>
    /// <param name="mounts">The observers.</param>
    /// <param name="from">The state that all of them have seen if they are in step; null if each has a place of its own, or if the only one does not ask what came before.</param>
    /// <param name="thread">The number of the thread that will deliver, which has nothing to fence off from itself; or <see cref="AnyThread"/>.</param>
    /// <returns>The number of the round, which is not 0.</returns>
    public int BeginRound_NeedsLock(object? mounts, QueryState<T>? from, int thread)
    {
        if (!ReferenceEquals(_mounts, mounts)) _mounts = mounts; // Mostly those of the round before; to write a reference down costs more than to look.
        if (from is not null) _from = from; // Null since the round before; to write down even that takes long.
        _thread = thread;
        _round = (_round | 1) + 1;
        if (_round == 0) _round = 2;
        _place = Between;
        return _round;
    }

    /// <summary>Begins a delivery that claims each observer; the pass was taken from whoever had it.</summary>
    public void EnterClaims() => Interlocked.Increment(ref _claimants);

    /// <summary>Ends a delivery that claimed each observer.</summary>
    public void LeaveClaims() => Interlocked.Decrement(ref _claimants);

    /// <summary>Sees to it that nobody delivers without a claim.</summary>
    /// <param name="tail">Where those stand who have seen everything; null when all are in step, and then set if the round is not over.</param>
    /// <param name="committed">The state last committed: that of the round, as long as it goes on.</param>
    public void TakePass_NeedsLock(ref Version<QueryState<T>>? tail, QueryState<T> committed)
    {
        if (Volatile.Read(ref _place) == Over)
        {
            _mounts = null; // An observer that leaves is not to be kept by a round that is over.
            return;
        }

        if (_round == Taken(_round)) return;
        Volatile.Write(ref _round, Taken(_round));
        if (_thread != Environment.CurrentManagedThreadId)
            Interlocked.MemoryBarrierProcessWide();
        var place = Volatile.Read(ref _place);
        if (place == Over)
        {
            _mounts = null;
            _round--; // It is over and has nothing to wait for, should it have seen that it was taken.
            return;
        }

        Interlocked.Increment(ref _claimants); // In the name of the round, which goes on by claims.
        // The round says that it is at somebody only where nobody has a claim. Should there be one all the same, the round has not called them, and is to leave them alone.
        _claimedAt = place;
        _claimed = place != Between && MountAt_NeedsLock(place) is { } mount && mount.TryClaim() ? mount : null;
        StandApart_NeedsLock(place, tail ??= new(committed));
    }

    /// <summary>Delivers what was committed.</summary>
    /// <param name="number">What <see cref="BeginRound_NeedsLock"/> gave; 0 when each observer is to be claimed.</param>
    /// <param name="mounts">The observers at the commit.</param>
    /// <param name="step">What was committed, if all of them were in step.</param>
    /// <returns>Whether everybody has seen everything; false when something is left to somebody else.</returns>
    public bool DeliverRound(int number, in RosterSnapshot<Mount<T>> mounts, in Step<T> step)
    {
        if (number == 0) return DeliverByClaims(mounts, first: 0, except: null);
        if (step.From is { } from && mounts.Only is { } only) return DeliverToOnly(number, only, from, step.To, step.IsPlain);
        var havePassed = true;
        var i = 0;
        var isInStep = step.From is not null;
        if (!isInStep)
            DeliverEach(ref i, number, mounts, ref havePassed);
        else
            while (DeliverInStep(ref i, number, mounts, step) is { } thrown)
            {
                ReportObserver(thrown);
                i++;
            }

        if (i < mounts.Length)
            return GoOnByClaims(number, mounts, i, isInStep) & havePassed;
        return (TryEndRound(number) || GoOnByClaims(number, mounts, i, isInStep)) & havePassed;
    }

    /// <summary>Delivers a step to an only observer, which most queries have: without the loop, and what it would have in memory for the handler's sake (W13).</summary>
    protected bool DeliverToOnly(int number, Mount<T> only, QueryState<T> from, QueryState<T> state, bool isPlain)
    {
        Volatile.Write(ref _place, 0);
        if (Volatile.Read(ref _round) != number) return GoOnByClaims(number, only, isOver: false);
        try
        {
            if (isPlain && only.TakesPlainStates is { } observer)
                observer.OnNext(state);
            else
                DeliverStepTo(only, from, state, isPlain);
        }
        catch (Exception error)
        {
            ReportObserver(error);
        }

        return TryEndRound(number) || GoOnByClaims(number, only, isOver: true);
    }

    public abstract void ReportObserver(Exception error);

    private static int Taken(int round) => round | 1;

    [MethodImpl(MethodImplOptions.NoInlining)] // As below.
    private bool GoOnByClaims(int number, Mount<T> only, bool isOver) => GoOnByClaims(number, new(only, null, 1), isOver ? 1 : 0, wasInStep: true);

    [MethodImpl(MethodImplOptions.NoInlining)] // What it has in memory would be cleared for those who take plain states as well.
    private static void DeliverStepTo(Mount<T> only, QueryState<T> from, QueryState<T> state, bool isPlain)
    {
        var memo = new SelectionMemo();
        only.DeliverStep(state, from, isPlain, ref memo);
    }

    private bool TryEndRound(int number)
    {
        _from = null; // Whoever takes the pass from now on finds that nobody stands there any more.
        Volatile.Write(ref _place, Over);
        return Volatile.Read(ref _round) == number;
    }

    private Mount<T>? MountAt_NeedsLock(int place) => _mounts as Mount<T> ?? ((Mount<T>?[])_mounts!)[place];

    /// <summary>
    /// Those who are in step have seen it as far as the round has come. Whether the one that it is at has, the round alone knows; that one is claimed in its name,
    /// stands before the step, and is moved by the round if need be.
    /// </summary>
    private void StandApart_NeedsLock(int place, Version<QueryState<T>> after)
    {
        var before = new Version<QueryState<T>>(_from ?? QueryState<T>.Idle);
        before.Append(after);
        if (_mounts is not Mount<T>?[] mounts)
        {
            (_mounts as Mount<T>)?.StandApart(before);
            return;
        }

        for (var i = 0; i < mounts.Length; i++)
            mounts[i]?.StandApart(i < place ? after : before);
    }

    /// <summary>
    /// Calls observers who are in step, in one loop that writes nothing to any of them: a call and an exception frame for each are a third of W3, a place of its own to be moved
    /// for each is a quarter.
    /// </summary>
    /// <returns>What the observer at <paramref name="i"/> threw; null at the end, and where the pass was taken.</returns>
    private Exception? DeliverInStep(ref int i, int number, in RosterSnapshot<Mount<T>> mounts, in Step<T> step)
    {
        var (from, state, isPlain) = (step.From, step.To, step.IsPlain);
        var (only, several, count) = mounts;
        var memo = new SelectionMemo();
        try
        {
            var place = i; // What the handler looks at would be written to the stack for each; that is why it knows the place, and not the mount.
            for (; place < count; place++)
            {
                if ((several is null ? only : several[place]) is not { } mount) continue;
                Volatile.Write(ref _place, place);
                if (Volatile.Read(ref _round) != number) break;
                if (isPlain && mount.TakesPlainStates is { } observer)
                    observer.OnNext(state);
                else
                    mount.DeliverStep(state, from!, isPlain, ref memo);
            }

            i = place;
            return null;
        }
        catch (Exception error)
        {
            i = _place;
            return error;
        }
    }

    /// <summary>Lets each observer look for themselves; stops where the pass was taken.</summary>
    private void DeliverEach(ref int i, int number, in RosterSnapshot<Mount<T>> mounts, ref bool havePassed)
    {
        for (; i < mounts.Length; i++)
        {
            if (mounts[i] is not { } mount) continue;
            // Asked before it is said where the round is: whoever takes the pass at a newcomer finds them claimed and leaves them to others, of whom the round must be one.
            var isNewcomer = mount.IsClaimed;
            Volatile.Write(ref _place, isNewcomer ? Between : i);
            if (Volatile.Read(ref _round) != number) return;
            if (isNewcomer) // Who is just being shown the first state.
                havePassed &= mount.Drain();
            else
                mount.DeliverUnclaimed();
        }
    }

    private bool GoOnByClaims(int number, in RosterSnapshot<Mount<T>> mounts, int first, bool wasInStep)
    {
        Mount<T>? claimed;
        bool wasCalled;
        using (Lock())
        {
            if (_round != Taken(number)) return true; // The round was over by then.
            (claimed, _claimed) = (_claimed, null);
            wasCalled = wasInStep && _claimedAt < first; // By its place: its slot is empty by now if it is an observer that leaves.
            (_mounts, _from, _place, _round) = (null, null, Over, number);
        }

        if (wasCalled)
            claimed?.StepOver(); // The round had called it before it saw that the pass was taken.
        claimed?.DeliverClaimed();
        return DeliverByClaims(mounts, first, claimed);
    }

    private bool DeliverByClaims(in RosterSnapshot<Mount<T>> mounts, int first, Mount<T>? except)
    {
        var havePassed = true;
        for (var i = first; i < mounts.Length; i++)
            havePassed &= mounts[i] is not { } mount || mount == except || mount.Drain();
        LeaveClaims();
        return havePassed;
    }
}
