namespace ReactiveQuery.Testing;

/// <summary>One character of a diagram that means something: a value, <c>|</c>, <c>#</c>, <c>^</c> or <c>!</c>.</summary>
/// <param name="Frame">The frame it happens in, counted from the diagram's zero (<c>^</c> if there is one, else its start).</param>
/// <param name="Symbol">The character itself.</param>
/// <param name="Position">Its zero-based index in the text.</param>
public readonly record struct MarbleMark(long Frame, char Symbol, int Position);

/// <summary>A marble diagram as read by <see cref="MarbleParser"/>: its marks in the order of the text, and its length in frames.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class MarbleDiagram
{
    internal MarbleDiagram(string text, IReadOnlyList<MarbleMark> marks, long length)
    {
        Text = text;
        Marks = marks;
        Length = length;
    }

    /// <summary>The diagram as it was written.</summary>
    public string Text { get; }

    /// <summary>The values and the end, in order. <c>^</c> is not among them: it is where frame 0 lies, and marks before it have negative frames.</summary>
    public IReadOnlyList<MarbleMark> Marks { get; }

    /// <summary>The number of frames from frame 0 to the end of the text.</summary>
    public long Length { get; }
}

/// <summary>When something was subscribed to or called, and when that ended.</summary>
/// <param name="Subscribed">The frame of <c>^</c>.</param>
/// <param name="Unsubscribed">The frame of <c>!</c>; null while it lasts.</param>
public readonly record struct SubscriptionFrames(long Subscribed, long? Unsubscribed = null);
