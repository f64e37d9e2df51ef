using System.Diagnostics;

namespace ReactiveQuery;

/// <summary>The way of stray exceptions to the client's hook; without a hook they go to the trace listeners.</summary>
internal sealed class UnobservedErrors(Action<UnobservedError>? hook)
{
    public void Report(Exception error, UnobservedErrorOrigin origin, QueryKey? key = null)
    {
        var unobserved = new UnobservedError(error, origin, key);
        if (hook is null)
        {
            Trace.TraceError($"ReactiveQuery: {origin} of {key?.ToString() ?? "the client"} threw {error}");
            return;
        }

        try
        {
            hook(unobserved);
        }
        catch (Exception thrown)
        {
            Trace.TraceError($"ReactiveQuery: the hook for unobserved errors threw {thrown} on {unobserved}");
        }
    }
}
