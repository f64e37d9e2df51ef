using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.Given;

namespace ReactiveQuery.MarbleTests.Operators;

public class ReplayLatestMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void Subscribers_share_the_source_and_a_late_one_sees_the_latest_value_at_once()
    {
        var source   = m.Cold("-a--b--c|");
        var sub      =        "^-------!";
        var early    =        "-a--b--c|";
        var lateSub  =        "-----^---";
        var late     =        "-----b-c|";

        var shared = source.ReplayLatest(Frames(0), m.Scheduler);
        var first  = m.Record(shared);
        var second = m.Record(shared, lateSub);
        m.Expect(first).ToBe(early);
        m.Expect(second).ToBe(late);
        m.Expect(source.Subscriptions).ToBe(sub);
    }

    [Fact]
    public void Source_and_value_are_kept_for_a_while_after_the_last_subscriber_has_left()
    {
        var source    = m.Cold("-a---b-----c----");
        var sub       =        "^-----------!   ";   // 4 frames after frame 8
        var firstSub  =        "^--!            ";
        var first     =        "-a--            ";
        var secondSub =        "------^-!       ";   // back in time: joins
        var second    =        "------b--       ";

        var shared = source.ReplayLatest(Frames(4), m.Scheduler);
        var one = m.Record(shared, firstSub);
        var two = m.Record(shared, secondSub);
        m.Expect(one).ToBe(first);
        m.Expect(two).ToBe(second);
        m.Expect(source.Subscriptions).ToBe(sub);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void Who_comes_too_late_starts_anew()
    {
        var source    = m.Cold("-a-----         ");
        var firstSub  =        "^--!            ";
        var first     =        "-a--            ";
        var running   =        "^------!        ";
        var secondSub =        "--------^--!    ";
        var second    =        "---------a--    ";
        var again     =        "--------^------!";

        var shared = source.ReplayLatest(Frames(4), m.Scheduler);
        var one = m.Record(shared, firstSub);
        var two = m.Record(shared, secondSub);
        m.Expect(one).ToBe(first);
        m.Expect(two).ToBe(second);
        m.Expect(source.Subscriptions).ToBe(running, again);
    }

    [Fact]
    public void With_no_time_to_keep_the_source_goes_with_the_last_subscriber()
    {
        var source    = m.Cold("-a--b--c--");
        var sub       =        "^----!    ";
        var firstSub  =        "^--!      ";
        var secondSub =        "--^--!    ";

        var shared = source.ReplayLatest(TimeSpan.Zero, m.Scheduler);
        var one = m.Record(shared, firstSub);
        var two = m.Record(shared, secondSub);
        m.Expect(one).ToBe("-a--");
        m.Expect(two).ToBe("--a-b-");
        m.Expect(source.Subscriptions).ToBe(sub);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void An_error_is_told_once_and_the_next_subscriber_gets_a_new_attempt()
    {
        var fails     = m.Cold("-a-#      ");
        var works     = m.Cold("     --b--");
        var first     =        "-a-#      ";
        var secondSub =        "-----^----";
        var second    =        "-------b--";

        var shared = Attempts(fails, works).ReplayLatest(Timeout.InfiniteTimeSpan, m.Scheduler);
        var one = m.Record(shared);
        var two = m.Record(shared, secondSub);
        m.Expect(one).ToBe(first);
        m.Expect(two).ToBe(second);
    }
}
