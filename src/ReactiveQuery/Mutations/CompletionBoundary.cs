namespace ReactiveQuery;

/// <summary>Where what was awaited goes on.</summary>
internal static class CompletionBoundary
{
    /// <summary>Runs at the client's completion boundary: here, if there is none or this is it. A boundary that refuses work is reported, and the work is done here.</summary>
    public static void AtCompletionBoundary(this QueryClient client, Action action)
    {
        if (client.Options.CompletionBoundary is not { IsCurrent: false } boundary)
        {
            action();
            return;
        }

        try
        {
            boundary.Scheduler.ScheduleLong(action, TimeSpan.Zero, static posted => posted());
        }
        catch (Exception error)
        {
            client.Errors.Report(error, UnobservedErrorOrigin.Scheduler);
            action();
        }
    }
}
