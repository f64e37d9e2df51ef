namespace ReactiveQuery.Testing;

/// <summary>Gives every value of a recording one character: the one the test uses for it, else the one it prints as, else a free letter.</summary>
internal sealed class MarbleAlphabet<T>(IEqualityComparer<T>? comparer)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Reserved = "-()[]|#^! ";

    private readonly List<(char Symbol, T Value)> _known = [];

    /// <summary>What the characters stand for, for those that do not say it themselves.</summary>
    public IEnumerable<string> Legend => _known
        .Select(known => (known.Symbol, Text: MarbleValues.Text(known.Value)))
        .Where(known => known.Text != known.Symbol.ToString())
        .Select(known => $"{known.Symbol} = {known.Text}");

    /// <summary>The test calls a value by this character. Two characters may mean equal values: the first names them.</summary>
    public void Learn(char symbol, T value)
    {
        if (_known.TrueForAll(known => known.Symbol != symbol)) _known.Add((symbol, value));
    }

    public char SymbolOf(T value)
    {
        foreach (var known in _known)
        {
            if (MarbleValues.AreEqual(known.Value, value, comparer)) return known.Symbol;
        }

        var text = MarbleValues.Text(value);
        var own = text.Length == 1 ? text[0] : StateLetters.OfText(text);
        var symbol = own is { } letter && IsFree(letter) && !Reserved.Contains(letter, StringComparison.Ordinal)
            ? letter
            : Letters.FirstOrDefault(IsFree, '?');
        _known.Add((symbol, value));
        return symbol;
    }

    private bool IsFree(char symbol) => _known.TrueForAll(known => known.Symbol != symbol);
}
