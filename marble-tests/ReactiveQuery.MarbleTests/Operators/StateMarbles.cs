using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests.Operators;

/// <summary>The letters of states in these tests: data is a small letter, a capital the same data as a stand-in while it loads.</summary>
internal static class StateMarbles
{
    public static readonly InvalidOperationException Failure = new("boom");

    /// <summary><c>.</c> idle, <c>L</c> loading, <c>P</c> paused, <c>E</c> error, <c>a</c>–<c>k</c> success, <c>A</c>–<c>D</c> placeholder and fetching, <c>Q</c> the placeholder a and paused, <c>1</c>–<c>4</c> success and refetching.</summary>
    public static QueryState<string> StateOf(char letter) => letter switch
    {
        '.' => QueryState.Idle<string>(),
        'L' => QueryState.Loading<string>(),
        'P' => QueryState.Loading<string>(FetchStatus.Paused),
        'Q' => QueryState.Success(Text('a'), FetchStatus.Paused, isPlaceholder: true),
        'E' => QueryState.Error<string>(Failure),
        >= 'A' and <= 'D' => QueryState.Success(Text(char.ToLowerInvariant(letter)), FetchStatus.Fetching, isPlaceholder: true),
        >= '1' and <= '4' => QueryState.Success(Text((char)(letter - '1' + 'a')), FetchStatus.Fetching),
        _ => QueryState.Success(Text(letter)),
    };

    public static HotMarbles<QueryState<string>> States(this Marbles m, string marbles) => m.Hot(marbles, StateOf);

    // One reference for each text: states are equal when their data is the same reference.
    private static string Text(char letter) => string.Intern(letter.ToString());
}
