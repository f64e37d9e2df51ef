namespace Quickstart.Scenes;

internal sealed class ShareScene : IScene
{
    public string Name => "share";

    public string Explanation => "Ten views ask for one product while it loads; they share one entry and one request.";

    public async Task PlayAsync(Stage stage)
    {
        stage.Server.Faults.Latency = 400.Ms();
        var productById = Query.Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token));
        using var client = new QueryClient();

        var product = client.Observe(productById, 7);
        var views = new View<Product>[10];
        for (var i = 0; i < views.Length; i++)
        {
            views[i] = stage.Watch($"view {i + 1}", product);
            await RealTime.Delay(25.Ms());
        }

        await Stage.Until(() => views.All(view => view.Latest.IsSuccess));

        stage.Promise("requests at the server", 1, stage.Server.Log.Requests.Count);
        stage.Promise("views that show the product", 10, views.Count(view => view.Latest.Data is { Id: 7 }));
        stage.Promise("different instances among them", 1, views.Select(view => view.Latest.Data).Distinct(ReferenceEqualityComparer.Instance).Count());
    }
}
