namespace ReactiveQuery.Tests.Cache;

public class EntryLockTests
{
    private readonly object _room = new();
    private EntryLock _lock;
    private int _inside;
    private int _overlaps;
    private int _entries;

    [Theory]
    [InlineData(2, 200_000)]
    [InlineData(8, 50_000)]
    public void One_thread_at_a_time_holds_it_and_all_get_their_turn(int threads, int times)
    {
        InParallel(threads, () =>
        {
            for (var i = 0; i < times; i++)
                Hold(() => { });
        });

        Assert.Equal((0, threads * times), (_overlaps, _entries));
    }

    /// <summary>Far longer than anybody looks again before they sleep.</summary>
    [Fact]
    public void Whoever_sleeps_for_it_is_woken_when_it_is_given_back()
    {
        const int times = 2_000;
        InParallel(4, () =>
        {
            for (var i = 0; i < times; i++)
                Hold(() => Thread.SpinWait(20_000));
        });

        Assert.Equal((0, 4 * times), (_overlaps, _entries));
    }

    [Fact]
    public void A_thread_that_waits_does_so_until_it_is_given_back_and_no_longer()
    {
        using var hasTried = new ManualResetEventSlim();
        var waiting = new Thread(() =>
        {
            hasTried.Set();
            Hold(() => { });
        });
        using (_lock.Enter(_room))
        {
            waiting.Start();
            Assert.True(hasTried.Wait(Storms.Storm.Patience));
            Assert.True(SpinWait.SpinUntil(() => waiting.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Storms.Storm.Patience));
            Assert.Equal(0, _entries);
        }

        Assert.True(waiting.Join(Storms.Storm.Patience));
        Assert.Equal(1, _entries);
    }

    [Fact]
    public void A_thread_that_is_interrupted_while_it_waits_leaves_its_turn_to_the_next()
    {
        var interrupted = 0;
        var waiting = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            try
            {
                Hold(() => { });
            }
            catch (ThreadInterruptedException)
            {
                Interlocked.Increment(ref interrupted);
            }
        })).ToList();
        using (_lock.Enter(_room))
        {
            waiting.ForEach(thread => thread.Start());
            Assert.True(SpinWait.SpinUntil(() => waiting.TrueForAll(thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)), Storms.Storm.Patience));
            waiting[0].Interrupt();
            Assert.True(waiting[0].Join(Storms.Storm.Patience));
        }

        Assert.True(waiting.TrueForAll(thread => thread.Join(Storms.Storm.Patience)));
        Hold(() => { });
        Assert.Equal((1, 3, 0), (interrupted, _entries, _overlaps));
    }

    [Fact]
    public void It_is_given_back_when_what_is_done_under_it_fails()
    {
        Assert.Throws<InvalidOperationException>(() => Hold(() => throw new InvalidOperationException()));

        Hold(() => { });

        Assert.Equal(2, _entries);
    }

    private void Hold(Action work)
    {
        using (_lock.Enter(_room))
        {
            if (++_inside != 1) _overlaps++;
            _entries++;
            try
            {
                work();
            }
            finally
            {
                _inside--;
            }
        }
    }

    private static void InParallel(int threads, Action work)
    {
        var running = Enumerable.Range(0, threads).Select(_ => new Thread(() => work()) { IsBackground = true }).ToList();
        running.ForEach(thread => thread.Start());
        Assert.True(running.TrueForAll(thread => thread.Join(Storms.Storm.Patience)), "hangs");
    }
}
