using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleLeftoversTests
{
    private readonly Marbles m = new();

    [Fact]
    public void What_the_test_itself_subscribed_is_no_leftover()
    {
        m.Expect(m.Hot("-a").Merge(m.Cold("--b")).Merge(Observable.Timer(TimeSpan.FromHours(1), m.Scheduler).Select(_ => "c"))).ToBe("-ab");
        Assert.False(m.Leftovers.IsEmpty);

        m.VerifyNoLeftovers();

        Assert.True(m.Leftovers.IsEmpty);
    }

    [Fact]
    public void Diagrams_that_have_not_been_played_to_the_end_are_no_leftovers()
    {
        m.Hot("-a-b");
        m.Cold("-a");
        m.Fetcher("-a");

        m.VerifyNoLeftovers();
    }

    [Fact]
    public void Timers_subscriptions_and_unanswered_calls_are_leftovers()
    {
        m.AdvanceTo(2);
        m.Scheduler.Schedule(TimeSpan.FromMilliseconds(5), () => { });
        using var hot = m.Hot("-a").Subscribe();
        using var cold = m.Cold("-b").Subscribe();
        _ = m.Fetcher("--", "-#").FetchAsync("x");

        Assert.Equal([7], m.Leftovers.Timers);
        Assert.Equal(
            """
            The test left something behind in frame 2:
              work scheduled for frame 7
              hot "-a": since frame 2
              cold "-b": since frame 2
              fetcher "--", "-#": since frame 2
            """,
            Assert.Throws<MarbleAssertionException>(m.VerifyNoLeftovers).Message);
    }

    [Fact]
    public void Work_from_foreign_threads_is_a_leftover()
    {
        var thread = new Thread(() => m.Scheduler.Schedule(() => { })) { Name = "worker" };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));

        var error = Assert.Throws<MarbleAssertionException>(m.VerifyNoLeftovers);

        Assert.Contains("(worker) scheduled work in frame 0:\n", error.Message, StringComparison.Ordinal);
        Assert.Empty(m.Leftovers.Timers);
    }
}
