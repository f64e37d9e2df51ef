namespace ReactiveQuery.Testing;

/// <summary>A marble diagram that cannot be read: the message shows the diagram with a caret under the offending character.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class MarbleSyntaxException : FormatException
{
    internal MarbleSyntaxException(string marbles, int position, string problem)
        : base($"{problem} (position {position})\n  {Visible(marbles)}\n  {new string(' ', position)}^")
    {
        Marbles = marbles;
        Position = position;
    }

    /// <summary>The diagram as it was given.</summary>
    public string Marbles { get; }

    /// <summary>The zero-based index in <see cref="Marbles"/> of the character that is wrong; the length of the diagram when something is missing at its end.</summary>
    public int Position { get; }

    // A tab or a line break would push the caret off its column.
    private static string Visible(string marbles) =>
        string.Concat(marbles.Select(c => char.IsWhiteSpace(c) ? ' ' : c));
}
