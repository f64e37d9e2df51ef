using System.Text.RegularExpressions;

namespace ReactiveQuery.Tests.Docs;

public class ReadmeTests
{
    private static string Folder { get; } = AppContext.BaseDirectory;

    [Fact]
    public void Every_csharp_block_of_the_readme_is_compiled_code()
    {
        var readme = File.ReadAllText(Path.Combine(Folder, "Docs", "README.md"));
        var compiled = Normalized(File.ReadAllText(Path.Combine(Folder, "Docs", "ReadmeSnippets.cs")));
        var blocks = Regex.Matches(readme, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToList();
        Assert.InRange(blocks.Count, 8, 100);
        Assert.All(blocks, block => Assert.Contains(Normalized(block), compiled, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_file_that_the_map_names_exists()
    {
        var map = File.ReadAllText(Path.Combine(Folder, "Docs", "architecture.md"));
        var sources = File.ReadAllLines(Path.Combine(Folder, "Docs", "sources.txt")).Select(line => line.Replace('\\', '/')).ToList();
        var named = Regex.Matches(map, "`((?:Core|Operators|Cache|Client|Stores|Infinite|Diagnostics)/[A-Za-z.*]+)`").Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.InRange(named.Count, 30, 1000);
        Assert.All(named, name => Assert.Contains(sources, source => Matches(source, name)));
    }

    private static bool Matches(string source, string name) =>
        Regex.IsMatch(source, "(^|/)" + Regex.Escape(name).Replace("\\*", "[A-Za-z.]*", StringComparison.Ordinal) + "$");

    /// <summary>Lines without their indentation, empty lines dropped.</summary>
    private static string Normalized(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
