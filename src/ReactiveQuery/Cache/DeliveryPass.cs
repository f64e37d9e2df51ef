namespace ReactiveQuery;

/// <summary>From one version to the next, as far as it is the same for every observer who stands at the first and has nothing of their own to be shown.</summary>
/// <param name="From">Where it begins; null when each observer is to look for themselves.</param>
/// <param name="To">Where it leads.</param>
internal readonly record struct Step<T>(Version<QueryState<T>>? From, Version<QueryState<T>> To)
{
    /// <summary>
    /// Whether nobody could take the two for equal, whatever the type's own equality (new data, or a fetch that begins or ends), and the second is shown as it
    /// was committed to whoever finds it fresh.
    /// </summary>
    public static bool IsPlain(QueryState<T> from, QueryState<T> to) =>
        to is { Fold: null, IsInvalidated: false } && ((!typeof(T).IsValueType && !ReferenceEquals(from.Data, to.Data)) || from.FetchStatus != to.FetchStatus);
}

/// <summary>
/// The right to deliver to an entry's observers one after the other without claiming each. One thread has it at a time, from its commit to the end of its round, as
/// long as nobody else has anything to deliver: the two interlocked operations of a claim become none (W3 and W14 in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
/// <remarks>
/// <para>
/// A slow or blocked observer delays itself only, so the right must not outlast the first other thread that comes with a commit or a disposal: that thread takes it away,
/// under the entry's lock. From then on each observer is claimed by its own counter as ever (<see cref="Receiver{T}"/>), and the one that is being delivered to just then
/// counts as claimed by the thread that does.
/// </para>
/// <para>
/// The round writes where it is and then looks whether the right was taken, without a fence between. Whoever takes it says so, fences the round's thread as well
/// (<see cref="Interlocked.MemoryBarrierProcessWide"/>, some microseconds, only where two threads meet) and then looks where the round is: one of the two sees the other.
/// A round that has seen it waits for the lock before it goes on, so that it finds what the other has written.
/// </para>
/// </remarks>
internal struct DeliveryPass<T>
{
    private const int Between = -1;
    private const int Over = -2;

    private object? _mounts; // As the roster has them: the only one, or an array.
    private Mount<T>? _claimed;
    private int _round; // Its number, which is even, and one more when it was taken.
    private int _thread;
    private int _place = Over;
    private int _claimants;

    public DeliveryPass()
    {
    }

    /// <summary>Begins a delivery, which <see cref="Deliver"/> carries out, outside the lock.</summary>
    /// <returns>The number of the pass that the thread now has, or 0 when it is to claim each observer.</returns>
    public int Begin_NeedsLock(object? mounts)
    {
        if (Volatile.Read(ref _place) != Over || Volatile.Read(ref _claimants) != 0)
        {
            Enter_NeedsLock();
            return 0;
        }

        _mounts = mounts;
        _thread = Environment.CurrentManagedThreadId;
        _round = (_round | 1) + 1;
        if (_round == 0) _round = 2;
        _place = Between;
        return _round;
    }

    /// <summary>Begins a delivery that claims each observer.</summary>
    public void Enter_NeedsLock()
    {
        Take_NeedsLock();
        Interlocked.Increment(ref _claimants);
    }

    /// <summary>Ends a delivery that claimed each observer.</summary>
    public void Leave() => Interlocked.Decrement(ref _claimants);

    /// <summary>Sees to it that nobody delivers without a claim.</summary>
    public void Take_NeedsLock()
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
            _round--; // It is over and has nothing to wait for, should it have seen that it was taken.
            return;
        }

        Interlocked.Increment(ref _claimants); // In the name of the round, which goes on by claims.
        // A newcomer is claimed already, by whoever shows them their first state; the round has then not called them, and is to leave them alone.
        _claimed = place != Between && MountAt_NeedsLock(place) is { } mount && mount.TryClaim() ? mount : null;
    }

    private static int Taken(int round) => round | 1;

    private readonly Mount<T>? MountAt_NeedsLock(int place) => _mounts as Mount<T> ?? ((Mount<T>?[])_mounts!)[place];

    /// <summary>Delivers what was committed.</summary>
    /// <param name="number">What <see cref="Begin_NeedsLock"/> gave.</param>
    /// <param name="mounts">The observers at the commit.</param>
    /// <param name="step">From the version before the commit to the one it made.</param>
    /// <param name="gate">The entry's lock.</param>
    /// <returns>Whether everybody has seen everything; false when something is left to somebody else.</returns>
    public bool Deliver(int number, ReadOnlySpan<Mount<T>?> mounts, in Step<T> step, object gate)
    {
        if (number == 0) return DeliverByClaims(mounts, except: null);
        var havePassed = true;
        var i = 0;
        while (!DeliverFrom(ref i, number, mounts, step, ref havePassed))
            i++; // That observer threw, which was reported.
        if (i < mounts.Length)
            return GoOnByClaims(number, mounts[i..], gate) & havePassed;

        Volatile.Write(ref _place, Over);
        return (Volatile.Read(ref _round) == number || GoOnByClaims(number, [], gate)) & havePassed;
    }

    /// <summary>One loop for all, with everything that each of them needs in it: a call and an exception frame for each observer are a third of W3.</summary>
    /// <returns>False when the observer at <paramref name="i"/> threw; true at the end, and where the pass was taken.</returns>
    private bool DeliverFrom(ref int i, int number, ReadOnlySpan<Mount<T>?> mounts, in Step<T> step, ref bool havePassed)
    {
        var (from, to) = step;
        var state = to?.Value!;
        Mount<T>? mount = null;
        try
        {
            for (; i < mounts.Length; i++)
            {
                mount = mounts[i];
                if (mount is null) continue;
                Volatile.Write(ref _place, i);
                if (Volatile.Read(ref _round) != number) return true;
                if (mount.IsClaimed) // A newcomer, who is just being shown the first state.
                {
                    Volatile.Write(ref _place, Between);
                    havePassed &= mount.Drain();
                }
                else if (from is not null && mount.TryStep(from, to!) is { } observer)
                {
                    observer.OnNext(state);
                }
                else
                {
                    mount.DeliverUnclaimed();
                }
            }

            return true;
        }
        catch (Exception error)
        {
            mount!.ReportObserver(error);
            return false;
        }
    }

    private bool GoOnByClaims(int number, ReadOnlySpan<Mount<T>?> rest, object gate)
    {
        Mount<T>? claimed;
        lock (gate)
        {
            if (_round != Taken(number)) return true; // The round was over by then.
            (claimed, _claimed) = (_claimed, null);
            (_mounts, _place, _round) = (null, Over, number);
        }

        claimed?.DeliverClaimed();
        return DeliverByClaims(rest, claimed);
    }

    private bool DeliverByClaims(ReadOnlySpan<Mount<T>?> mounts, Mount<T>? except)
    {
        var havePassed = true;
        foreach (var mount in mounts)
            havePassed &= mount is null || mount == except || mount.Drain();
        Leave();
        return havePassed;
    }
}
