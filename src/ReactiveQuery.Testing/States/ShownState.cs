namespace ReactiveQuery.Testing;

/// <summary>
/// States that show the same. Unlike the states' own equality, which asks for the same references, data is compared by value and errors by type
/// and message: a test writes both anew.
/// </summary>
internal sealed class ShownState<T>(IEqualityComparer<T>? dataComparer) : IEqualityComparer<QueryState<T>>
{
    public bool Equals(QueryState<T>? x, QueryState<T>? y) =>
        ReferenceEquals(x, y)
        || (x is not null && y is not null
            && Marks(x) == Marks(y)
            && (!x.HasData || MarbleValues.AreEqual(x.Data!, y.Data!, dataComparer))
            && MarbleValues.AreSameError(x.Error, y.Error)
            && MarbleValues.AreSameError(x.FailureReason, y.FailureReason));

    public int GetHashCode(QueryState<T> obj) => Marks(obj).GetHashCode();

    private static (QueryStatus, FetchStatus, bool, int, bool, bool, bool) Marks(QueryState<T> state) =>
        (state.Status, state.FetchStatus, state.HasData, state.FailureCount, state.IsStale, state.IsPlaceholder, state.IsOptimistic);
}
