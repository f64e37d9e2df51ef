namespace ReactiveQuery.Tests.Model;

/// <summary>What a call of a fetcher that ends by itself answers: known to model and engine alike.</summary>
internal static class Answers
{
    /// <summary>What the queries named "a" begin with, in programs that want it.</summary>
    public const string Initial = "init";

    public static string Data(TestKey key, int call) => $"{key}.{call}";

    public static string Value(TestKey key, int call, int value) => $"{key}.{call}.{value}";

    /// <summary>What a write answers where there is nothing yet that it could change.</summary>
    public static string Written(TestKey key, int write) => key.IsPaged ? $"|{PageText.FirstCursor}.w{write}|" : $"w{write}";

    public static string WriteError(int write) => $"write {write} failed";

    public static string Nothing(TestKey key) => new EmptyFetchException(key.Name).Message;

    public static string Error(TestKey key, int call) => $"{key}.{call} failed";
}
