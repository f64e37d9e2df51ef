namespace ReactiveQuery.Testing;

/// <summary>The ways to break the observer contract.</summary>
public enum ContractRule
{
    /// <summary>A call came while another one was still running on another thread.</summary>
    Overlapping,

    /// <summary>A call came from inside a call that was still running, on the same thread.</summary>
    Reentrant,

    /// <summary>A call came after <c>OnCompleted</c> or <c>OnError</c>.</summary>
    AfterEnd,

    /// <summary>A call came after the subscription was disposed.</summary>
    AfterDispose
}

/// <summary>One call that broke the observer contract.</summary>
/// <param name="Rule">The rule that it broke.</param>
/// <param name="Call">The call, with its value: <c>OnNext(a)</c>, <c>OnError(…)</c>, <c>OnCompleted()</c>.</param>
/// <param name="ThreadId">The managed id of the thread that made the call.</param>
public sealed record ContractViolation(ContractRule Rule, string Call, int ThreadId)
{
    /// <summary>The violation in one line.</summary>
    public override string ToString() => Rule switch
    {
        ContractRule.Overlapping => $"{Call} on thread {ThreadId} while another call was running on another thread",
        ContractRule.Reentrant => $"{Call} on thread {ThreadId} from inside another call",
        ContractRule.AfterEnd => $"{Call} on thread {ThreadId} after the end",
        _ => $"{Call} on thread {ThreadId} after the subscription was disposed"
    };
}

/// <summary>An observable broke the observer contract.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class ContractViolationException : Exception
{
    internal ContractViolationException(IReadOnlyList<ContractViolation> violations)
        : base($"The observer contract was broken {violations.Count} time(s):\n{string.Join('\n', violations.Select(v => $"  {v}"))}") => Violations = violations;

    /// <summary>Every violation, in the order seen.</summary>
    public IReadOnlyList<ContractViolation> Violations { get; }
}
