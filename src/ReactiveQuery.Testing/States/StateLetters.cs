namespace ReactiveQuery.Testing;

/// <summary>From the letters of a diagram to states, and back. The table is in <see cref="StateExpectation{T}"/>.</summary>
internal static class StateLetters
{
    public static Func<char, QueryState<T>> Map<T>(Dictionary<char, QueryState<T>>? states, Dictionary<char, T>? data) => letter =>
    {
        if (states is not null && states.TryGetValue(letter, out var state)) return state;
        if (data is not null && data.TryGetValue(letter, out var value)) return State.Success(value);
        return letter switch
        {
            'I' => State.Idle<T>(),
            'L' => State.Loading<T>(),
            'P' => State.Paused<T>(),
            'E' => State.Failed<T>(new MarbleErrorException()),
            _ when IsOfData(letter) => Success<T>(letter),
            _ => throw new ArgumentException(
                $"The diagram has '{letter}', but nothing says which state that is: pass states, new() {{ ['{letter}'] = State.Stale(…) }}.")
        };
    };

    /// <summary>The letter of a state that prints as <paramref name="text"/>; null if it has none of its own.</summary>
    public static char? OfText(string text) => text switch
    {
        "Idle+Idle" => 'I',
        "Loading+Fetching" => 'L',
        "Loading+Paused" => 'P',
        "Error+Idle(error: #, failures: 1)" => 'E',
        _ when text.Length == "Success+Idle(?)".Length && text.StartsWith("Success+Idle(", StringComparison.Ordinal) && IsOfData(text[^2]) => text[^2],
        _ => null
    };

    private static bool IsOfData(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter);

    private static QueryState<T> Success<T>(char letter)
    {
        try
        {
            return State.Success(MarbleValues.Default<T>(letter));
        }
        catch (ArgumentException)
        {
            throw new ArgumentException(
                $"The diagram has '{letter}', but nothing says which {typeof(T).Name} that is: pass data: new() {{ ['{letter}'] = … }}.");
        }
    }
}
