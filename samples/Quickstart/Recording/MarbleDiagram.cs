namespace Quickstart.Recording;

/// <summary>
/// Draws marks as marbles: time goes from left to right, one slot is one span of time on every line. A slot in which a line has several marks is as
/// wide as they need, on every line, so that what is in one column happened in one slot.
/// </summary>
internal sealed class MarbleDiagram
{
    private const int PageWidth = 98;
    private const int SlotsAfterTheEnd = 3;
    private const int SlotsPerTick = 10;
    private const int LabelLength = 4;
    private const string Closing = ")x!";
    private static readonly int[] SlotLengths = [20, 25, 40, 50, 100, 200, 500, 1000, 2000];

    private readonly IReadOnlyList<Mark> _marks;
    private readonly int _slotLength;
    private readonly int[] _starts;

    private MarbleDiagram(IReadOnlyList<Mark> marks, int slotLength)
    {
        _marks = marks;
        _slotLength = slotLength;
        _starts = [0, .. Widths().Aggregate(new List<int>(), (ends, width) => [.. ends, ends.LastOrDefault() + width])];
    }

    private int SlotCount => _marks.Max(SlotOf) + SlotsAfterTheEnd;

    private int LabelWidth => _marks.Max(mark => mark.Line.Length) + 2;

    private int Width => LabelWidth + _starts[^1];

    /// <summary>The lines to print, in the finest scale that fits on the page.</summary>
    public static IEnumerable<string> Draw(IReadOnlyList<Mark> marks)
    {
        if (marks.Count == 0) return [];
        var diagrams = SlotLengths.Select(length => new MarbleDiagram(marks, length));
        return (diagrams.FirstOrDefault(diagram => diagram.Width <= PageWidth) ?? new MarbleDiagram(marks, SlotLengths[^1])).Draw();
    }

    private IEnumerable<string> Draw() =>
    [
        Ruler(),
        .. _marks.GroupBy(mark => (mark.Lane, mark.Line)).OrderBy(line => line.Key.Lane).Select(Line),
        "",
        .. Legend(),
    ];

    private string Ruler()
    {
        var ruler = "ms";
        for (var slot = 0; slot <= SlotCount - LabelLength; slot += SlotsPerTick)
            ruler = ruler.PadRight(LabelWidth + _starts[slot]) + $"{slot * _slotLength}";
        return ruler;
    }

    private string Line(IGrouping<(Lane Lane, string Line), Mark> line)
    {
        var marks = line.ToLookup(SlotOf, mark => mark.Letter);
        var text = line.Key.Line.PadRight(LabelWidth);
        var rest = ' ';
        for (var slot = 0; slot < SlotCount; slot++)
        {
            foreach (var letter in marks[slot])
            {
                text += letter;
                rest = Closing.Contains(letter) ? ' ' : '-';
            }

            text = text.PadRight(LabelWidth + _starts[slot + 1], rest);
        }

        return text.TrimEnd();
    }

    private List<string> Legend()
    {
        var meanings = _marks
            .Where(mark => mark.Meaning is not null)
            .GroupBy(mark => mark.Meaning!, (meaning, marks) => $"{string.Join(' ', marks.Select(mark => mark.Letter).Distinct())} {meaning}");
        return Wrap([.. meanings, $"one column: {_slotLength} ms"]);
    }

    private static List<string> Wrap(IEnumerable<string> items)
    {
        List<string> lines = [];
        foreach (var item in items)
        {
            if (lines.Count > 0 && lines[^1].Length + 3 + item.Length <= PageWidth)
                lines[^1] += $"   {item}";
            else
                lines.Add(item);
        }

        return lines;
    }

    private IEnumerable<int> Widths() =>
        Enumerable.Range(0, SlotCount).Select(slot => _marks
            .Where(mark => SlotOf(mark) == slot)
            .CountBy(mark => mark.Line)
            .Select(line => line.Value)
            .DefaultIfEmpty(1)
            .Max());

    private int SlotOf(Mark mark) => (int)(mark.At.TotalMilliseconds / _slotLength);
}
