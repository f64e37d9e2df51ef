namespace ReactiveQuery.Testing;

public sealed partial class Marbles
{
    private readonly List<SubscriptionLog> _logs = [];
    private readonly List<IDisposable> _recordings = [];

    /// <summary>What the code under test holds on to now: timers, subscriptions to this test's sources, unanswered calls; and what foreign threads did.</summary>
    public MarbleLeftovers Leftovers => new(
        _clock.PendingFrames,
        [.. _logs.SelectMany(log => log.Open.Select(frame => new OpenSubscription(log.Name, frame)))],
        _clock.ForeignCompletions);

    /// <summary>Ends the test: disposes what <see cref="Record"/> and <see cref="Expect{T}(IObservable{T}, string?)"/> subscribed, runs what is due now, and fails if anything is left.</summary>
    /// <exception cref="MarbleAssertionException">There are leftovers. The message lists them.</exception>
    public void VerifyNoLeftovers()
    {
        foreach (var recording in _recordings) Undisturbed.Run(recording.Dispose);
        _clock.AdvanceTo(Frame);
        if (Leftovers is { IsEmpty: false } leftovers) throw new MarbleAssertionException($"The test left something behind in frame {Frame}:\n{leftovers}");
    }
}
