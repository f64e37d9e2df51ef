using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests.Operators;

public class DistinctDataMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void It_is_the_data_without_states_placeholders_and_repetitions()
    {
        var states   = m.States("L-A-a-1-a-E-b-L-b-c|");
        var expected =          "----a-------b-----c|";

        m.Expect(states.DistinctData()).ToBe(expected);
    }

    [Fact]
    public void What_the_comparer_takes_for_equal_is_a_repetition()
    {
        var states   = m.States("-a-b-c-");
        var expected =          "-a---c-";

        var upToB = EqualityComparer<string>.Create((x, y) => (x is "a" or "b") == (y is "a" or "b"));
        m.Expect(states.DistinctData(upToB)).ToBe(expected);
    }
}
