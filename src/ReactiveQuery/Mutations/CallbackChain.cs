namespace ReactiveQuery;

/// <summary>
/// Callbacks one after the other, each awaited before the next. Not an async method: what is awaited continues inline on the thread that ended it, whatever its
/// <see cref="SynchronizationContext"/>, or at the client's completion boundary, which keeps virtual time deterministic.
/// </summary>
/// <param name="client">Whose boundary the chain continues at.</param>
/// <param name="steps">The callbacks.</param>
/// <param name="goesOn">Told what a callback threw; false ends the chain.</param>
/// <param name="isOver">Asked before each step; true ends the chain without a word.</param>
/// <param name="done">Called after the last step.</param>
internal sealed class CallbackChain(QueryClient client, IReadOnlyList<Func<Task?>> steps, Func<Exception, bool> goesOn, Func<bool> isOver, Action done)
{
    private int _next;

    public void Run()
    {
        while (_next < steps.Count && !isOver())
        {
            var task = Call(steps[_next++], out var goOn);
            if (task is { IsCompleted: false })
            {
                task.ContinueInline(static (ended, chain) => ((CallbackChain)chain!).Resume(ended), this);
                return;
            }

            if (!goOn || (task is not null && !GoesOnAfter(task))) return;
        }

        if (!isOver())
            done();
    }

    private Task? Call(Func<Task?> step, out bool goOn)
    {
        goOn = true;
        try
        {
            return step();
        }
        catch (Exception error)
        {
            goOn = goesOn(error);
            return null;
        }
    }

    private void Resume(Task ended) => client.AtCompletionBoundary(() =>
    {
        if (GoesOnAfter(ended))
            Run();
    });

    private bool GoesOnAfter(Task ended) => ended.IsCompletedSuccessfully || goesOn(TaskRun<int>.ErrorOf(ended));
}
