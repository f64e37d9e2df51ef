using System.Reactive;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>A promise about pages. A page is a letter, its cursor the number of its place; <c>z</c> is a page behind which nothing follows.</summary>
/// <remarks>
/// A state is the letters of its pages: <c>ab</c>. While a page is fetched there is a <c>+</c> at its end: <c>ab+</c>, <c>+ab</c>; a refetch is <c>ab*</c>.
/// </remarks>
public abstract class InfinitePromise : Promise
{
    /// <summary>A list that goes on before and behind page 0.</summary>
    protected static InfiniteQueryDefinition<Unit, int, string> Define(MarbleFetcher<int, string> fetch) =>
        Query.DefineInfinite("q", fetch.AsTask, 0, _ => null).WithCursors(
            (last, all) => last == "z" ? null : all.Cursors[^1] + 1,
            (first, all) => first == "z" ? null : all.Cursors[0] - 1);

    protected MarbleFetcher<int, string> Fetcher(params string[] scripts) => m.Fetcher<int, string>(scripts).WithError(Failure);

    /// <summary>The cursors that the fetcher was called with, in order.</summary>
    protected static IEnumerable<int> Asked(MarbleFetcher<int, string> fetch) => fetch.History.Select(call => call.Params);
}

internal static class PageLetters
{
    public static IObservable<string> Pages(this IObservable<QueryState<InfiniteData<int, string>>> states) => states.Select(Text);

    private static string Text(QueryState<InfiniteData<int, string>> state)
    {
        var text = state.Select(data => string.Concat(data.Pages)).Text();
        return state.IsFetchingNextPage ? text.Replace('*', '+')
            : state.IsFetchingPreviousPage ? "+" + text.Replace("*", "", StringComparison.Ordinal)
            : text;
    }
}
