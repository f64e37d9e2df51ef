using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Tasks;

/// <summary>A scope in virtual time that delivers its results in a queue.</summary>
public abstract class TaskTest : IDisposable
{
    protected static readonly InvalidOperationException Boom = new("boom");

    protected TaskTest()
    {
        Ui = new UiDispatchQueue(new() { Scheduler = Scheduler, OnUnobservedError = Unobserved.Add });
        Scope = NewScope();
    }

    private protected MarbleScheduler Scheduler { get; } = new();

    private protected UiDispatchQueue Ui { get; }

    private protected TaskScope Scope { get; }

    private protected List<UnobservedError> Unobserved { get; } = [];

    private protected List<string> Log { get; } = [];

    private protected TaskScope NewScope() => new(new() { Scheduler = Scheduler, Ui = Ui, OnUnobservedError = Unobserved.Add });

    public void Dispose()
    {
        Scope.Dispose();
        Ui.Dispose();
        Assert.Equal(0, Scheduler.PendingWorkItems);
        GC.SuppressFinalize(this);
    }

    protected static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Completes so many frames from now, or is cancelled; goes on inline either way.</summary>
    private protected Task Delay(int frames, CancellationToken token)
    {
        var reached = new TaskCompletionSource();
        var timer = System.Reactive.Concurrency.Scheduler.Schedule(Scheduler, Ms(frames), () => reached.TrySetResult());
        token.Register(() =>
        {
            timer.Dispose();
            reached.TrySetCanceled(token);
        });
        return reached.Task;
    }

    /// <summary>Work that notes when it begins, and how it ends so many frames later.</summary>
    private protected Task Busy(string name, int frames, CancellationToken token)
    {
        Log.Add($"{Scheduler.Frame} {name}");
        return Delay(frames, token).ContinueWith(
            ended =>
            {
                Log.Add($"{Scheduler.Frame} {name} {(ended.IsCanceled ? "cancelled" : "done")}");
                return ended;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default).Unwrap();
    }
}
