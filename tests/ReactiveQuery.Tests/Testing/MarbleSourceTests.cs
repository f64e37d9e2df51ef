using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleSourceTests
{
    private readonly Marbles m = new();

    [Fact]
    public void A_hot_source_plays_whether_anyone_listens_or_not()
    {
        var source   = m.Hot("-a-b-c-|");
        var early    =       "^--!";
        var late     =       "---^";
        var never    =       "---------^";

        var first  = m.Record(source, early);
        var second = m.Record(source, late);
        var third  = m.Record(source, never);
        m.Run();

        m.Expect(first).ToBe("-a");
        m.Expect(second).ToBe("---b-c-|");
        m.Expect(third).ToBe("---------|");
        m.Expect(source.Subscriptions).ToBe("^--!", "---^---!", "---------(^!)");
    }

    [Fact]
    public void What_stands_left_of_the_caret_came_before_the_test()
    {
        m.Expect(m.Hot("-a-^-b-")).ToBe("--b-");
        m.Expect(m.Hot("a-^b")).ToBe("---");
    }

    [Fact]
    public void A_hot_source_ends_for_all_its_observers_with_its_error()
    {
        var boom = new InvalidOperationException("boom");
        var source = m.Hot("-#", boom);
        var other = m.Record(source);

        m.Expect(source).ToBe("-#", error: boom);
        m.Expect(other).ToBe("-#", error: boom);
        m.Expect(source.Subscriptions).ToBe("^!", "^!");
    }

    [Fact]
    public void An_observer_unsubscribed_by_another_one_in_the_same_frame_hears_nothing()
    {
        var source = m.Hot("-(ab)");
        var second = new SingleAssignmentDisposable();
        var heard = new List<string>();
        using var first = source.Subscribe(_ => second.Dispose());
        second.Disposable = source.Subscribe(heard.Add);

        m.Run();

        Assert.Empty(heard);
        m.Expect(source.Subscriptions).ToBe("^", "^!");
    }

    [Fact]
    public void A_cold_source_plays_anew_for_each_subscription()
    {
        var source = m.Cold("-a-|");

        m.Expect(source.Concat(source)).ToBe("-a--a-|");
        m.Expect(source.Subscriptions).ToBe("^--!", "---^--!");
    }

    [Fact]
    public void The_first_frame_of_a_cold_source_comes_after_the_subscription_returned()
    {
        var log = new List<string>();
        using var subscription = m.Cold("a").Subscribe(log.Add);
        log.Add("subscribed");

        m.Run();

        Assert.Equal(["subscribed", "a"], log);
    }

    [Fact]
    public void Unsubscribing_inside_a_group_stops_the_rest_of_it()
    {
        var source = m.Cold("-(abc|)");

        m.Expect(source.Take(2)).ToBe("-(ab|)");
        m.Expect(source.Subscriptions).ToBe("^!");
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void Subscribing_and_unsubscribing_come_first_in_their_frame()
    {
        var source   = m.Hot("-a-b-");
        var subsc    =       "-^-!-";
        var expected =       "-a---";

        m.Expect(source, subsc).ToBe(expected);
    }

    [Fact]
    public void Actions_of_one_frame_run_in_the_order_they_were_given()
    {
        var log = new List<string>();
        m.At(2, () => log.Add($"a@{m.Frame}"));
        m.At(1, () => log.Add($"b@{m.Frame}"));
        m.At(2, () => log.Add($"c@{m.Frame}"));

        m.AdvanceTo(1);
        m.AdvanceBy(1);

        Assert.Equal(["b@1", "a@2", "c@2"], log);
        Assert.Throws<ArgumentOutOfRangeException>("frame", () => m.At(1, () => { }));
        Assert.Throws<ArgumentOutOfRangeException>("frame", () => m.AdvanceTo(1));
        Assert.Throws<ArgumentOutOfRangeException>("frames", () => m.AdvanceBy(-1));
        Assert.Throws<ArgumentNullException>("action", () => m.At(2, null!));
    }

    [Fact]
    public void Frame_zero_is_where_the_clock_stood_when_the_test_began()
    {
        var scheduler = new MarbleScheduler();
        scheduler.AdvanceByFrames(7);
        var later = new Marbles(scheduler);

        later.Expect(later.Hot("-a|").Delay(TimeSpan.FromMilliseconds(1), scheduler)).ToBe("--a|");
    }
}
