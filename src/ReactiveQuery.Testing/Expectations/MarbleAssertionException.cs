namespace ReactiveQuery.Testing;

/// <summary>An expectation that was not met. The message shows both diagrams and a table of the frames; every test framework reports it as a failure.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class MarbleAssertionException : Exception
{
    internal MarbleAssertionException(string message) : base(message)
    {
    }
}
