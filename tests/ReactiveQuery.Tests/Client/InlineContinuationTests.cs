using System.Runtime.CompilerServices;

namespace ReactiveQuery.Tests;

/// <summary>What follows the end of a task does so inline, whatever the contexts, and otherwise as ContinueWith has it.</summary>
public sealed class InlineContinuationTests
{
    private static readonly AsyncLocal<string?> Flowing = new();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void It_runs_within_the_call_that_ends_the_task_whatever_the_contexts_there_and_here(bool isAskedUnderContext, bool isEndedUnderContext)
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        var (here, there) = (Context(isAskedUnderContext), Context(isEndedUnderContext));
        Under(here, () =>
        {
            source.Task.ContinueInline(() => log.Add(ReferenceEquals(SynchronizationContext.Current, there) ? "in the context of the end" : "in another"));
            Assert.Same(here, SynchronizationContext.Current);
        });
        Under(there, () =>
        {
            source.SetResult();
            Assert.Same(there, SynchronizationContext.Current);
        });
        Assert.Equal(["in the context of the end"], log);
    }

    [Fact]
    public void It_is_given_the_task_whatever_its_end()
    {
        var source = new TaskCompletionSource<int>();
        var log = new List<Task>();
        source.Task.ContinueInline<Task<int>>(log.Add);
        source.SetCanceled(new CancellationToken(true));
        Assert.Equal([source.Task], log);
    }

    [Fact]
    public void It_runs_in_the_execution_context_of_whoever_asked()
    {
        var source = new TaskCompletionSource();
        var log = new List<string?>();
        Flowing.Value = "asked";
        source.Task.ContinueInline(() => log.Add(Flowing.Value));
        Flowing.Value = "ended";
        source.SetResult();
        Assert.Equal(["asked"], log);
        Assert.Equal("ended", Flowing.Value);
    }

    [Fact]
    public void It_is_not_part_of_the_work_that_ends_the_task()
    {
        var source = new TaskCompletionSource();
        var log = new List<TaskScheduler>();
        source.Task.ContinueInline(() => log.Add(TaskScheduler.Current));
        var work = new Task(source.SetResult);
        work.RunSynchronously(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
        Assert.Equal([TaskScheduler.Default], log);
    }

    [Fact]
    public async Task A_task_that_runs_its_continuations_asynchronously_does_so()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ran = new TaskCompletionSource<(bool IsWithin, SynchronizationContext? Context)>();
        var isWithin = new ThreadLocal<bool>();
        source.Task.ContinueInline(() => ran.SetResult((isWithin.Value, SynchronizationContext.Current)));
        isWithin.Value = true;
        source.SetResult();
        isWithin.Value = false;
        Assert.Equal((false, null), await ran.Task);
    }

    [Fact]
    public async Task What_follows_a_task_that_has_ended_when_it_is_asked_for_sees_no_context_of_ours()
    {
        var ran = new TaskCompletionSource<SynchronizationContext?>();
        Task.CompletedTask.ContinueInline(() => ran.SetResult(SynchronizationContext.Current));
        Assert.Null(await ran.Task);
    }

    [Fact]
    public async Task A_chain_of_tasks_that_end_one_another_needs_no_stack_of_its_length()
    {
        var sources = Enumerable.Range(0, 200_000).Select(static _ => new TaskCompletionSource()).ToList();
        for (var i = 1; i < sources.Count; i++)
            sources[i - 1].Task.ContinueInline(sources[i].SetResult);
        sources[0].SetResult();
        await sources[^1].Task;
        Assert.All(sources, static source => Assert.True(source.Task.IsCompletedSuccessfully));
    }

    [Theory]
    [InlineData(TaskCreationOptions.None)]
    [InlineData(TaskCreationOptions.RunContinuationsAsynchronously)]
    public async Task What_it_throws_reaches_neither_who_ended_the_task_nor_others_that_follow_and_is_reported_as_unobserved(TaskCreationOptions options)
    {
        var failure = new InvalidOperationException("of a continuation");
        var reported = new TaskCompletionSource();
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.InnerExceptions.Contains(failure))
                reported.TrySetResult();
        }

        TaskScheduler.UnobservedTaskException += OnUnobserved;
        try
        {
            await Fail(failure, options);
            while (!reported.Task.IsCompleted)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Yield();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= OnUnobserved;
        }

        Assert.True(reported.Task.IsCompletedSuccessfully);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task Fail(Exception failure, TaskCreationOptions options)
    {
        var source = new TaskCompletionSource(options);
        var others = new TaskCompletionSource();
        source.Task.ContinueInline(() => throw failure);
        source.Task.ContinueInline(others.SetResult);
        source.SetResult();
        return others.Task;
    }

    private static NeverRuns? Context(bool isWanted) => isWanted ? new NeverRuns() : null;

    private static void Under(SynchronizationContext? context, Action action)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try { action(); }
        finally { SynchronizationContext.SetSynchronizationContext(before); }
    }

    private sealed class NeverRuns : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
