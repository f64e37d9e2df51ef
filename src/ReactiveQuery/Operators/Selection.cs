namespace ReactiveQuery;

/// <summary>What one observer selects from the data of a query: from each state the next, and the same one again while nothing of it has changed.</summary>
/// <remarks>
/// Most selections are unchanged by most states, and there may be a thousand of them: those make no state, write nothing, and look at no state but the two, which are
/// the same for all who select from a query (W14 in <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal struct Selection<T, TResult>(Func<T, TResult> selector, IEqualityComparer<TResult> comparer)
{
    private Func<T, TResult>? _selector = selector;
    private IEqualityComparer<TResult>? _comparer = comparer;
    private bool _hasResult;
    private TResult? _result;
    private Exception? _error;
    private QueryState<TResult>? _last;

    /// <summary>What is shown for a state. User code that throws becomes part of it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="before">The state before it, for which this was called as well; null for none.</param>
    /// <param name="memo">Becomes what this selection kept, if it kept its result.</param>
    /// <returns>Null if it would be equal to the last that was returned.</returns>
    public QueryState<TResult>? Next(QueryState<T> state, QueryState<T>? before, ref SelectionMemo memo)
    {
        var hadError = _error is not null;
        var isSameResult = KeepsResult(before, state);
        if (isSameResult && !hadError && !typeof(TResult).IsValueType && before!.IsSameBut(state))
        {
            memo = new(_selector, _comparer, _result);
            return null;
        }

        var next = _error is not null ? Failed(state, _error) : state.WithData(_result);
        if (_selector is null || StateSink<T, TResult>.IsRepeated(next, _last)) return null; // It may have been let go of in the meantime.
        return _last = next;
    }

    /// <summary>Whether another selection that does the same kept the same result in this very step, so that <see cref="Next"/> would return null.</summary>
    public readonly bool IsKeptBy(in SelectionMemo memo) =>
        !typeof(TResult).IsValueType && _error is null && memo.Holds(_selector, _comparer, _result);

    /// <summary>Selector, comparer and error may know a view-model, and the subscription may be held for longer than it.</summary>
    public void LetGo() => this = default;

    private bool KeepsResult(QueryState<T>? before, QueryState<T> state)
    {
        if (!state.HasData)
        {
            (_result, _hasResult) = (default, false);
            _error = null;
            return false;
        }

        return (!typeof(T).IsValueType && before is { HasData: true } && ReferenceEquals(before.Data, state.Data)) || KeepsResultOf(before, state.Data!);
    }

    /// <summary>All that runs user code.</summary>
    private bool KeepsResultOf(QueryState<T>? before, T data)
    {
        if (_selector is not { } select || _comparer is not { } comparer) return false;
        try
        {
            if (typeof(T).IsValueType && before is { HasData: true } && QueryState<T>.IsSameData(before.Data, data)) return true;
            TResult result = select(data);
            var isSame = _hasResult && (IsSame(_result, result) || comparer.Equals(_result!, result));
            if (_selector is null) return false; // Let go of within the call.
            if (!isSame) (_result, _hasResult) = (result, true);
            if (_error is not null) _error = null;
            return isSame;
        }
        catch (Exception error)
        {
            if (_selector is not null) _error = error;
            return false;
        }
    }

    /// <summary>One object is equal to itself, whatever the comparer; asking it is a fifth of W14.</summary>
    private static bool IsSame(TResult? left, TResult right) => !typeof(TResult).IsValueType && ReferenceEquals(left, right);

    private static QueryState<TResult> Failed(QueryState<T> state, Exception error) => state.WithData<TResult>(default) with
    {
        Status = QueryStatus.Error,
        Error = error,
        HasData = false,
        DataUpdatedAt = null,
        IsStale = false,
        IsPlaceholder = false,
        IsOptimistic = false,
    };
}
