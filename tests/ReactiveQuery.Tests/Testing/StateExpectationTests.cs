using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class StateExpectationTests
{
    private readonly Marbles m = new();

    [Fact]
    public void The_letters_of_the_table_are_states()
    {
        var states = m.Hot("ILPxE", new Dictionary<char, QueryState<string>>
        {
            ['I'] = QueryState.Idle<string>(),
            ['L'] = QueryState.Loading<string>(),
            ['P'] = QueryState.Loading<string>(FetchStatus.Paused),
            ['x'] = QueryState.Success("x"),
            ['E'] = QueryState.Error<string>(new MarbleErrorException()),
        });

        m.Expect(states).ToBe("ILPxE");
    }

    [Fact]
    public void A_digit_is_its_number_and_other_data_is_given()
    {
        var numbers = m.Hot("L-x", new Dictionary<char, QueryState<int>> { ['L'] = QueryState.Loading<int>(), ['x'] = QueryState.Success(7) });
        var lists = m.Hot("x", new Dictionary<char, QueryState<int[]>> { ['x'] = QueryState.Success<int[]>([1, 2]) });

        var (one, other) = (m.Record(numbers), m.Record(lists));

        m.Expect(one).ToBe("L-7");
        m.Expect(other).ToBe("a", data: new() { ['a'] = [1, 2] });
        Assert.Throws<MarbleAssertionException>(() => m.Expect(other).ComparedBy(ReferenceEqualityComparer.Instance).ToBe("a", data: new() { ['a'] = [1, 2] }));
    }

    [Fact]
    public void The_words_say_what_the_state_shows()
    {
        var boom = new InvalidOperationException("boom");

        Assert.Equal(
            [
                "Success+Idle(a, stale)",
                "Success+Fetching(a)",
                "Success+Streaming(a)",
                "Success+Fetching(a, placeholder)",
                "Error+Idle(error: boom, failures: 4)",
                "Error+Fetching(a, error: boom, stale)",
                "Loading+Fetching(failures: 1, last failure: boom)",
                "Success+Paused(a, optimistic)",
            ],
            new[]
            {
                State.Stale("a"),
                State.Refetching("a"),
                State.Streaming("a"),
                State.Placeholder("a"),
                State.Failed<string>(boom, failures: 4),
                State.FailedRefetch(boom, "a").Refetching().Stale(),
                State.Loading<string>().Failing(1, boom),
                State.Success("a").Paused().Optimistic(),
            }.Select(s => s.ToString()));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => State.Failed<string>(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => State.Failed<string>(new MarbleErrorException(), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => State.Loading<string>().Failing(0, new MarbleErrorException()));
        Assert.Throws<ArgumentNullException>(() => State.Loading<string>().Failing(1, null!));
        Assert.Throws<ArgumentNullException>(() => StateVariations.Stale<string>(null!));
    }

    [Fact]
    public void A_letter_without_a_state_or_data_is_refused()
    {
        var states = m.Hot("a", new Dictionary<char, QueryState<Version>> { ['a'] = QueryState.Loading<Version>() });

        Assert.Contains("pass states", Assert.Throws<ArgumentException>(() => m.Expect(states).ToBe("S")).Message, StringComparison.Ordinal);
        Assert.Contains("which Version that is: pass data", Assert.Throws<ArgumentException>(() => m.Expect(states).ToBe("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_of_the_same_type_and_message_are_the_same()
    {
        var state = State.Loading<string>().Failing(1, new InvalidOperationException("boom"));
        var states = m.Record(m.Hot("F", new Dictionary<char, QueryState<string>> { ['F'] = state }));

        m.Expect(states).ToBe("F", new() { ['F'] = State.Loading<string>().Failing(1, new InvalidOperationException("boom")) });
        Assert.Throws<MarbleAssertionException>(() =>
            m.Expect(states).ToBe("F", new() { ['F'] = State.Loading<string>().Failing(1, new InvalidOperationException("bang")) }));
    }

    [Fact]
    public void A_mismatch_names_the_state_of_each_letter()
    {
        var client = m.Client();
        var query = Query.Define("n", m.Fetcher("--(b|)").AsTask);

        var error = Assert.Throws<MarbleAssertionException>(() =>
            m.Expect(client.Observe(query, "1")).ToBe("L--S", new() { ['S'] = State.Success("a") }));

        Assert.Equal(
            """
            The observable did not do what the diagram says.

              expected: L--S
              actual:   L-b-

              frame | expected | actual
                  0 | L        | L
            *     2 |          | b
            *     3 | S        |

              L = Loading+Fetching
              S = Success+Idle(a)
              b = Success+Idle(b)
            """,
            error.Message);
    }
}
