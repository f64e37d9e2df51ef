using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.StateMarbles;

namespace ReactiveQuery.MarbleTests.Operators;

public class WithPlaceholderMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void A_first_load_shows_the_stand_in_until_there_is_data_or_an_error()
    {
        var states   = m.States("-.-L--a-L--E-");
        var expected =          "-.-D--a-D--E-";  // D: the placeholder d, fetching

        m.Expect(states.WithPlaceholder(() => StateOf('d').Data!)).ToBe(expected, StateOf);
    }

    [Fact]
    public void A_stand_in_that_cannot_be_made_is_reported_and_the_load_is_shown()
    {
        var states   = m.States("-L-a-");
        var expected =          "-L-a-";

        var reported = new List<Exception>();
        m.Expect(states.WithPlaceholder(() => throw Failure, reported.Add)).ToBe(expected, StateOf);
        Assert.Same(Failure, Assert.Single(reported));
    }

    [Fact]
    public void After_KeepPreviousData_it_fills_in_where_there_is_no_previous_data()
    {
        var states   = m.States("-L-b-L-c-");
        var expected =          "-D-b-B-c-";      // D: the placeholder d

        m.Expect(states.KeepPreviousData().WithPlaceholder(() => StateOf('d').Data!)).ToBe(expected, StateOf);
    }
}
