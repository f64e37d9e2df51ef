namespace Quickstart.Scenes;

internal sealed class UnmountScene : IScene
{
    public string Name => "unmount";

    public string Explanation => "The first view to leave changes nothing; the last aborts the request, on the server too.";

    public async Task PlayAsync(Stage stage)
    {
        stage.Server.Faults.Latency = TimeSpan.FromSeconds(30);
        var productById = Query.Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token));
        using var client = new QueryClient();

        var list = stage.Watch("list", client.Observe(productById, 7));
        var detail = stage.Watch("detail", client.Observe(productById, 7));
        await Stage.Until(() => stage.Server.Log.Requests.Count == 1);

        list.Dispose();
        await RealTime.Delay(300.Ms());
        var runningWithoutList = stage.Server.Log.Count(RequestOutcome.Running);
        detail.Dispose();
        await Stage.Until(() => stage.Server.Log.Count(RequestOutcome.Running) == 0);

        stage.Promise("requests that run on for the detail view", 1, runningWithoutList);
        stage.Promise("requests aborted after it left", 1, stage.Server.Log.Count(RequestOutcome.Aborted));
        stage.Promise("what the two views showed", "L, L", $"{list.Letters}, {detail.Letters}");
        stage.Promise("what is left in the cache", 0, client.Cache.Count);
    }
}
