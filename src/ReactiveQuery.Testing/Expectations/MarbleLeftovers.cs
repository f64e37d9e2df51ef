namespace ReactiveQuery.Testing;

/// <summary>A subscription to a source of the test, or a call of one of its fetchers, that has not ended.</summary>
/// <param name="Source">What was subscribed to or called, with its diagram.</param>
/// <param name="Frame">The frame in which that began.</param>
public readonly record struct OpenSubscription(string Source, long Frame);

/// <summary>What a test left behind. See <see cref="Marbles.Leftovers"/>.</summary>
/// <param name="Timers">The frames of the work that is still scheduled, earliest first.</param>
/// <param name="Subscriptions">The subscriptions and calls that have not ended.</param>
/// <param name="ForeignCompletions">What threads other than the test's scheduled or handed in.</param>
/// <param name="UnobservedErrors">What the clients of the test could hand to nobody.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record MarbleLeftovers(
    IReadOnlyList<long> Timers,
    IReadOnlyList<OpenSubscription> Subscriptions,
    IReadOnlyList<ForeignCompletion> ForeignCompletions,
    IReadOnlyList<UnobservedError> UnobservedErrors)
{
    /// <summary>Whether nothing is left.</summary>
    public bool IsEmpty => Timers.Count == 0 && Subscriptions.Count == 0 && ForeignCompletions.Count == 0 && UnobservedErrors.Count == 0;

    /// <summary>One line for each thing that is left.</summary>
    public override string ToString() => string.Join('\n', Timers.Select(frame => $"  work scheduled for frame {frame}")
        .Concat(Subscriptions.Select(s => $"  {s.Source}: since frame {s.Frame}"))
        .Concat(ForeignCompletions.Select(f => $"  thread {f.ThreadId}{(f.ThreadName is null ? "" : $" ({f.ThreadName})")} scheduled work in frame {f.Frame}:\n{f.StackTrace}"))
        .Concat(UnobservedErrors.Select(e => $"  {e.Origin} of {e.Key?.ToString() ?? "the client"} threw {e.Exception}")));
}
