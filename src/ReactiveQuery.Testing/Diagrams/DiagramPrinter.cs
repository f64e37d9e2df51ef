using System.Globalization;
using System.Text;

namespace ReactiveQuery.Testing;

/// <summary>
/// Prints diagrams one above the other, as they could be written: what happens in one frame stands in one column, and a silence of all lines
/// longer than <see cref="LongSilence"/> is a time.
/// </summary>
internal static class DiagramPrinter
{
    public const long LongSilence = 20;

    public static IReadOnlyList<string> Print(IReadOnlyList<DiagramLine> lines)
    {
        var cells = lines.Select(Cells).ToArray();
        var length = lines.Select(line => line.Length).Concat(cells.SelectMany(line => line.Keys, (_, frame) => frame + 1)).DefaultIfEmpty(0).Max();
        var output = lines.Select(_ => new StringBuilder()).ToArray();
        for (long frame = 0; frame < length;)
        {
            var silence = Silence(cells, frame, length);
            if (silence > LongSilence)
            {
                Time(lines, output, frame, $" {Duration(silence)} ");
                frame += silence;
                continue;
            }

            Column(lines, cells, output, frame++);
        }

        return [.. output.Select(text => text.ToString().TrimEnd())];
    }

    private static void Column(IReadOnlyList<DiagramLine> lines, Dictionary<long, string>[] cells, StringBuilder[] output, long frame)
    {
        var column = cells.Select((line, i) => line.GetValueOrDefault(frame) ?? (frame < lines[i].Length ? "-" : " ")).ToArray();
        var width = Math.Max(1, column.Max(cell => cell.Length));
        for (var i = 0; i < column.Length; i++) output[i].Append(column[i].PadRight(width));
    }

    private static void Time(IReadOnlyList<DiagramLine> lines, StringBuilder[] output, long frame, string time)
    {
        for (var i = 0; i < output.Length; i++) output[i].Append(frame < lines[i].Length ? time : new string(' ', time.Length));
    }

    /// <summary>
    /// The text of each frame that is not silent. A group in parentheses takes the columns of the silent frames behind it, as it does when parsed;
    /// where something happens in one of those, brackets keep it in one frame.
    /// </summary>
    private static Dictionary<long, string> Cells(DiagramLine line)
    {
        var cells = new Dictionary<long, string>();
        foreach (var (frame, symbols) in line.Symbols)
        {
            if (symbols.Length == 1)
            {
                cells[frame] = symbols;
                continue;
            }

            var covered = Enumerable.Range(1, symbols.Length + 1).Select(i => frame + i).ToArray();
            var fits = !covered.Any(line.Symbols.ContainsKey);
            var group = fits ? $"({symbols})" : $"[{symbols}]";
            cells[frame] = fits ? group[..1] : group;
            for (var i = 0; fits && i < covered.Length; i++) cells[covered[i]] = group.Substring(i + 1, 1);
        }

        return cells;
    }

    private static long Silence(Dictionary<long, string>[] cells, long from, long length)
    {
        var next = cells.SelectMany(line => line.Keys).Where(frame => frame >= from).DefaultIfEmpty(length).Min();
        return Math.Min(next, length) - from;
    }

    private static string Duration(long milliseconds) => milliseconds switch
    {
        _ when milliseconds % 60_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000}m"),
        _ when milliseconds % 1_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms")
    };
}
