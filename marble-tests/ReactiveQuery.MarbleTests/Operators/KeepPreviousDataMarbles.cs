using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.StateMarbles;

namespace ReactiveQuery.MarbleTests.Operators;

public class KeepPreviousDataMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void The_data_of_the_previous_key_stays_until_the_next_has_its_own()
    {
        var states   = m.States("L--a--L--b--");
        var expected =          "L--a--A--b--";   // A: a as a placeholder, fetching

        m.Expect(states.KeepPreviousData()).ToBe(expected, StateOf);
    }

    [Fact]
    public void Key_after_key_without_data_goes_on_showing_the_last_there_was()
    {
        var states   = m.States("-a-L-P-L-b");    // three keys in a row, one of them asked for while offline
        var expected =          "-a-A-Q-A-b";

        m.Expect(states.KeepPreviousData()).ToBe(expected, StateOf);
    }

    [Fact]
    public void An_error_of_the_next_key_is_shown_without_it()
    {
        var states   = m.States("-a-L-E-L-b");
        var expected =          "-a-A-E-A-b";

        m.Expect(states.KeepPreviousData()).ToBe(expected, StateOf);
    }

    [Fact]
    public void What_was_cleared_does_not_come_back()
    {
        var states   = m.States("-a-.-L-b");
        var expected =          "-a-.-L-b";

        m.Expect(states.KeepPreviousData()).ToBe(expected, StateOf);
    }

    [Fact]
    public void A_refetch_shows_its_own_data_as_ever()
    {
        var states   = m.States("-a-1-b-");
        var expected =          "-a-1-b-";

        m.Expect(states.KeepPreviousData()).ToBe(expected, StateOf);
    }
}
