using System.Reactive.Concurrency;

namespace ReactiveQuery.Testing;

/// <summary>The test's thread as the place where a client's fetches hand in their results.</summary>
internal sealed class TestThread(FrameClock clock) : IUiBoundary
{
    public IScheduler Scheduler => clock.FromAnyThread;

    public bool IsCurrent => clock.IsOnTestThread;
}
