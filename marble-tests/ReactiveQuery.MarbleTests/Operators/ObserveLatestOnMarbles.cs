using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.Given;

namespace ReactiveQuery.MarbleTests.Operators;

public class ObserveLatestOnMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void A_slow_screen_sees_the_latest_value_and_not_what_came_between()
    {
        var source   = m.Hot("-abc---de----f---");
        var expected =       "----c-----e-----f";    // its turn comes three frames after it was asked for

        m.Expect(source.ObserveLatestOn(Slow(3))).ToBe(expected);
    }

    [Fact]
    public void A_screen_that_keeps_up_sees_everything()
    {
        var source   = m.Hot("-a-b--c|");
        var expected =       "-a-b--c|";

        m.Expect(source.ObserveLatestOn(m.Scheduler)).ToBe(expected);
    }

    [Fact]
    public void The_end_comes_with_the_last_value_and_after_it()
    {
        var source   = m.Hot("-ab|      ");
        var expected =       "----[b|]  ";

        m.Expect(source.ObserveLatestOn(Slow(3))).ToBe(expected);
    }

    [Fact]
    public void An_error_does_not_overtake_the_last_value()
    {
        var source   = m.Hot("-ab#      ");
        var expected =       "----[b#]  ";

        m.Expect(source.ObserveLatestOn(Slow(3))).ToBe(expected);
    }

    [Fact]
    public void What_is_pending_when_the_screen_leaves_is_not_delivered()
    {
        var source   = m.Hot("-a---b----");
        var sub      =       "^-----!   ";    // b would come in frame 8
        var expected =       "----a-----";

        m.Expect(source.ObserveLatestOn(Slow(3)), sub).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(sub);
        m.VerifyNoLeftovers();
    }

    private SlowScheduler Slow(int frames) => new(m.Scheduler, Frames(frames));
}
