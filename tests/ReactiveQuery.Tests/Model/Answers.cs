namespace ReactiveQuery.Tests.Model;

/// <summary>What a call of a fetcher that ends by itself answers: known to model and engine alike.</summary>
internal static class Answers
{
    public static string Data(TestKey key, int call) => $"{key}.{call}";

    public static string Error(TestKey key, int call) => $"{key}.{call} failed";
}
