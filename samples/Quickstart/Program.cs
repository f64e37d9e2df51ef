// ReactiveQuery in eleven scenes, each played on a real HTTP server (ASP.NET Core over SQLite, in this process, slow and failing on purpose):
//
//   dotnet run --project samples/Quickstart                       plays them all, in less than thirty seconds
//   dotnet run --project samples/Quickstart -- --scene search     plays one of them
//   dotnet run --project samples/Quickstart -- --list             names them
//
// Each scene is one file in Scenes/ and reads as an application would. Its marble diagram is recorded from the run, what the views showed beside what
// the server saw. The exit code is 0 when every scene saw what the library promises, 1 when one did not, 2 when the arguments were not understood.
using Quickstart;
using Quickstart.Scenes;

IScene[] all =
[
    new ShareScene(), new StaleScene(), new SearchScene(), new RetryScene(), new FocusScene(), new UnmountScene(), new InvalidateScene(),
    new OptimisticScene(), new OfflineScene(), new InfiniteScene(), new DispatchScene(),
];
var names = string.Join(", ", all.Select(scene => scene.Name));

switch (args)
{
    case []:
        return await PlayAsync(all);
    case ["--list"]:
        foreach (var scene in all)
            Console.WriteLine($"{scene.Name,-12}{scene.Explanation}");
        return 0;
    case ["--scene", var name] when Array.Find(all, scene => scene.Name == name) is { } scene:
        return await PlayAsync([scene]);
    case ["--scene", var name]:
        await Console.Error.WriteLineAsync($"There is no scene '{name}'. The scenes are: {names}.");
        return 2;
    default:
        await Console.Error.WriteLineAsync($"Not understood: {string.Join(' ', args)}. Use --list, --scene NAME, or nothing for all scenes ({names}).");
        return 2;
}

static async Task<int> PlayAsync(IScene[] scenes)
{
    await Performance.RehearseAsync(new ShareScene());
    var failed = 0;
    foreach (var scene in scenes)
        failed += await Performance.GiveAsync(scene) ? 0 : 1;
    Console.WriteLine($"Scenes that saw what they promise: {scenes.Length - failed} of {scenes.Length}.");
    return failed == 0 ? 0 : 1;
}
