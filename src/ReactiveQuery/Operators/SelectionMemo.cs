namespace ReactiveQuery;

/// <summary>
/// What the last selection that was asked in a step kept: by which function, by whose equality, and which result. Of a thousand observers who select the same by the same
/// function from the same two states, the first asks it, and the others keep what they have (W14 in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
internal readonly struct SelectionMemo(object? selector, object? comparer, object? result)
{
    public bool Holds(object? otherSelector, object? otherComparer, object? otherResult) =>
        selector is not null && ReferenceEquals(selector, otherSelector) && ReferenceEquals(comparer, otherComparer) && ReferenceEquals(result, otherResult);
}
