using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

/// <summary>Every part of a marble test on a scheduler that behaves as Microsoft's TestScheduler.</summary>
public class TestSchedulerLikeTests
{
    private readonly Marbles m = new(new TickLaterScheduler());

    [Fact]
    public void Diagrams_mean_the_same_frames()
    {
        var ids      = m.Hot(" 1-2---------");
        var first    = m.Cold("(abc)-|");
        var second   = m.Cold("  d-----(e|)");
        var subsc    =        "^-----------!";
        var expected =        "[abc]-d-----e";

        m.Expect(ids.Select(id => id == "1" ? first : second).Switch(), subsc).ToBe(expected);
        m.Expect(first.Subscriptions).ToBe("^-!");
        m.Expect(second.Subscriptions).ToBe("--^-----!");
    }

    [Fact]
    public void Work_that_moves_on_tick_by_tick_stays_in_its_frame()
    {
        var source   = m.Hot("-a--b|");
        var expected =       "-----a--b|";

        m.Expect(source.Delay(TimeSpan.FromMilliseconds(4), m.Scheduler).ObserveOn(m.Scheduler)).ToBe(expected);
    }

    [Fact]
    public void Subscribing_and_unsubscribing_come_before_the_values_of_their_frame()
    {
        var source   = m.Hot("-a-b-");
        var subsc    =       "-^-!-";
        var expected =       "-a---";

        m.Expect(source, subsc).ToBe(expected);
    }

    [Fact]
    public void Fetchers_answer_in_their_frame()
    {
        var fetch = m.Fetcher("--(a|)", "--#");

        m.Expect(Observable.FromAsync(ct => fetch.AsTask("x", ct), m.Scheduler).Repeat(2)).ToBe("--a-#");
        m.Expect(fetch.Calls).ToBe("^-!", "--^-!");
    }

    [Fact]
    public void Runs_are_bounded_by_the_patience()
    {
        var recording = m.Record(Observable.Interval(TimeSpan.FromMilliseconds(400), m.Scheduler));

        m.At(300, () => { });
        m.Run();

        Assert.Equal(3, recording.Events.Count);
        Assert.Equal(1_300, m.Frame);
    }

    [Fact]
    public void A_scene_plays_in_virtual_time()
    {
        var frames = new List<long>();

        m.Play(async () =>
        {
            await m.Delay(3);
            frames.Add(m.Frame);
            await Task.Yield();
            frames.Add(m.Frame);
        });

        Assert.Equal([3, 3], frames);
    }

    [Fact]
    public void Open_subscriptions_are_left_over()
    {
        var source = m.Hot("-a");
        using var leak = source.Subscribe();

        Assert.Equal([new OpenSubscription("hot \"-a\"", 0)], m.Leftovers.Subscriptions);
        Assert.Throws<MarbleAssertionException>(m.VerifyNoLeftovers);
    }
}
