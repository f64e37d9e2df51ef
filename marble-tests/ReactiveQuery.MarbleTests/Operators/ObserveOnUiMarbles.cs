using System.Reactive.Linq;
using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.Given;

namespace ReactiveQuery.MarbleTests.Operators;

/// <summary>A screen that does what it is given three frames later, and a subscriber who is on its thread or not.</summary>
public class ObserveOnUiMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void The_first_value_is_there_at_once_when_one_is_there_already_and_the_rest_is_posted()
    {
        var later    = m.Cold("--b---c--- ");
        var expected =        "a----b---c ";    // b: asked for in frame 2

        m.Expect(Cached("a", later).ObserveOnUi(Screen(isThere: true))).ToBe(expected);
    }

    [Fact]
    public void From_elsewhere_every_value_is_posted()
    {
        var later    = m.Cold("------b---  ");
        var expected =        "---a-----b  ";

        m.Expect(Cached("a", later).ObserveOnUi(Screen(isThere: false))).ToBe(expected);
    }

    [Fact]
    public void A_first_value_that_is_not_at_hand_is_posted()
    {
        var loading  = m.Cold("-a-------- ");
        var expected =        "----a----- ";

        m.Expect(loading.ObserveOnUi(Screen(isThere: true))).ToBe(expected);
    }

    [Fact]
    public void Every_value_has_its_turn_however_slow_the_screen()
    {
        var later    = m.Cold("-bcd|           ");
        var expected =        "a---b--c--[d|]  ";

        m.Expect(Cached("a", later).ObserveOnUi(Screen(isThere: true))).ToBe(expected);
    }

    [Fact]
    public void A_conflating_screen_shows_the_first_at_once_and_then_the_latest()
    {
        var later    = m.Cold("-bcd---e|    ");
        var expected =        "a---d-----[e|]";

        m.Expect(Cached("a", later).ObserveOnUi(Screen(isThere: true), DispatchMode.LatestState)).ToBe(expected);
    }

    [Fact]
    public void An_error_does_not_wait_for_the_queue_of_a_slow_screen()
    {
        var later    = m.Cold("-bc#     ");
        var expected =        "a---#    ";

        m.Expect(Cached("a", later).ObserveOnUi(Screen(isThere: true))).ToBe(expected);
    }

    [Fact]
    public void What_is_pending_when_the_screen_leaves_is_not_delivered()
    {
        var later    = m.Cold("---b----- ");
        var sub      =        "^----!--- ";    // b would come in frame 6
        var expected =        "a-------- ";

        m.Expect(Cached("a", later).ObserveOnUi(Screen(isThere: true)), sub).ToBe(expected);
        m.VerifyNoLeftovers();
    }

    private static IObservable<string> Cached(string data, IObservable<string> later) => later.StartWith(data);

    private UiBoundary Screen(bool isThere) => UiBoundary.From(new SlowScheduler(m.Scheduler, Frames(3)), () => isThere);
}
