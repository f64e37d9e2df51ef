namespace ReactiveQuery.Testing;

/// <summary>One call of a <see cref="MarbleFetcher{TParams, T}"/>.</summary>
/// <typeparam name="TParams">The type of the argument.</typeparam>
/// <param name="Params">The argument.</param>
/// <param name="Started">The frame of the call.</param>
/// <param name="Cancelled">The frame in which the caller cancelled its token, disposed its subscription or left the sequence before the end; null if it did not.</param>
/// <param name="Ended">The frame in which the call answered, failed or gave up; null while it runs. A call that ignores its cancellation ends later than that.</param>
public readonly record struct FetchCall<TParams>(TParams Params, long Started, long? Cancelled = null, long? Ended = null);

/// <summary>The record of a fetcher's calls, behind its list and its diagrams.</summary>
internal sealed class FetchRecord<TParams>(FrameClock clock, string name)
{
    private readonly List<FetchCall<TParams>> _calls = [];

    /// <summary>A call lasts, for its diagram, until it ended or its caller left, whichever came first.</summary>
    public SubscriptionLog Log { get; } = new(name);

    public IReadOnlyList<FetchCall<TParams>> Calls
    {
        get { lock (_calls) return [.. _calls]; }
    }

    public int Begin(TParams parameter)
    {
        lock (_calls) _calls.Add(new FetchCall<TParams>(parameter, clock.Frame));
        return Log.Begin(clock.Frame);
    }

    public void Cancel(int call)
    {
        lock (_calls)
        {
            if (_calls[call] is { Ended: null, Cancelled: null } running) _calls[call] = running with { Cancelled = clock.Frame };
        }

        Log.End(call, clock.Frame);
    }

    public void End(int call)
    {
        lock (_calls)
        {
            if (_calls[call].Ended is null) _calls[call] = _calls[call] with { Ended = clock.Frame };
        }

        Log.End(call, clock.Frame);
    }
}
