namespace Quickstart;

/// <summary>Plays a scene and prints its explanation, its marble diagram and its promises.</summary>
internal static class Performance
{
    /// <summary>Plays a scene unseen, so that the diagrams show the library at work and not the just-in-time compiler.</summary>
    public static async Task RehearseAsync(IScene scene)
    {
        await using var stage = await Stage.SetUpAsync();
        await TryPlayAsync(scene, stage);
    }

    /// <returns>Whether the scene saw all that it promises.</returns>
    public static async Task<bool> GiveAsync(IScene scene)
    {
        await using var stage = await Stage.SetUpAsync();
        Console.WriteLine($"{scene.Name}: {scene.Explanation}");
        Console.WriteLine();
        var failure = await TryPlayAsync(scene, stage);
        foreach (var line in MarbleDiagram.Draw(stage.Recorder.Marks))
            Console.WriteLine($"  {line}".TrimEnd());
        Console.WriteLine();
        foreach (var line in Table(stage.Promises))
            Console.WriteLine($"  {line}");
        if (failure is not null)
            Console.WriteLine($"  FAILED   {failure.Message}");
        Console.WriteLine();
        return failure is null && stage.Promises.All(promise => promise.IsKept);
    }

    private static IEnumerable<string> Table(IReadOnlyList<Promise> promises)
    {
        const string PromisedTitle = "promised";
        var width = promises.SelectMany(it => new[] { it.Promised, it.Seen }).Append(PromisedTitle).Max(text => text.Length) + 3;
        return promises
            .Select(it => (it.IsKept ? "ok" : "FAILED").PadRight(9) + it.Promised.PadRight(width) + it.Seen.PadRight(width) + it.What)
            .Prepend("".PadRight(9) + PromisedTitle.PadRight(width) + "seen");
    }

    private static async Task<Exception?> TryPlayAsync(IScene scene, Stage stage)
    {
        try
        {
            await scene.PlayAsync(stage);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
