using System.Globalization;
using System.Text;

namespace ReactiveQuery.Testing;

/// <summary>The text of a failed expectation: the diagrams one above the other, a table of the frames with the differing ones starred, and notes.</summary>
internal sealed class MismatchReport(string title)
{
    private readonly StringBuilder _text = new StringBuilder(title).Append('\n');

    public void Diagrams(params (string Label, DiagramLine Line)[] lines)
    {
        var printed = DiagramPrinter.Print([.. lines.Select(line => line.Line)]);
        var width = lines.Max(line => line.Label.Length) + 1;
        _text.Append('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            _text.Append($"  {(lines[i].Label + ":").PadRight(width)} {printed[i]}".TrimEnd()).Append('\n');
        }
    }

    public void Table(IEnumerable<(long Frame, string Text)> expected, IEnumerable<(long Frame, string Text)> actual)
    {
        var left = Cells(expected);
        var right = Cells(actual);
        var rows = left.Keys.Union(right.Keys).Order().Select(frame => (
            Frame: frame.ToString(CultureInfo.InvariantCulture),
            Expected: left.GetValueOrDefault(frame, ""),
            Actual: right.GetValueOrDefault(frame, ""))).ToList();
        if (rows.Count == 0) return;

        var frames = Math.Max("frame".Length, rows.Max(row => row.Frame.Length));
        var expecteds = Math.Max("expected".Length, rows.Max(row => row.Expected.Length));
        _text.Append('\n');
        Row(' ', "frame".PadLeft(frames), "expected".PadRight(expecteds), "actual");
        foreach (var row in rows)
        {
            Row(row.Expected == row.Actual ? ' ' : '*', row.Frame.PadLeft(frames), row.Expected.PadRight(expecteds), row.Actual);
        }
    }

    public void Notes(IEnumerable<string> notes)
    {
        var first = true;
        foreach (var note in notes)
        {
            if (first) _text.Append('\n');
            _text.Append("  ").Append(note).Append('\n');
            first = false;
        }
    }

    public override string ToString() => _text.ToString().TrimEnd('\n');

    private void Row(char mark, string frame, string expected, string actual) =>
        _text.Append($"{mark} {frame} | {expected} | {actual}".TrimEnd()).Append('\n');

    private static Dictionary<long, string> Cells(IEnumerable<(long Frame, string Text)> events) =>
        events.GroupBy(e => e.Frame, e => e.Text).ToDictionary(frame => frame.Key, frame => string.Join(' ', frame));
}
