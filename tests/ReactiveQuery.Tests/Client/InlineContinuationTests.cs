using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;

namespace ReactiveQuery.Tests.Client;

/// <summary>What follows the end of a task does so inline, whatever the contexts, in its turn or at a lower price, and otherwise as ContinueWith has it.</summary>
public sealed class InlineContinuationTests
{
    private static readonly AsyncLocal<string?> Flowing = new();

    public static TheoryData<bool, bool, bool> Contexts
    {
        get
        {
            var all = new TheoryData<bool, bool, bool>();
            for (var i = 0; i < 8; i++)
                all.Add((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Contexts))]
    public void It_runs_within_the_call_that_ends_the_task_whatever_the_contexts_there_and_here(bool isInTurn, bool isAskedUnderContext, bool isEndedUnderContext)
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        var (here, there) = (Context(isAskedUnderContext), Context(isEndedUnderContext));
        Under(here, () =>
        {
            Follow(source.Task, isInTurn, () => log.Add(ReferenceEquals(SynchronizationContext.Current, there) ? "in the context of the end" : "in another"));
            Assert.Same(here, SynchronizationContext.Current);
        });
        Under(there, () =>
        {
            source.SetResult();
            Assert.Same(there, SynchronizationContext.Current);
        });
        Assert.Equal(["in the context of the end"], log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_runs_whatever_the_end_of_the_task(bool isInTurn)
    {
        var source = new TaskCompletionSource<int>();
        var log = new List<bool>();
        Follow(source.Task, isInTurn, () => log.Add(source.Task.IsCanceled));
        source.SetCanceled(new CancellationToken(true));
        Assert.Equal([true], log);
    }

    [Fact]
    public void In_turn_several_follow_a_task_in_the_order_they_came_and_an_await_of_the_user_stays_inline()
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        Follow(source.Task, true, () => log.Add("first"));
        Await(source.Task, () => log.Add("await"));
        Follow(source.Task, true, () => log.Add("second"));
        Follow(source.Task, true, () => log.Add("third"));
        Under(null, source.SetResult);
        Assert.Equal(["first", "await", "second", "third"], log);
    }

    [Fact]
    public async Task Out_of_turn_all_run_within_the_call_and_an_await_of_the_user_goes_on_elsewhere()
    {
        var source = new TaskCompletionSource();
        var log = new List<string>();
        var awaited = new TaskCompletionSource<bool>();
        var isWithin = new ThreadLocal<bool>();
        Follow(source.Task, false, () => log.Add("first"));
        Await(source.Task, () => awaited.SetResult(isWithin.Value));
        Follow(source.Task, false, () => log.Add("second"));
        Follow(source.Task, false, () => log.Add("third"));
        isWithin.Value = true;
        Under(null, source.SetResult);
        isWithin.Value = false;
        Assert.Equal(["first", "second", "third"], log.Order());
        Assert.False(await awaited.Task);
    }

    /// <summary>Order is a matter of virtual time; a client without a completion boundary is one that a user drives with a scheduler of their own.</summary>
    [Fact]
    public void In_virtual_time_queries_that_are_given_one_task_land_in_the_order_they_asked_and_an_await_of_the_user_stays_inline()
    {
        var gate = new TaskCompletionSource<string>();
        var log = new List<string>();
        using var client = new QueryClient(new QueryClientOptions { Scheduler = new HistoricalScheduler() });
        var query = Query.Define("shared", (int _) => gate.Task);
        using var first = client.Observe(query, 1).Subscribe(state => Note(1, state));
        Await(gate.Task, () => log.Add("await"));
        using var second = client.Observe(query, 2).Subscribe(state => Note(2, state));
        using var third = client.Observe(query, 3).Subscribe(state => Note(3, state));
        Under(null, () => gate.SetResult("data"));
        Assert.Equal(["1 data", "await", "2 data", "3 data"], log);

        void Note(int number, QueryState<string> state)
        {
            if (state.TryGetData(out var data)) log.Add($"{number} {data}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_runs_in_the_execution_context_of_whoever_asked(bool isInTurn)
    {
        var source = new TaskCompletionSource();
        var log = new List<string?>();
        Flowing.Value = "asked";
        Follow(source.Task, isInTurn, () => log.Add(Flowing.Value));
        Flowing.Value = "ended";
        source.SetResult();
        Assert.Equal(["asked"], log);
        Assert.Equal("ended", Flowing.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_not_part_of_the_work_that_ends_the_task(bool isInTurn)
    {
        var source = new TaskCompletionSource();
        var log = new List<TaskScheduler>();
        Follow(source.Task, isInTurn, () => log.Add(TaskScheduler.Current));
        var work = new Task(source.SetResult);
        work.RunSynchronously(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
        Assert.Equal([TaskScheduler.Default], log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_that_runs_its_continuations_asynchronously_does_so(bool isInTurn)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ran = new TaskCompletionSource<(bool IsWithin, SynchronizationContext? Context)>();
        var isWithin = new ThreadLocal<bool>();
        Follow(source.Task, isInTurn, () => ran.SetResult((isWithin.Value, SynchronizationContext.Current)));
        isWithin.Value = true;
        source.SetResult();
        isWithin.Value = false;
        Assert.Equal((false, null), await ran.Task);
    }

    [Fact]
    public async Task What_follows_a_task_that_has_ended_when_it_is_asked_for_sees_no_context_of_ours()
    {
        var ran = new TaskCompletionSource<SynchronizationContext?>();
        Task.CompletedTask.ContinueInlineUnordered(() => ran.SetResult(SynchronizationContext.Current));
        Assert.Null(await ran.Task);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_chain_of_tasks_that_end_one_another_needs_no_stack_of_its_length(bool isInTurn)
    {
        var sources = Enumerable.Range(0, 200_000).Select(static _ => new TaskCompletionSource()).ToList();
        for (var i = 1; i < sources.Count; i++)
            Follow(sources[i - 1].Task, isInTurn, sources[i].SetResult);
        sources[0].SetResult();
        await sources[^1].Task;
        Assert.All(sources, static source => Assert.True(source.Task.IsCompletedSuccessfully));
    }

    [Theory]
    [InlineData(true, TaskCreationOptions.None)]
    [InlineData(true, TaskCreationOptions.RunContinuationsAsynchronously)]
    [InlineData(false, TaskCreationOptions.None)]
    [InlineData(false, TaskCreationOptions.RunContinuationsAsynchronously)]
    public async Task What_it_throws_reaches_neither_who_ended_the_task_nor_others_that_follow_and_is_reported_as_unobserved(bool isInTurn, TaskCreationOptions options)
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
            await Fail(failure, isInTurn, options);
            for (var i = 0; i < 1_000 && !reported.Task.IsCompleted; i++)
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
    private static async Task Fail(Exception failure, bool isInTurn, TaskCreationOptions options)
    {
        var source = new TaskCompletionSource(options);
        var (before, after) = (new TaskCompletionSource(), new TaskCompletionSource());
        Follow(source.Task, isInTurn, before.SetResult);
        Follow(source.Task, isInTurn, () => throw failure);
        Follow(source.Task, isInTurn, after.SetResult);
        source.SetResult();
        await before.Task;
        await after.Task;
    }

    private static void Follow(Task task, bool isInTurn, Action continuation)
    {
        if (isInTurn)
            task.ContinueInline(static (_, continuation) => ((Action)continuation!)(), continuation);
        else
            task.ContinueInlineUnordered(continuation);
    }

    /// <summary>As user code does that has no context.</summary>
    private static void Await(Task task, Action continuation) => Under(null, () => task.GetAwaiter().OnCompleted(continuation));

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
