namespace ReactiveQuery.Tests;

public class FaultedTaskTests
{
    [Fact]
    public void The_error_of_a_faulted_task_is_read_without_an_aggregate()
    {
        var error = new InvalidOperationException("rejected");
        var faulted = Task.FromException<int>(error);
        Assert.Same(error, FaultedTask.OnlyErrorOf(faulted)); // Null on a runtime that keeps it elsewhere; then the aggregate is asked, and this says so.
        Assert.Same(error, TaskRun<int>.ErrorOf(faulted));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            _ = TaskRun<int>.ErrorOf(faulted);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public async Task What_an_async_method_threw_keeps_its_stack()
    {
        var failed = Fail();
        await failed.ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Contains(nameof(Fail), TaskRun<int>.ErrorOf(failed).StackTrace, StringComparison.Ordinal);

        static async Task<int> Fail()
        {
            await Task.Yield();
            throw new InvalidOperationException("thrown");
        }
    }

    [Fact]
    public void Several_errors_come_together_and_an_aggregate_that_was_thrown_comes_as_it_is()
    {
        var several = new TaskCompletionSource<int>();
        several.SetException([new InvalidOperationException("a"), new InvalidOperationException("b")]);
        var together = Assert.IsType<AggregateException>(TaskRun<int>.ErrorOf(several.Task));
        Assert.Equal(["a", "b"], together.InnerExceptions.Select(static error => error.Message));

        var thrown = new AggregateException(new InvalidOperationException("inner"));
        Assert.Same(thrown, TaskRun<int>.ErrorOf(Task.FromException<int>(thrown)));
    }

    [Fact]
    public void An_error_that_was_read_is_not_an_unobserved_one()
    {
        var error = new InvalidOperationException("read");
        var unobserved = 0;
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved += e.Exception.InnerExceptions.Contains(error) ? 1 : 0;
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        try
        {
            Read(error);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(0, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= OnUnobserved;
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Read(Exception error) => Assert.Same(error, TaskRun<int>.ErrorOf(Task.FromException<int>(error)));
}
