namespace ReactiveQuery.Tests.Operators;

/// <summary>Actions on threads of their own, let go together.</summary>
internal static class Race
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs the actions and waits for all of them, for a bounded time; what one threw is thrown here.</summary>
    internal static void Run(params Action[] actions)
    {
        using var start = new Barrier(actions.Length);
        var errors = new Exception?[actions.Length];
        var threads = actions.Select((action, i) => new Thread(() =>
        {
            try
            {
                start.SignalAndWait(Patience);
                action();
            }
            catch (Exception error)
            {
                errors[i] = error;
            }
        })
        { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(Patience), "A thread did not end."));
        Assert.All(errors, Assert.Null);
    }
}
