using System.Diagnostics;

namespace ReactiveQuery;

/// <summary>The way of stray exceptions to the client's hook; without a hook they go to the trace listeners.</summary>
internal sealed class UnobservedErrors(Action<UnobservedError>? hook)
{
    public void Report(Exception error, UnobservedErrorOrigin origin, QueryKey? key = null) => Forward(new UnobservedError(error, origin, key));

    /// <summary>A way for the exceptions of one origin, which holds nothing but this.</summary>
    public Action<Exception> To(UnobservedErrorOrigin origin) => error => Report(error, origin);

    /// <summary>The way of an error that was reported elsewhere.</summary>
    public void Forward(UnobservedError unobserved)
    {
        if (hook is null)
        {
            Trace.TraceError($"ReactiveQuery: {unobserved.Origin} of {unobserved.Key?.ToString() ?? "the client"} threw {unobserved.Exception}");
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
