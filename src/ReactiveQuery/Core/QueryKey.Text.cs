using System.Globalization;
using System.Text;

namespace ReactiveQuery;

public sealed partial class QueryKey
{
    /// <summary>The most characters that <see cref="ToString"/> returns.</summary>
    internal const int MaxDisplayLength = 256;

    /// <summary>
    /// Shows the key to people, as <c>("users", 42, 2026-01-01)</c>: text quoted, everything else in the invariant culture, cut
    /// with an ellipsis at 256 characters. Different keys may look alike (<c>1</c> and <c>1L</c> do); compare keys, not their text.
    /// </summary>
    /// <returns>The text, of at most 256 characters. It never throws, even if a segment's own <c>ToString</c> does.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        if (text.Length <= MaxDisplayLength)
        {
            return text.ToString();
        }

        var end = MaxDisplayLength - 1;
        if (char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        return text.ToString(0, end) + "…";
    }

    // Stops writing soon after the bound: the rest would be cut off.
    private void AppendTo(StringBuilder text)
    {
        text.Append('(');
        for (var i = 0; i < Count && text.Length <= MaxDisplayLength; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            AppendSegment(text, Segments[i]);
        }

        text.Append(')');
    }

    private static void AppendSegment(StringBuilder text, object? segment)
    {
        switch (segment)
        {
            case string value:
                AppendQuoted(text, value, '"');
                break;
            case char value:
                AppendQuoted(text, value.ToString(), '\'');
                break;
            case QueryKey key:
                key.AppendTo(text);
                break;
            default:
                text.Append(Cut(Plain(segment)));
                break;
        }
    }

    private static void AppendQuoted(StringBuilder text, string value, char quote)
    {
        text.Append(quote);
        foreach (var c in Cut(value))
        {
            if (char.IsControl(c))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            }
            else if (c == quote || c == '\\')
            {
                text.Append('\\').Append(c);
            }
            else
            {
                text.Append(c);
            }
        }

        text.Append(quote);
    }

    private static ReadOnlySpan<char> Cut(string value) => value.AsSpan(0, Math.Min(value.Length, MaxDisplayLength));

    private static string Plain(object? segment)
    {
        try
        {
            return segment switch
            {
                null => "null",
                bool value => value ? "true" : "false",
                DateTime value => value.ToString(value.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
                DateTimeOffset value => value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
                DateOnly value => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                TimeOnly value => value.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
                IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
                _ => segment.ToString() ?? "",
            };
        }
        catch (Exception)
        {
            // A key is shown while something else is being reported; that report matters more.
            return segment!.GetType().ToString();
        }
    }
}
