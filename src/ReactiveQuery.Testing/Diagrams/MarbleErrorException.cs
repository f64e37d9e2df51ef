namespace ReactiveQuery.Testing;

/// <summary>The error that <c>#</c> in a diagram stands for when the test names no other.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class MarbleErrorException : Exception
{
    /// <summary>The error of <c>#</c>.</summary>
    public MarbleErrorException() : base("#")
    {
    }
}
