using System.Runtime.CompilerServices;

namespace ReactiveQuery.Testing;

/// <summary>What a test says about the states of a query. Made by <see cref="Marbles.Expect{T}(IObservable{QueryState{T}}, string?)"/>.</summary>
/// <typeparam name="T">The type of the data.</typeparam>
/// <remarks>
/// <list type="table">
/// <listheader><term>letter</term><description>state</description></listheader>
/// <item><term><c>I</c></term><description>Idle + Idle</description></item>
/// <item><term><c>L</c></term><description>Loading + Fetching</description></item>
/// <item><term><c>P</c></term><description>Loading + Paused</description></item>
/// <item><term><c>a</c>–<c>z</c>, <c>0</c>–<c>9</c></term><description>Success + Idle with the data that the letter stands for: itself for strings and chars, the
/// digit for numbers, else what <c>data</c> says</description></item>
/// <item><term><c>E</c></term><description>Error + Idle without data, after one attempt that failed with the <c>#</c> of a fetcher's diagram</description></item>
/// <item><term>any other</term><description>what <c>states</c> says, written with <see cref="State"/></description></item>
/// </list>
/// <para>What the test gives for a letter goes before the table: <c>states</c> first, then <c>data</c>.</para>
/// <para>States are equal when their statuses, flags and failure counts are, their data is equal by value (sequences: item by item), and their errors are the
/// same or of the same type and message. The instants do not count.</para>
/// </remarks>
/// <example>
/// <code>
/// m.Expect(client.Observe(UserById, 1)).ToBe("L--a");
/// m.Expect(client.Observe(UserById, 1)).ToBe("R--b", new() { ['R'] = State.Refetching("a").Stale() });
/// m.Expect(client.Observe(UserById, 1)).ToBe("L--a", data: new() { ['a'] = ada });
/// </code>
/// </example>
/// <threadsafety>To be used on the test's thread.</threadsafety>
public sealed class StateExpectation<T>
{
    private readonly Marbles _marbles;
    private readonly MarbleRecording<QueryState<T>> _recording;
    private readonly MarbleExpectation<QueryState<T>> _expectation;

    internal StateExpectation(Marbles marbles, MarbleRecording<QueryState<T>> recording, IEqualityComparer<T>? dataComparer = null)
    {
        _marbles = marbles;
        _recording = recording;
        _expectation = new MarbleExpectation<QueryState<T>>(marbles, recording, new ShownState<T>(dataComparer));
    }

    /// <summary>The same expectation with data compared by <paramref name="comparer"/>, such as <see cref="ReferenceEqualityComparer.Instance"/>.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="comparer"/> is null.</exception>
    public StateExpectation<T> ComparedBy(IEqualityComparer<T> comparer)
    {
        ArgumentNullException.ThrowIfNull(comparer);
        return new StateExpectation<T>(_marbles, _recording, comparer);
    }

    /// <summary>Runs virtual time and compares the states that came, frame by frame, with the diagram.</summary>
    /// <param name="marbles">The diagram; frame 0 is the beginning of the test, not the subscription. <c>|</c>: the client was disposed.</param>
    /// <param name="states">Which states letters stand for; null, or a letter it lacks: see <see cref="StateExpectation{T}"/>.</param>
    /// <param name="data">Which data letters stand for, as Success + Idle.</param>
    /// <remarks>Time runs as for <see cref="MarbleExpectation{T}"/>: to the end of what is scheduled, at most <see cref="Marbles.Patience"/> past the diagram. Data that
    /// turns stale within that time is a state that came.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="marbles"/> is null.</exception>
    /// <exception cref="ArgumentException">Nothing says which state or data a letter stands for.</exception>
    /// <exception cref="MarbleSyntaxException">The diagram cannot be read.</exception>
    /// <exception cref="MarbleAssertionException">Other states came. The message shows both diagrams, a table of the frames, and each letter's state.</exception>
    [OverloadResolutionPriority(1)]
    public void ToBe(string marbles, Dictionary<char, QueryState<T>>? states = null, Dictionary<char, T>? data = null) =>
        _expectation.ToBe(marbles, StateLetters.Map(states, data));

    /// <param name="marbles">The diagram.</param>
    /// <param name="map">Which state a letter stands for; asked for every letter.</param>
    /// <inheritdoc cref="ToBe(string, Dictionary{char, QueryState{T}}, Dictionary{char, T})"/>
    public void ToBe(string marbles, Func<char, QueryState<T>> map) => _expectation.ToBe(marbles, map);
}
