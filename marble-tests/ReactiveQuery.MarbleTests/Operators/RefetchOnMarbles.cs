using System.Reactive;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests.Operators;

public class RefetchOnMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void It_runs_at_once_and_again_at_each_trigger()
    {
        var source   = m.Cold     ("-a|           ");
        var trigger  = m.Hot<Unit>("-----x---x----");
        var first    =             "^-!           ";
        var second   =             "-----^-!      ";
        var third    =             "---------^-!  ";
        var expected =             "-a----a---a---";

        m.Expect(source.RefetchOn(trigger)).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(first, second, third);
    }

    [Fact]
    public void A_trigger_during_a_run_joins_it()
    {
        var source   = m.Cold     ("---a-|      ");
        var trigger  = m.Hot<Unit>("-x-xx--x-x--");
        var first    =             "^----!      ";
        var second   =             "-------^----!";
        var expected =             "---a------a-";

        m.Expect(source.RefetchOn(trigger)).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(first, second);
    }

    [Fact]
    public void It_completes_when_trigger_and_run_both_have()
    {
        var source   = m.Cold     ("---a|    ");
        var trigger  = m.Hot<Unit>("-----x|  ");
        var expected =             "---a----a|";

        m.Expect(source.RefetchOn(trigger)).ToBe(expected);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void A_run_that_fails_ends_the_stream_and_lets_the_trigger_go()
    {
        var source    = m.Cold     ("-a-#  ");
        var trigger   = m.Hot<Unit>("-----x");
        var listening =             "^--!  ";
        var expected  =             "-a-#  ";

        m.Expect(source.RefetchOn(trigger)).ToBe(expected);
        m.Expect(trigger.Subscriptions).ToBe(listening);
    }

    [Fact]
    public void A_trigger_that_fails_ends_the_stream_and_the_run()
    {
        var source   = m.Cold     ("-a----b|");
        var trigger  = m.Hot<Unit>("---#    ");
        var sub      =             "^--!    ";
        var expected =             "-a-#    ";

        m.Expect(source.RefetchOn(trigger)).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(sub);
    }

    [Fact]
    public void Leaving_ends_both()
    {
        var source   = m.Cold     ("-a--b--c");
        var trigger  = m.Hot<Unit>("-----x--");
        var sub      =             "^--!    ";

        m.Expect(source.RefetchOn(trigger), sub).ToBe("-a------");
        m.Expect(source.Subscriptions).ToBe(sub);
        m.Expect(trigger.Subscriptions).ToBe(sub);
    }
}
