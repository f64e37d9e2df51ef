using System.Globalization;

namespace ReactiveQuery.Testing;

/// <summary>What a test says about the subscriptions to a source, or the calls of a fetcher. Made by <see cref="Marbles.Expect(SubscriptionLog)"/>.</summary>
/// <threadsafety>To be used on the test's thread.</threadsafety>
public sealed class SubscriptionExpectation
{
    private readonly SubscriptionLog _log;

    internal SubscriptionExpectation(SubscriptionLog log) => _log = log;

    /// <summary>Compares the subscriptions so far with the diagrams, one diagram each, in the order in which they began. Time is not run.</summary>
    /// <param name="marbles">Diagrams such as <c>-^--!</c>; none, or only diagrams without <c>^</c>: there was no subscription.</param>
    /// <exception cref="ArgumentNullException"><paramref name="marbles"/> or one of them is null.</exception>
    /// <exception cref="MarbleSyntaxException">A diagram cannot be read.</exception>
    /// <exception cref="MarbleAssertionException">The subscriptions were others. The message shows all of them and a table of the frames.</exception>
    public void ToBe(params string[] marbles)
    {
        ArgumentNullException.ThrowIfNull(marbles);
        var expected = marbles.Select(MarbleParser.ParseSubscription).OfType<SubscriptionFrames>().ToList();
        var actual = _log.ToList();
        if (!expected.SequenceEqual(actual)) throw new MarbleAssertionException(Explain(expected, actual));
    }

    private string Explain(List<SubscriptionFrames> expected, List<SubscriptionFrames> actual)
    {
        var report = new MismatchReport($"The subscriptions of {_log.Name} are not those of the diagrams: {expected.Count} expected, {actual.Count} seen.");
        report.Diagrams([.. Enumerable.Range(0, Math.Max(expected.Count, actual.Count)).SelectMany(i => new[]
        {
            (Label("expected", i), Line(expected, i)),
            (Label("actual", i), Line(actual, i))
        })]);
        report.Table(Rows(expected), Rows(actual));
        return report.ToString();
    }

    private static string Label(string side, int i) => string.Create(CultureInfo.InvariantCulture, $"{side} {i + 1}");

    private static DiagramLine Line(List<SubscriptionFrames> frames, int i) =>
        i < frames.Count ? DiagramLine.Of(frames[i]) : DiagramLine.Of([]);

    private static IEnumerable<(long, string)> Rows(List<SubscriptionFrames> frames) => frames.SelectMany((f, i) => f.Unsubscribed is { } end
        ? new[] { (f.Subscribed, $"^{i + 1}"), (end, $"!{i + 1}") }
        : [(f.Subscribed, $"^{i + 1}")]);
}
