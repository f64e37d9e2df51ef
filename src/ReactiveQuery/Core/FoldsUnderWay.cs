namespace ReactiveQuery;

/// <summary>The folds that this thread is computing, the innermost last: a patch may read its own query, which must not compute the fold anew for ever.</summary>
internal static class FoldsUnderWay
{
    [ThreadStatic]
    private static object? _outermost;

    [ThreadStatic]
    private static Stack<object>? _within; // Only where a patch looks at another patched query, which few do (W9 in benchmarks/WORKLOADS.md).

    public static bool Contains(object fold)
    {
        if (_outermost is null) return false;
        if (ReferenceEquals(_outermost, fold)) return true;
        foreach (var underWay in _within ?? [])
            if (ReferenceEquals(underWay, fold))
                return true;
        return false;
    }

    public static Scope Begin(object fold)
    {
        if (_outermost is null)
            _outermost = fold;
        else
            (_within ??= new()).Push(fold);
        return default;
    }

    public readonly ref struct Scope
    {
        public void Dispose()
        {
            if (_within is not { Count: > 0 } within)
                _outermost = null;
            else
                within.Pop();
        }
    }
}
