namespace ReactiveQuery.Testing;

public sealed partial class Marbles
{
    private readonly List<SubscriptionLog> _logs = [];
    private readonly List<IDisposable> _recordings = [];

    /// <summary>What the code under test holds on to now: timers, subscriptions to this test's sources, unanswered calls; what foreign threads did; and the
    /// errors that its clients could hand to nobody.</summary>
    public MarbleLeftovers Leftovers => new(
        _clock.PendingFrames,
        [.. _logs.SelectMany(log => log.Open.Select(frame => new OpenSubscription(log.Name, frame)))],
        _clock.ForeignCompletions,
        UnobservedErrors);

    /// <summary>Ends the test: disposes what <see cref="Record"/> and <c>Expect</c> subscribed, runs what is due now, and fails if anything is left.</summary>
    /// <remarks>While a <see cref="Client"/> of this test is not disposed, timers are not held against the test: its cache has some for as long as it
    /// lives. Dispose the client first to have them checked too.</remarks>
    /// <exception cref="MarbleAssertionException">There are leftovers. The message lists them.</exception>
    public void VerifyNoLeftovers()
    {
        foreach (var recording in _recordings) Undisturbed.Run(recording.Dispose);
        _clock.AdvanceTo(Frame);
        var leftovers = Leftovers;
        if (_clients.Exists(client => !client.IsDisposed)) leftovers = leftovers with { Timers = [] };
        if (!leftovers.IsEmpty) throw new MarbleAssertionException($"The test left something behind in frame {Frame}:\n{leftovers}");
    }
}
