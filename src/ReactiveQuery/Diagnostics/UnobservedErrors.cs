using System.Diagnostics;

namespace ReactiveQuery;

/// <summary>The way of stray exceptions to the client's hook; without a hook they go to the trace listeners.</summary>
internal sealed class UnobservedErrors(Action<UnobservedError>? hook)
{
    public void Report(Exception error, UnobservedErrorOrigin origin, QueryKey? key = null) => Report(new UnobservedError(error, origin, key));

    public void ReportMutation(Exception error, UnobservedErrorOrigin origin, string mutation) =>
        Report(new UnobservedError(error, origin, null) { Mutation = mutation });

    /// <summary>A way for the exceptions of one origin, which holds nothing but this.</summary>
    public Action<Exception> To(UnobservedErrorOrigin origin) => error => Report(error, origin);

    /// <summary>The way of an error that was described elsewhere.</summary>
    public void Report(UnobservedError unobserved)
    {
        if (hook is null)
        {
            var where = unobserved.Key?.ToString() ?? unobserved.Mutation ?? "the client";
            Trace.TraceError($"ReactiveQuery: {unobserved.Origin} of {where} threw {unobserved.Exception}");
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
