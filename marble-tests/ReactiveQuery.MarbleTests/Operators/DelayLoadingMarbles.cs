using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.Given;
using static ReactiveQuery.MarbleTests.Operators.StateMarbles;

namespace ReactiveQuery.MarbleTests.Operators;

/// <summary>A spinner that waits three frames before it appears and then stays for four.</summary>
public class DelayLoadingMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void A_fast_answer_shows_no_spinner()
    {
        var states   = m.States("-L-a-----------");
        var expected =          "---a-----------";

        Expect(states, expected);
    }

    [Fact]
    public void A_slow_answer_shows_one_after_the_delay()
    {
        var states   = m.States("-L----------a--");
        var expected =          "----L-------a--";

        Expect(states, expected);
    }

    [Fact]
    public void A_spinner_that_is_shown_stays_for_the_minimum_and_then_the_latest_is_shown()
    {
        var states   = m.States("-L---a1-------b");
        var expected =          "----L---1-----b";

        Expect(states, expected);
    }

    [Fact]
    public void An_error_waits_like_data()
    {
        var states   = m.States("-L---E---------");
        var expected =          "----L---E------";

        Expect(states, expected);
    }

    [Fact]
    public void Loads_in_a_row_are_one_and_do_not_prolong_the_delay()
    {
        var states   = m.States("-L-P-----------");
        var expected =          "----P----------";

        Expect(states, expected);
    }

    [Fact]
    public void The_old_data_stays_during_the_delay_and_a_refetch_is_no_load()
    {
        var states   = m.States("-a--L-b---2--b-");
        var expected =          "-a----b---2--b-";

        Expect(states, expected);
    }

    [Fact]
    public void A_load_that_begins_while_data_is_held_back_leaves_the_spinner_on()
    {
        var states   = m.States("-L---aL----b---");
        var expected =          "----L------b---";

        Expect(states, expected);
    }

    [Fact]
    public void Each_load_has_a_delay_of_its_own()
    {
        var states   = m.States("-L-aL-bL------c");
        var expected =          "---a--b---L---c";

        Expect(states, expected);
    }

    [Fact]
    public void At_the_end_what_is_held_back_is_shown()
    {
        var states   = m.States("-L---a|        ");
        var expected =          "----L-(a|)     ";

        Expect(states, expected);
    }

    [Fact]
    public void Whoever_leaves_takes_the_timer_along()
    {
        var states   = m.States("-L-------------");
        var sub      =          "^-!            ";
        var expected =          "---------------";

        m.Expect(states.DelayLoading(Frames(3), Frames(4), m.Scheduler), sub).ToBe(expected, StateOf);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void Without_delay_and_minimum_everything_passes()
    {
        var states   = m.States(".-L-a-1-aL-E---");
        var expected =          ".-L-a-1-aL-E---";

        m.Expect(states.DelayLoading(TimeSpan.Zero, TimeSpan.Zero, m.Scheduler)).ToBe(expected, StateOf);
    }

    private void Expect(IObservable<QueryState<string>> states, string expected)
    {
        m.Expect(states.DelayLoading(Frames(3), Frames(4), m.Scheduler)).ToBe(expected, StateOf);
        m.VerifyNoLeftovers();
    }
}
