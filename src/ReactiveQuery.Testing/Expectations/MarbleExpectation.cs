using System.Reactive;
using System.Runtime.CompilerServices;

namespace ReactiveQuery.Testing;

/// <summary>What a test says about an observable. Made by <see cref="Marbles.Expect{T}(IObservable{T}, string?)"/>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <threadsafety>To be used on the test's thread.</threadsafety>
public sealed class MarbleExpectation<T>
{
    private readonly Marbles _marbles;
    private readonly MarbleRecording<T> _recording;
    private readonly IEqualityComparer<T>? _comparer;
    private readonly long _madeIn;

    internal MarbleExpectation(Marbles marbles, MarbleRecording<T> recording, IEqualityComparer<T>? comparer = null)
    {
        _marbles = marbles;
        _recording = recording;
        _comparer = comparer;
        _madeIn = recording.Subscription.Subscribed;
    }

    /// <summary>The same expectation with values compared by <paramref name="comparer"/> instead of by <c>Equals</c> (sequences: item by item).</summary>
    /// <exception cref="ArgumentNullException"><paramref name="comparer"/> is null.</exception>
    public MarbleExpectation<T> ComparedBy(IEqualityComparer<T> comparer)
    {
        ArgumentNullException.ThrowIfNull(comparer);
        return new MarbleExpectation<T>(_marbles, _recording, comparer);
    }

    /// <summary>
    /// Runs virtual time and compares what came, frame by frame, with the diagram: the same notifications in the same frames, in the same
    /// order within a frame.
    /// </summary>
    /// <param name="marbles">The diagram; frame 0 is the beginning of the test, not the subscription.</param>
    /// <param name="values">What the characters stand for; null, or a character it lacks: see <see cref="Marbles"/>.</param>
    /// <param name="error">What <c>#</c> stands for: this very exception or one of the same type and message. Null: any error.</param>
    /// <remarks>Time runs until nothing is scheduled, but at most <see cref="Marbles.Patience"/> past the end of the diagram: what comes
    /// within that time after the diagram is an error, what comes later is not seen. The subscription stays.</remarks>
    /// <exception cref="ArgumentException">A character has no value of type <typeparamref name="T"/>.</exception>
    /// <exception cref="MarbleSyntaxException">The diagram cannot be read.</exception>
    /// <exception cref="MarbleAssertionException">Something else came. The message shows both diagrams and a table of the frames.</exception>
    [OverloadResolutionPriority(1)]
    public void ToBe(string marbles, Dictionary<char, T>? values = null, Exception? error = null) =>
        ToBe(marbles, MarbleValues.Map(values), error);

    /// <param name="marbles">The diagram.</param>
    /// <param name="map">What a character stands for.</param>
    /// <param name="error">What <c>#</c> stands for.</param>
    /// <inheritdoc cref="ToBe(string, Dictionary{char, T}, Exception)"/>
    public void ToBe(string marbles, Func<char, T> map, Exception? error = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        var diagram = MarbleParser.Parse(marbles);
        var expected = MarbleScript<T>.Of(diagram, map, error);

        _marbles.RunPast(diagram.Length);
        var actual = _recording.Events;
        if (!Match(expected.Events, actual, error)) throw new MarbleAssertionException(Explain(diagram, expected.Events, actual));
    }

    private bool Match(IReadOnlyList<MarbleEvent<T>> expected, IReadOnlyList<MarbleEvent<T>> actual, Exception? error) =>
        expected.Count == actual.Count && expected.Zip(actual).All(pair =>
            pair.First.Frame == pair.Second.Frame && Match(pair.First.Notification, pair.Second.Notification, error));

    private bool Match(Notification<T> expected, Notification<T> actual, Exception? error) => expected.Kind == actual.Kind && expected.Kind switch
    {
        NotificationKind.OnNext => MarbleValues.AreEqual(expected.Value, actual.Value, _comparer),
        NotificationKind.OnError => error is null || MarbleValues.AreSameError(error, actual.Exception),
        _ => true
    };

    private string Explain(MarbleDiagram diagram, IReadOnlyList<MarbleEvent<T>> expected, IReadOnlyList<MarbleEvent<T>> actual)
    {
        var alphabet = new MarbleAlphabet<T>(_comparer);
        foreach (var (mark, meant) in diagram.Marks.Zip(expected))
        {
            if (meant.Notification.HasValue) alphabet.Learn(mark.Symbol, meant.Notification.Value);
        }

        var report = new MismatchReport("The observable did not do what the diagram says.");
        report.Diagrams(
            ("expected", MarbleRecording<T>.Line(expected, alphabet, diagram.Length)),
            ("actual", MarbleRecording<T>.Line(actual, alphabet, diagram.Length)));
        report.Table(Rows(expected, alphabet), Rows(actual, alphabet));
        report.Notes(alphabet.Legend);
        report.Notes(actual.Where(e => e.Notification.Kind == NotificationKind.OnError).Select(e => $"# = {MarbleValues.Text(e.Notification.Exception)}"));
        report.Notes(_recording.Contract.Violations.Select(violation => $"Against the observer contract: {violation}."));
        if (_madeIn > 0) report.Notes([$"The subscription began in frame {_madeIn}; frame 0 is the beginning of the test."]);
        return report.ToString();
    }

    private static IEnumerable<(long, string)> Rows(IEnumerable<MarbleEvent<T>> events, MarbleAlphabet<T> alphabet) =>
        events.Select(e => (e.Frame, MarbleRecording<T>.Symbol(e.Notification, alphabet).ToString()));
}
