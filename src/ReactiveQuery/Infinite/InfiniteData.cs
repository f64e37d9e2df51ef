namespace ReactiveQuery;

/// <summary>The pages of an infinite query, in the order of the list, each with the cursor it was fetched with.</summary>
/// <typeparam name="TCursor">What the server takes to know which page is meant: a number, an offset, an opaque text.</typeparam>
/// <typeparam name="TPage">What one call of the fetcher brings.</typeparam>
/// <remarks>
/// <para>Immutable; safe from any thread. Adding a page shares the pages that are there: it costs O(1) amortised and copies none.</para>
/// <para>Two are equal when their cursors and pages are, in order, by their default equality; so a refetch that brings equal pages brings no new data.</para>
/// </remarks>
public sealed partial class InfiniteData<TCursor, TPage> : IEquatable<InfiniteData<TCursor, TPage>>
{
    private readonly SharedRun<Entry> _entries;

    private InfiniteData(SharedRun<Entry> entries) => _entries = entries;

    /// <summary>A list without pages; the next page of it is the first one.</summary>
    public static InfiniteData<TCursor, TPage> Empty { get; } = new(default);

    /// <summary>How many pages there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The pages; a view that copies nothing.</summary>
    public IReadOnlyList<TPage> Pages => field ??= new ListView<TPage>(Count, index => _entries[index].Page);

    /// <summary>The cursor each page was fetched with, in the order of <see cref="Pages"/>; a view that copies nothing.</summary>
    public IReadOnlyList<TCursor> Cursors => field ??= new ListView<TCursor>(Count, index => _entries[index].Cursor);

    /// <summary>The list with one more page behind the last.</summary>
    /// <param name="cursor">The cursor that the page was fetched with.</param>
    /// <param name="page">The page; null is a page.</param>
    /// <returns>A new list; this one stays as it is.</returns>
    public InfiniteData<TCursor, TPage> Append(TCursor cursor, TPage page) => new(_entries.Append(new(cursor, page)));

    /// <summary>The list with one more page before the first.</summary>
    /// <inheritdoc cref="Append"/>
    public InfiniteData<TCursor, TPage> Prepend(TCursor cursor, TPage page) => new(_entries.Prepend(new(cursor, page)));

    /// <summary>The list with another page in one place, under the same cursor.</summary>
    /// <param name="index">Which place, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="page">The page from now on.</param>
    /// <returns>A new list that shares all other pages; this one, if <paramref name="page"/> is the page that is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    public InfiniteData<TCursor, TPage> WithPage(int index, TPage page)
    {
        if (index < 0 || index >= Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"{nameof(index)} must be from 0 to {Count - 1}.");
        return IsSame(_entries[index].Page, page) ? this : new(Changed(index, page));
    }

    /// <summary>Whether both hold equal pages under equal cursors, in the same order.</summary>
    /// <param name="other">The list to compare with, or null.</param>
    /// <returns>True for equal lists. Costs the pages that are not the same instance.</returns>
    public bool Equals(InfiniteData<TCursor, TPage>? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other.Count != Count) return false;
        if (_entries.BeginsLike(other._entries)) return true;
        for (var i = 0; i < Count; i++)
            if (!_entries[i].Equals(other._entries[i]))
                return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InfiniteData<TCursor, TPage>);

    /// <inheritdoc/>
    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, _entries[0], _entries[Count - 1]);

    /// <summary>A short text for logs and failed tests: the pages between bars.</summary>
    /// <returns>Such as <c>|a|b|</c>.</returns>
    public override string ToString() => $"|{string.Concat(Pages.Select(page => $"{page}|"))}";

    /// <summary>One page alone, as a fetch brings it; it is not made to be appended to.</summary>
    internal static InfiniteData<TCursor, TPage> Of(TCursor cursor, TPage page) => new(SharedRun<Entry>.Of([new(cursor, page)]));

    /// <summary>As in <see cref="Pages"/>, but without the list, which nobody may ever ask for (W10 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    internal TPage PageAt(int index) => _entries[index].Page;

    /// <summary>As in <see cref="Cursors"/>, but without the list.</summary>
    internal TCursor CursorAt(int index) => _entries[index].Cursor;

    internal InfiniteData<TCursor, TPage> Last(int count) => count >= Count ? this : new(_entries.Last(count));

    internal InfiniteData<TCursor, TPage> First(int count) => count >= Count ? this : new(_entries.First(count));

    private static bool IsSame(TPage left, TPage right) =>
        typeof(TPage).IsValueType ? EqualityComparer<TPage>.Default.Equals(left, right) : ReferenceEquals(left, right);

    private SharedRun<Entry> Changed(int index, TPage page)
    {
        var entries = _entries.ToArray();
        entries[index] = entries[index] with { Page = page };
        return SharedRun<Entry>.Of(entries);
    }

    private readonly record struct Entry(TCursor Cursor, TPage Page);
}
