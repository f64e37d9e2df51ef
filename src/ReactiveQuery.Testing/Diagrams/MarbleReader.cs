using System.Globalization;
using System.Text.RegularExpressions;

namespace ReactiveQuery.Testing;

/// <summary>Walks over the text of a diagram and gives each character its frame; what a character means is the parser's business.</summary>
internal sealed partial class MarbleReader(string marbles)
{
    private readonly List<MarbleMark> _marks = [];
    private int _position;
    private long _frame;
    private int _groupAt = -1;
    private long _groupFrame;

    private bool InGroup => _groupAt >= 0;

    public (IReadOnlyList<MarbleMark> Marks, long Length) ReadToEnd()
    {
        while (_position < marbles.Length)
        {
            if (!TryReadTime()) ReadCharacter(marbles[_position]);
        }

        if (InGroup) throw Wrong(_groupAt, $"The group is never closed: '{Closing}' is missing.");
        return (_marks, _frame);
    }

    private char Closing => marbles[_groupAt] == '(' ? ')' : ']';

    private void ReadCharacter(char c)
    {
        switch (c)
        {
            case '(' or '[':
                Open(c);
                break;
            case ')' or ']':
                Close(c);
                break;
            case '-':
                if (InGroup) throw Wrong(_position, "Time cannot pass inside a group: '-' has no place here.");
                _frame++;
                break;
            default:
                if (!char.IsWhiteSpace(c)) Mark(c);
                break;
        }

        _position++;
    }

    private void Mark(char c)
    {
        _marks.Add(new MarbleMark(InGroup ? _groupFrame : _frame, c, _position));
        _frame++;
    }

    private void Open(char c)
    {
        if (InGroup) throw Wrong(_position, $"Groups cannot be nested: '{c}' stands inside the group opened at position {_groupAt}.");
        (_groupAt, _groupFrame) = (_position, _frame);
        _frame++;
    }

    private void Close(char c)
    {
        if (!InGroup || c != Closing) throw Wrong(_position, $"'{c}' closes a group that was never opened.");
        if (_frame == _groupFrame + 1) throw Wrong(_position, "The group is empty.");
        _frame = c == ')' ? _frame + 1 : _groupFrame + 1;
        _groupAt = -1;
    }

    private bool TryReadTime()
    {
        if (InGroup || !char.IsAsciiDigit(marbles[_position])) return false;
        if (_position > 0 && !char.IsWhiteSpace(marbles[_position - 1])) return false;
        var match = Time().Match(marbles, _position);
        if (!match.Success) return false;

        var milliseconds = Milliseconds(match);
        if (milliseconds != Math.Floor(milliseconds)) throw Wrong(_position, $"'{match.Value}' is not a whole number of frames (1 frame = 1 ms).");
        _frame += (long)milliseconds;
        _position += match.Length;
        return true;
    }

    private decimal Milliseconds(Match match)
    {
        var unit = match.Groups[2].Value switch { "ms" => 1m, "s" => 1_000m, _ => 60_000m };
        var whole = decimal.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount);
        if (!whole || amount > MaxFrames / unit) throw Wrong(_position, $"'{match.Value}' is longer than a diagram can be ({MaxFrames} ms).");
        return amount * unit;
    }

    // A hundred years of virtual time: far from the end of every clock that such a diagram may run on.
    private const long MaxFrames = 100L * 366 * 24 * 60 * 60 * 1000;

    private MarbleSyntaxException Wrong(int position, string problem) => new(marbles, position, problem);

    [GeneratedRegex(@"\G([0-9]+(?:\.[0-9]+)?)(ms|s|m)(?=\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}
