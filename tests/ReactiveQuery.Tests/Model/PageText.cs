using System.Globalization;

namespace ReactiveQuery.Tests.Model;

/// <summary>
/// Data as text. A page is <c>2.7&lt;&gt;</c>: cursor 2, brought by call 7, pages before and behind it; a list of them is <c>|1.4&gt;|2.7&lt;&gt;|</c>. What a
/// write adds is behind it: <c>2.7&lt;&gt;+12</c>.
/// </summary>
internal static class PageText
{
    public const int FirstCursor = 0;

    public static string Page(int cursor, int call, ServerList list) => string.Create(
        CultureInfo.InvariantCulture, $"{cursor}.{call}{(cursor > list.First ? "<" : "")}{(cursor < list.Last ? ">" : "")}");

    public static int Cursor(string page) => int.Parse(page.AsSpan(0, page.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    public static int? Next(string page) => page.Contains('>', StringComparison.Ordinal) ? Cursor(page) + 1 : null;

    public static int? Previous(string page) => page.Contains('<', StringComparison.Ordinal) ? Cursor(page) - 1 : null;

    public static List<string> Pages(string? list) => [.. (list ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries)];

    public static string List(IEnumerable<string> pages) => $"|{string.Concat(pages.Select(page => $"{page}|"))}";

    /// <summary>What a write or a patch makes of data: a mark behind it, or behind each of its pages.</summary>
    public static string Marked(TestKey key, string data, string mark) => key.IsPaged ? List(Pages(data).Select(page => page + mark)) : data + mark;

    public static InfiniteData<int, string> Parse(string list) =>
        Pages(list).Aggregate(InfiniteData<int, string>.Empty, (data, page) => data.Append(Cursor(page), page));
}

/// <summary>The list on the server, from its first page to its last.</summary>
internal readonly record struct ServerList(int First, int Last);
