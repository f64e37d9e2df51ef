namespace ReactiveQuery.Testing;

/// <summary>Collects the violations of every subscription it watches (<see cref="ContractObservable.Checked{T}(IObservable{T}, ContractChecker)"/>), so that none is lost where a source swallows exceptions.</summary>
/// <threadsafety>Safe from any thread.</threadsafety>
public sealed class ContractChecker
{
    private readonly List<ContractViolation> _violations = [];

    /// <summary>The violations so far, in the order seen.</summary>
    public IReadOnlyList<ContractViolation> Violations
    {
        get { lock (_violations) return [.. _violations]; }
    }

    /// <summary>Throws if there was a violation.</summary>
    /// <exception cref="ContractViolationException">The contract was broken; the message lists how.</exception>
    public void Verify()
    {
        if (Violations is { Count: > 0 } violations) throw new ContractViolationException(violations);
    }

    internal void Report(ContractViolation violation)
    {
        lock (_violations) _violations.Add(violation);
    }
}
