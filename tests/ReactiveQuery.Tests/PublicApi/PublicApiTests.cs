namespace ReactiveQuery.Tests.PublicApi;

/// <summary>
/// The public surface of each library is a text file beside this one. A change of the surface is a change of that file, in the same commit:
/// <c>APPROVE_PUBLIC_API=tests/ReactiveQuery.Tests/PublicApi dotnet test --filter PublicApiTests</c>, run from the top folder, writes it anew.
/// </summary>
public class PublicApiTests
{
    public static TheoryData<string> Libraries => ["ReactiveQuery", "ReactiveQuery.Testing"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_approved_one(string library)
    {
        var assembly = library == "ReactiveQuery" ? typeof(QueryClient).Assembly : typeof(ReactiveQuery.Testing.Marbles).Assembly;
        var actual = PublicApiPrinter.Print(assembly);
        if (Environment.GetEnvironmentVariable("APPROVE_PUBLIC_API") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(TopFolder(), folder, library + ".txt"), actual);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi", library + ".txt")), actual);
    }

    private static string TopFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ReactiveQuery.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The solution file was not found above the tests.");
    }
}
