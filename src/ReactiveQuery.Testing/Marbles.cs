using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;

namespace ReactiveQuery.Testing;

/// <summary>
/// A marble test: sources, fetchers and expectations written as diagrams, and the virtual time they share. Make one per test.
/// </summary>
/// <remarks>
/// <para>All diagrams of a test have one time axis: frame 0 is the instant at which its <see cref="Marbles"/> was made, one frame is one
/// millisecond. <see cref="MarbleParser"/> says how diagrams are written.</para>
/// <para>A character stands for the value that the test gives for it; without one, for itself (strings and chars), its digit (numbers), or
/// <c>Unit</c>. Other types need values.</para>
/// <para>Within a frame, the test's own subscribing (<c>^</c>) and unsubscribing (<c>!</c>) come first.</para>
/// </remarks>
/// <example>
/// <code>
/// var m      = new Marbles();
/// var source = m.Hot("-a--b--c-|");
/// m.Expect(source.Select(x => x + x), subscription: "--^---!").ToBe("----b", new() { ['b'] = "bb" });
/// m.Expect(source.Subscriptions).ToBe("--^---!");
/// </code>
/// </example>
/// <threadsafety>To be used on the test's thread.</threadsafety>
public sealed partial class Marbles
{
    /// <summary>The default of <see cref="Patience"/>: 1,000 frames, one second.</summary>
    public const long DefaultPatience = 1_000;

    private readonly FrameClock _clock;

    /// <summary>A test on any scheduler whose clock counts ticks of 100 ns, such as Microsoft's <c>TestScheduler</c>.</summary>
    /// <param name="scheduler">The scheduler that the code under test uses; null for a new <see cref="MarbleScheduler"/>.</param>
    /// <remarks>Only a <see cref="MarbleScheduler"/> tells whether anything is scheduled: on others, runs that end "when nothing is left" go on until
    /// their bound, and timers and foreign threads are missing among the leftovers.</remarks>
    public Marbles(VirtualTimeScheduler<long, long>? scheduler = null) => _clock = new FrameClock(scheduler ?? new MarbleScheduler());

    /// <summary>The scheduler to hand to the code under test.</summary>
    public VirtualTimeScheduler<long, long> Scheduler => _clock.Scheduler;

    /// <summary>The frame the clock stands in.</summary>
    public long Frame => _clock.Frame;

    /// <summary>How many frames an expectation waits after the end of its diagram for what should not come; 1,000 by default, 0 or more.</summary>
    public long Patience
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = DefaultPatience;

    /// <summary>A hot source of strings, one per character.</summary>
    /// <inheritdoc cref="Hot{T}(string, Dictionary{char, T}, Exception)"/>
    public HotMarbles<string> Hot(string marbles, Exception? error = null) => Hot<string>(marbles, values: null, error);

    /// <summary>A hot source: it plays its diagram from frame 0 (or <c>^</c>), whether anyone listens or not.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="marbles">The diagram, with an optional <c>^</c>.</param>
    /// <param name="values">What the characters stand for; null, or a character it lacks: see <see cref="Marbles"/>.</param>
    /// <param name="error">What <c>#</c> stands for; null: a <see cref="MarbleErrorException"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="marbles"/> is null.</exception>
    /// <exception cref="ArgumentException">A character has no value of type <typeparamref name="T"/>.</exception>
    /// <exception cref="MarbleSyntaxException">The diagram cannot be read.</exception>
    [OverloadResolutionPriority(1)]
    public HotMarbles<T> Hot<T>(string marbles, Dictionary<char, T>? values = null, Exception? error = null) => Hot(marbles, MarbleValues.Map(values), error);

    /// <param name="marbles">The diagram.</param>
    /// <param name="map">What a character stands for.</param>
    /// <param name="error">What <c>#</c> stands for.</param>
    /// <inheritdoc cref="Hot{T}(string, Dictionary{char, T}, Exception)"/>
    public HotMarbles<T> Hot<T>(string marbles, Func<char, T> map, Exception? error = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        var hot = new HotMarbles<T>(_clock, MarbleScript<T>.Of(MarbleParser.ParseHot(marbles), map, error));
        _logs.Add(hot.Subscriptions);
        return hot;
    }

    /// <summary>A cold source of strings, one per character.</summary>
    /// <inheritdoc cref="Cold{T}(string, Dictionary{char, T}, Exception)"/>
    public ColdMarbles<string> Cold(string marbles, Exception? error = null) => Cold<string>(marbles, values: null, error);

    /// <summary>A cold source: it plays its diagram for each subscriber, from the frame of that subscription.</summary>
    /// <inheritdoc cref="Hot{T}(string, Dictionary{char, T}, Exception)"/>
    [OverloadResolutionPriority(1)]
    public ColdMarbles<T> Cold<T>(string marbles, Dictionary<char, T>? values = null, Exception? error = null) => Cold(marbles, MarbleValues.Map(values), error);

    /// <summary>A cold source: it plays its diagram for each subscriber, from the frame of that subscription.</summary>
    /// <inheritdoc cref="Hot{T}(string, Func{char, T}, Exception)"/>
    public ColdMarbles<T> Cold<T>(string marbles, Func<char, T> map, Exception? error = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        var cold = new ColdMarbles<T>(_clock, MarbleScript<T>.Of(MarbleParser.Parse(marbles), map, error));
        _logs.Add(cold.Subscriptions);
        return cold;
    }

    /// <summary>Subscribes and records.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The observable.</param>
    /// <param name="subscription">When to subscribe and unsubscribe, such as <c>--^--!</c>; null: at once and until the end of the test. A frame
    /// that has passed means at once.</param>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="subscription"/> has no <c>^</c>.</exception>
    /// <exception cref="MarbleSyntaxException"><paramref name="subscription"/> cannot be read.</exception>
    public MarbleRecording<T> Record<T>(IObservable<T> source, string? subscription = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var frames = subscription is null
            ? new SubscriptionFrames(Frame)
            : MarbleParser.ParseSubscription(subscription) ?? throw new ArgumentException("The diagram has no '^': the observable would never be subscribed to.", nameof(subscription));
        var recording = new MarbleRecording<T>(_clock, source, frames);
        _recordings.Add(recording);
        return recording;
    }

    /// <summary>Subscribes (as <see cref="Record"/> does); what to expect follows: <c>m.Expect(source).ToBe("--a|")</c>.</summary>
    /// <remarks>To expect something of several observables in one run, record them first: the first <c>ToBe</c> runs the time of all.</remarks>
    /// <inheritdoc cref="Record"/>
    public MarbleExpectation<T> Expect<T>(IObservable<T> source, string? subscription = null) => new(this, Record(source, subscription));

    /// <summary>Subscribes to the states of a query (as <see cref="Record"/> does); what to expect follows, a letter for each state:
    /// <c>m.Expect(client.Observe(users, 1)).ToBe("L--a")</c>. <see cref="StateExpectation{T}"/> has the table of letters.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <inheritdoc cref="Expect{T}(IObservable{T}, string?)"/>
    public StateExpectation<T> Expect<T>(IObservable<QueryState<T>> source, string? subscription = null) => new(this, Record(source, subscription));

    /// <summary>An expectation of what is being recorded.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="recording"/> is null.</exception>
    public MarbleExpectation<T> Expect<T>(MarbleRecording<T> recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return new MarbleExpectation<T>(this, recording);
    }

    /// <summary>An expectation of the states that are being recorded.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="recording"/> is null.</exception>
    public StateExpectation<T> Expect<T>(MarbleRecording<QueryState<T>> recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return new StateExpectation<T>(this, recording);
    }

    /// <summary>An expectation of the subscriptions to a source, or of the calls of a fetcher: <c>m.Expect(source.Subscriptions).ToBe("-^--!")</c>.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="subscriptions"/> is null.</exception>
    public SubscriptionExpectation Expect(SubscriptionLog subscriptions)
    {
        ArgumentNullException.ThrowIfNull(subscriptions);
        return new SubscriptionExpectation(subscriptions);
    }
}
