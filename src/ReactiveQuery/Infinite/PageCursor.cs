namespace ReactiveQuery;

/// <summary>
/// What a cursor function answers: a cursor, of whatever type, or null for "no more pages". Cursors and nullable cursors turn into it by themselves, so that
/// <c>page => page.Next</c> is a cursor function for an <c>int?</c> as well as for a <c>string?</c>.
/// </summary>
/// <typeparam name="TCursor">The cursors.</typeparam>
/// <param name="Value">The cursor; null counts as "no more pages".</param>
/// <remarks>Immutable; safe from any thread.</remarks>
public readonly record struct PageCursor<TCursor>(TCursor? Value)
{
    /// <summary>A cursor as the answer of a cursor function.</summary>
    /// <param name="cursor">The cursor, or null for "no more pages".</param>
    public static implicit operator PageCursor<TCursor>(TCursor? cursor) => new(cursor);

    /// <summary>The same as the conversion, for cursors that are interfaces.</summary>
    /// <param name="cursor">The cursor, or null for "no more pages".</param>
    /// <returns>The cursor as the answer of a cursor function.</returns>
    public static PageCursor<TCursor> ToPageCursor(TCursor? cursor) => new(cursor);
}
