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
        var blocks = BlocksOf(readme);
        Assert.InRange(blocks.Count, 8, 100);
        Assert.All(blocks, block => Assert.Contains(Normalized(block), compiled, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_csharp_block_of_every_page_is_compiled_code()
    {
        var compiled = Directory.GetFiles(Path.Combine(Folder, "Docs"), "*Snippets.cs").Select(file => Normalized(File.ReadAllText(file))).ToList();
        var pages = Directory.GetFiles(Path.Combine(Folder, "Docs"), "*.md");
        Assert.InRange(pages.Length, 5, 100);
        foreach (var page in pages)
            Assert.All(BlocksOf(File.ReadAllText(page)), block => Assert.Contains(compiled, snippets => snippets.Contains(Normalized(block), StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_page_that_a_page_links_to_exists()
    {
        var pages = Directory.GetFiles(Path.Combine(Folder, "Docs"), "*.md");
        var links = pages.SelectMany(page => Regex.Matches(File.ReadAllText(page), @"\]\(([^)#]+\.md)\)"), (_, link) => Path.GetFileName(link.Groups[1].Value)).Distinct();
        Assert.All(links.Where(link => link != "CHANGELOG.md"), link => Assert.Contains(pages, page => Path.GetFileName(page) == link));
    }

    [Fact]
    public void Every_file_that_the_map_names_exists()
    {
        var map = File.ReadAllText(Path.Combine(Folder, "Docs", "architecture.md"));
        var sources = File.ReadAllLines(Path.Combine(Folder, "Docs", "sources.txt")).Select(line => line.Replace('\\', '/')).ToList();
        var named = Regex.Matches(map, "`((?:Core|Operators|Cache|Client|Stores|Mutations|Infinite|Tasks|Dispatch|Boundaries|Diagnostics)/[A-Za-z.*]+)`").Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.InRange(named.Count, 30, 1000);
        Assert.All(named, name => Assert.Contains(sources, source => Matches(source, name)));
    }

    private static List<string> BlocksOf(string page) =>
        [.. Regex.Matches(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value)];

    private static bool Matches(string source, string name) =>
        Regex.IsMatch(source, "(^|/)" + Regex.Escape(name).Replace("\\*", "[A-Za-z.]*", StringComparison.Ordinal) + "$");

    /// <summary>Lines without their indentation, empty lines dropped.</summary>
    private static string Normalized(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
