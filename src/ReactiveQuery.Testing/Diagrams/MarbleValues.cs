using System.Collections;
using System.Globalization;
using System.Reactive;

namespace ReactiveQuery.Testing;

/// <summary>From the characters of a diagram to values, and from values to text.</summary>
internal static class MarbleValues
{
    private const int MaxItemsShown = 20;

    /// <summary>The map of a test: the given values, or what a character means by itself for the type.</summary>
    public static Func<char, T> Map<T>(Dictionary<char, T>? values) => values is null
        ? Default<T>
        : symbol => values.TryGetValue(symbol, out var value) ? value : Default<T>(symbol);

    /// <summary>A character stands for itself as a string or char, a digit for its number, anything for <see cref="Unit"/>.</summary>
    public static T Default<T>(char symbol)
    {
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        object? value = null;
        if (type == typeof(char)) value = symbol;
        else if (type.IsAssignableFrom(typeof(string))) value = symbol.ToString();
        else if (type == typeof(Unit)) value = Unit.Default;
        else if (type.IsPrimitive && type != typeof(bool) && char.IsAsciiDigit(symbol)) value = Convert.ChangeType(symbol - '0', type, CultureInfo.InvariantCulture);

        return value is T typed ? typed : throw new ArgumentException(
            $"The diagram has '{symbol}', but nothing says which {typeof(T).Name} that is: pass values, new() {{ ['{symbol}'] = … }}.");
    }

    /// <summary>Equal by the comparer; without one, by Equals, sequences item by item.</summary>
    public static bool AreEqual<T>(T left, T right, IEqualityComparer<T>? comparer)
    {
        if (comparer is not null) return comparer.Equals(left, right);
        if (EqualityComparer<T>.Default.Equals(left, right)) return true;
        return left is IEnumerable and not string && right is IEnumerable and not string && Items(left).SequenceEqual(Items(right), new ItemComparer());
    }

    /// <summary>The same exception, or one of the same type and message.</summary>
    public static bool AreSameError(Exception? left, Exception? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left.GetType() == right.GetType() && left.Message == right.Message);

    public static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        Exception error => $"{error.GetType().Name}: {error.Message}",
        IEnumerable items => $"[{string.Join(", ", Shortened(items))}]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? value.GetType().Name
    };

    private static IEnumerable<string> Shortened(IEnumerable items)
    {
        var texts = Items(items).Take(MaxItemsShown + 1).Select(Text).ToList();
        return texts.Count > MaxItemsShown ? texts.Take(MaxItemsShown).Append("…") : texts;
    }

    private static IEnumerable<object?> Items(object sequence) => ((IEnumerable)sequence).Cast<object?>();

    private sealed class ItemComparer : IEqualityComparer<object?>
    {
        public new bool Equals(object? x, object? y) => AreEqual(x, y, null);

        public int GetHashCode(object? obj) => 0;
    }
}
