using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleSchedulerThreadTests
{
    private readonly MarbleScheduler _scheduler = new();

    [Fact]
    public void What_a_foreign_thread_schedules_runs_on_the_tests_thread_and_is_reported()
    {
        var ranOn = new List<int>();
        _scheduler.Schedule(TimeSpan.FromMilliseconds(3), () => OnForeignThread("worker", () =>
        {
            Assert.False(_scheduler.IsOnTestThread);
            _scheduler.Schedule(() => ranOn.Add(Environment.CurrentManagedThreadId));
        }));

        _scheduler.Start();

        Assert.Equal([Environment.CurrentManagedThreadId], ranOn);
        var report = Assert.Single(_scheduler.ForeignCompletions);
        Assert.Equal((3, "worker"), (report.Frame, report.ThreadName));
        Assert.NotEqual(Environment.CurrentManagedThreadId, report.ThreadId);
        Assert.Contains(nameof(What_a_foreign_thread_schedules_runs_on_the_tests_thread_and_is_reported), report.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_tests_thread_schedules_is_not_reported()
    {
        Assert.True(_scheduler.IsOnTestThread);
        _scheduler.Schedule(() => _scheduler.Schedule(() => { }));
        _scheduler.Start();

        Assert.Empty(_scheduler.ForeignCompletions);
    }

    [Fact]
    public void The_thread_that_runs_the_clock_is_the_tests_thread()
    {
        OnForeignThread("runner", () =>
        {
            _scheduler.Start();
            Assert.True(_scheduler.IsOnTestThread);
        });

        Assert.False(_scheduler.IsOnTestThread);
    }

    [Fact]
    public void Threads_may_schedule_and_cancel_while_the_clock_runs()
    {
        const int Threads = 4, Each = 5_000;
        var ran = 0;
        var running = Threads;
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                _scheduler.ScheduleAbsolute(0, i, (_, _) => { ran++; return Disposable.Empty; });
                _scheduler.ScheduleAbsolute(0, long.MaxValue, (_, _) => throw new InvalidOperationException("cancelled work ran")).Dispose();
            }

            Interlocked.Decrement(ref running);
        })).ToList();

        threads.ForEach(t => t.Start());
        while (Volatile.Read(ref running) > 0) _scheduler.AdvanceByFrames(1);
        Assert.All(threads, t => Assert.True(t.Join(TimeSpan.FromSeconds(10))));
        _scheduler.Start();

        Assert.Equal(Threads * Each, ran);
        Assert.Equal(0, _scheduler.PendingWorkItems);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_task_completed_in_virtual_time_continues_at_once_on_the_tests_thread(bool captured)
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        _scheduler.Schedule(TimeSpan.FromMilliseconds(1), () => _ = Await());
        _scheduler.Schedule(TimeSpan.FromMilliseconds(2), () => { source.SetResult(); log.Add("set"); });

        UnderForeignContext(_scheduler.Start);

        Assert.Equal([$"2 {Environment.CurrentManagedThreadId}", "set"], log);

        async Task Await()
        {
            await source.Task.ConfigureAwait(captured);
            log.Add($"{_scheduler.Frame} {Environment.CurrentManagedThreadId}");
        }
    }

    [Fact]
    public void A_task_continues_at_once_also_when_the_test_runs_on_a_task_scheduler_of_its_own()
    {
        var source = new TaskCompletionSource();
        var continuedOn = -1;
        _ = Await();
        _scheduler.Schedule(source.SetResult);

        new Task(_scheduler.Start).RunSynchronously(new InlineTaskScheduler());

        Assert.Equal(Environment.CurrentManagedThreadId, continuedOn);

        async Task Await()
        {
            await source.Task.ConfigureAwait(false);
            continuedOn = Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public void An_exception_keeps_its_type_when_the_test_runs_on_a_task_scheduler_of_its_own()
    {
        _scheduler.Schedule(() => throw new InvalidTimeZoneException());
        var run = new Task(_scheduler.Start);

        run.RunSynchronously(new InlineTaskScheduler());

        Assert.IsType<InvalidTimeZoneException>(run.Exception!.InnerException);
    }

    [Fact]
    public void A_run_leaves_the_context_of_the_test_as_it_was()
    {
        UnderForeignContext(() =>
        {
            var context = SynchronizationContext.Current;
            _scheduler.Schedule(() => Assert.Null(SynchronizationContext.Current));
            _scheduler.Start();
            Assert.Same(context, SynchronizationContext.Current);
        });
    }

    [Fact]
    public void What_is_posted_to_the_context_is_work_due_now_under_that_context()
    {
        var log = new List<string>();
        _scheduler.Schedule(TimeSpan.FromMilliseconds(1), () =>
        {
            _scheduler.Context.Post(state => log.Add($"{state} {_scheduler.Frame} {SynchronizationContext.Current == _scheduler.Context}"), "posted");
            _scheduler.Context.Send(state => log.Add($"{state} {_scheduler.Frame} {SynchronizationContext.Current == _scheduler.Context}"), "sent");
            log.Add("after");
        });

        _scheduler.Start();

        Assert.Equal(["sent 1 True", "after", "posted 1 True"], log);
        OnForeignThread("sender", () => Assert.Throws<NotSupportedException>(() => _scheduler.Context.Send(_ => { }, null)));
    }

    private static void UnderForeignContext(Action action)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new ForeignContext());
        try { action(); }
        finally { SynchronizationContext.SetSynchronizationContext(outer); }
    }

    private static void OnForeignThread(string name, Action action)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try { action(); }
            catch (Exception e) { error = e; }
        })
        { Name = name };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
        Assert.Null(error);
    }

    // What a test framework installs: it would take continuations to other threads.
    private sealed class ForeignContext : SynchronizationContext;

    private sealed class InlineTaskScheduler : TaskScheduler
    {
        protected override IEnumerable<Task> GetScheduledTasks() => [];

        protected override void QueueTask(Task task) => throw new InvalidOperationException("Nothing may be queued here: continuations are to run inline.");

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);
    }
}
