namespace Quickstart.Scenes;

internal sealed class StaleScene : IScene
{
    private const decimal NewPrice = 19m;

    public string Name => "stale";

    public string Explanation => "Fresh data is served without a request; stale data is served at once and refetched behind.";

    public async Task PlayAsync(Stage stage)
    {
        var productById = Query
            .Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token))
            .With(o => o with { StaleTime = 300.Ms() });
        using var client = new QueryClient();

        var first = stage.Watch("first (0.3 s)", client.Observe(productById, 7));
        await Stage.Until(() => first.Latest.IsSuccess);
        var oldPrice = first.Latest.Data!.Price;

        var patient = stage.Watch("patient (1 min)", client.Observe(productById, 7, o => o with { StaleTime = TimeSpan.FromMinutes(1) }));
        await Stage.Until(() => first.Latest.IsStale);
        var requestsSoFar = stage.Server.Log.Requests.Count;

        stage.Server.ChangePrice(7, NewPrice);
        var late = stage.Watch("late (0.3 s)", client.Observe(productById, 7));
        await Stage.Until(() => late.Latest.Data?.Price == NewPrice);
        await Stage.Until(() => first.Latest.Data?.Price == NewPrice && patient.Latest.Data?.Price == NewPrice);

        stage.Promise("what the patient view, content with fresh data, showed first", 'S', patient.Letters[0]);
        stage.Promise("requests while the data was fresh", 1, requestsSoFar);
        stage.Promise("what the late view showed first", $"F {oldPrice}", $"{late.Letters[0]} {late.States[0].Data?.Price}");
        stage.Promise("what it showed then", $"S {NewPrice}", $"{late.Letters[1]} {late.States[1].Data?.Price}");
        stage.Promise("requests in all", 2, stage.Server.Log.Requests.Count);
    }
}
