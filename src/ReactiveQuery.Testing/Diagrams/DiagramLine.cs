namespace ReactiveQuery.Testing;

/// <summary>One line to print: the symbols of each frame in which something happens, and how far the line goes.</summary>
internal sealed record DiagramLine(IReadOnlyDictionary<long, string> Symbols, long Length)
{
    public static DiagramLine Of(SubscriptionFrames subscription)
    {
        var (from, to) = subscription;
        return Of(to is { } end ? [(from, '^'), (end, '!')] : [(from, '^')]);
    }

    public static DiagramLine Of(IEnumerable<(long Frame, char Symbol)> marks, long length = 0)
    {
        var symbols = marks.GroupBy(mark => mark.Frame, mark => mark.Symbol).ToDictionary(frame => frame.Key, frame => string.Concat(frame));
        return new DiagramLine(symbols, Math.Max(length, symbols.Keys.DefaultIfEmpty(-1).Max() + 1));
    }
}
