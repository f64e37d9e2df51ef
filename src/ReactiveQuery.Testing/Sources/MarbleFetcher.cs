namespace ReactiveQuery.Testing;

/// <summary>
/// A fetcher whose calls play diagrams, one after the other, the last one for every further call. Made by <see cref="Marbles.Fetcher{TParams, T}(string[])"/>.
/// </summary>
/// <typeparam name="TParams">The type of the argument.</typeparam>
/// <typeparam name="T">The type of the data.</typeparam>
/// <remarks>
/// <para>The forms of a fetcher are <see cref="AsTask"/>, <see cref="AsObservable"/> and <see cref="AsSequence"/>; all share the scripts and the record of calls.</para>
/// <para>A task ends at the <c>|</c> of its diagram with the last value before it, or fails at <c>#</c>; <c>--</c> never answers. It completes
/// on the test's thread, within the virtual-time work of that frame, and its continuations run there and then. Rx's own <c>FromAsync</c> and <c>ToObservable</c> send them to the thread pool unless they are given a scheduler.</para>
/// </remarks>
/// <example><code>
/// var fetch = m.Fetcher&lt;int, User&gt;("--(a|)", "--#").WithValues(new() { ['a'] = ada });
/// var users = Query.Define("users", fetch.AsTask);
/// …
/// m.Expect(fetch.Calls).ToBe("--^-!", "-----^-!");
/// </code></example>
/// <threadsafety>May be called and cancelled from any thread; a cancellation from a foreign thread takes effect on the test's thread.</threadsafety>
public sealed partial class MarbleFetcher<TParams, T>
{
    private readonly FrameClock _clock;
    private readonly FetchRecord<TParams> _record;
    private readonly FetchScripts<TParams> _scripts;
    private Func<char, T> _map = MarbleValues.Default<T>;
    private Exception? _error;
    private bool _honoursCancellation = true;

    internal MarbleFetcher(FrameClock clock, string[] scripts)
    {
        _clock = clock;
        _scripts = new FetchScripts<TParams>(scripts);
        _record = new FetchRecord<TParams>(clock, scripts.Length == 0 ? "fetcher" : $"fetcher \"{string.Join("\", \"", scripts)}\"");
    }

    /// <summary>The fetcher as a function that takes a token and returns a task.</summary>
    public Func<TParams, CancellationToken, Task<T>> AsTask => FetchAsync;

    /// <summary>The fetcher as a function that returns a cold observable: each subscription is a call, its disposal the cancellation.</summary>
    public Func<TParams, IObservable<T>> AsObservable => parameter => new CallObservable(this, parameter);

    /// <summary>The fetcher as a function that returns an asynchronous sequence: each enumeration is a call.</summary>
    public Func<TParams, CancellationToken, IAsyncEnumerable<T>> AsSequence => Enumerate;

    /// <summary>The calls as subscriptions: <c>^</c> is the call, <c>!</c> its end or its cancellation, whichever came first.</summary>
    public SubscriptionLog Calls => _record.Log;

    /// <summary>The calls with their arguments, in the order in which they began.</summary>
    public IReadOnlyList<FetchCall<TParams>> History => _record.Calls;

    /// <summary>How many calls there were.</summary>
    public int CallCount => Calls.Count;

    /// <summary>What the characters of the diagrams stand for; a character it lacks: see <see cref="Marbles"/>.</summary>
    /// <returns>This fetcher.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    public MarbleFetcher<TParams, T> WithValues(Dictionary<char, T> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        _map = MarbleValues.Map(values);
        return this;
    }

    /// <summary>What <c>#</c> stands for, instead of a <see cref="MarbleErrorException"/>.</summary>
    /// <returns>This fetcher.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    public MarbleFetcher<TParams, T> WithError(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _error = error;
        return this;
    }

    /// <summary>Diagrams of their own for the calls with one argument: successive calls play successive diagrams, the last one repeats.</summary>
    /// <returns>This fetcher.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">There is no diagram.</exception>
    /// <exception cref="MarbleSyntaxException">A diagram cannot be read.</exception>
    public MarbleFetcher<TParams, T> For(TParams parameter, params string[] scripts)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(scripts);
        _scripts.Add(parameter, scripts);
        return this;
    }

    /// <summary>Cancellation is recorded and otherwise ignored: the call answers when its diagram says so, an observable even after its disposal.</summary>
    /// <returns>This fetcher.</returns>
    public MarbleFetcher<TParams, T> IgnoringCancellation()
    {
        _honoursCancellation = false;
        return this;
    }

    /// <summary>Calls it: a task that completes in virtual time. A token that is cancelled already cancels the call in its first frame.</summary>
    /// <param name="parameter">The argument, recorded.</param>
    /// <param name="cancellationToken">Cancels the call, unless <see cref="IgnoringCancellation"/> was said.</param>
    /// <exception cref="InvalidOperationException">There is no diagram for <paramref name="parameter"/>.</exception>
    public Task<T> FetchAsync(TParams parameter, CancellationToken cancellationToken = default) =>
        new TaskCall(this, parameter, cancellationToken).Task;

    private (MarbleScript<T> Script, int Call) Begin(TParams parameter) =>
        (MarbleScript<T>.Of(MarbleParser.Parse(_scripts.Next(parameter)), _map, _error), _record.Begin(parameter));

    /// <summary>The caller left: unless the call ignores that, it ends.</summary>
    private void Leave(int call, IDisposable playing)
    {
        _record.Cancel(call);
        if (!_honoursCancellation) return;
        playing.Dispose();
        _record.End(call);
    }
}
