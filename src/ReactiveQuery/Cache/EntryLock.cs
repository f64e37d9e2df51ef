using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>
/// The lock of an entry: taken by one interlocked operation, given back by none. A monitor takes two, and a call into the runtime for each; every command takes the lock once or more
/// often, and it is a twelfth of W8 and W13 (<c>benchmarks/WORKLOADS.md</c>).
/// </summary>
/// <remarks>
/// <para>Not reentrant: whoever holds it runs no user code but the scheduler's clock, which must not come back to the entry. What is done under it takes well below a microsecond, so
/// that whoever finds it taken looks again a few times, and only then sleeps.</para>
/// <para>
/// Giving it back is a write, and then a look whether anybody sleeps, without a fence between. Whoever is about to sleep says so, fences all threads
/// (<see cref="Interlocked.MemoryBarrierProcessWide"/>) and then looks whether it is still taken: one of the two sees the other.
/// </para>
/// </remarks>
internal struct EntryLock
{
    private int _isTaken;
    private int _sleeperCount;

    /// <summary>Takes it, until what is returned is disposed.</summary>
    /// <param name="room">Where those sleep who wait; nobody else may use its monitor.</param>
    [UnscopedRef]
    public Scope Enter(object room)
    {
        if (!TryTake())
            TakeWhenFree(room);
        return new(ref this, room);
    }

    private bool TryTake() => Interlocked.CompareExchange(ref _isTaken, 1, 0) == 0;

    private void TakeWhenFree(object room)
    {
        var spin = new SpinWait();
        while (!spin.NextSpinWillYield)
        {
            spin.SpinOnce();
            if (TryTake()) return;
        }

        lock (room)
        {
            _sleeperCount++;
            try
            {
                Interlocked.MemoryBarrierProcessWide();
                while (!TryTake())
                    Monitor.Wait(room);
            }
            catch (ThreadInterruptedException)
            {
                Monitor.Pulse(room); // It may have been woken, in which case it was the only one.
                throw;
            }
            finally
            {
                _sleeperCount--;
            }
        }
    }

    private void GiveBack(object room)
    {
        Volatile.Write(ref _isTaken, 0);
        if (Volatile.Read(ref _sleeperCount) != 0)
            Wake(room);
    }

    /// <summary>One is enough: should another thread be faster than the one that is woken, that thread wakes again.</summary>
    /// <remarks>An interrupt is put off: what was done under the lock is to be followed by what follows from it.</remarks>
    private static void Wake(object room)
    {
        try
        {
            lock (room)
                Monitor.Pulse(room);
        }
        catch (ThreadInterruptedException)
        {
            Wake(room);
            Thread.CurrentThread.Interrupt();
        }
    }

    /// <summary>The time for which the lock is held.</summary>
    public readonly ref struct Scope(ref EntryLock held, object room)
    {
        private readonly ref EntryLock _held = ref held;

        public void Dispose() => _held.GiveBack(room);
    }
}
