namespace ReactiveQuery;

/// <summary>The folds that this thread is computing, the innermost last: a patch may read its own query, which must not compute the fold anew for ever.</summary>
internal static class FoldsUnderWay
{
    [ThreadStatic]
    private static Stack<object>? _folds;

    public static bool Contains(object fold)
    {
        foreach (var underWay in _folds ?? [])
            if (ReferenceEquals(underWay, fold))
                return true;
        return false;
    }

    public static Scope Begin(object fold)
    {
        (_folds ??= new()).Push(fold);
        return default;
    }

    public readonly ref struct Scope
    {
        public void Dispose() => _folds!.Pop();
    }
}
