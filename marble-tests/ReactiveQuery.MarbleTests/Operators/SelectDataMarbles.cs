using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.StateMarbles;

namespace ReactiveQuery.MarbleTests.Operators;

public class SelectDataMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void It_projects_the_data_and_keeps_the_rest_of_the_state()
    {
        var states   = m.States("L-a-1-E-b|");
        var expected =          "L-x-1-E-y|";

        m.Expect(states.SelectData(text => text[0] - 'a')).ToBe(expected, new()
        {
            ['L'] = QueryState.Loading<int>(),
            ['x'] = QueryState.Success(0),
            ['1'] = QueryState.Success(0, FetchStatus.Fetching),
            ['E'] = QueryState.Error<int>(Failure),
            ['y'] = QueryState.Success(1),
        });
    }

    [Fact]
    public void It_is_silent_where_its_part_of_the_data_has_not_changed()
    {
        var states   = m.States("-a-b-c-d-");
        var expected =          "-x---y---";   // x: up to b, y: from c on

        m.Expect(states.SelectData(text => text[0] >= 'c')).ToBe(expected, new() { ['x'] = QueryState.Success(false), ['y'] = QueryState.Success(true) });
    }

    [Fact]
    public void It_turns_what_the_selector_throws_into_an_error_state_and_goes_on()
    {
        var states   = m.States("-a-b-c-");
        var expected =          "-x-e-z-";

        var odd = new FormatException("b is odd");
        m.Expect(states.SelectData(text => text == "b" ? throw odd : text[0] - 'a')).ToBe(expected, new()
        {
            ['x'] = QueryState.Success(0),
            ['e'] = QueryState.Error<int>(odd) with { FailureCount = 0, FailureReason = null },
            ['z'] = QueryState.Success(2),
        });
    }
}
