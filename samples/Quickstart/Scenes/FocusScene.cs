using System.Reactive.Subjects;

namespace Quickstart.Scenes;

internal sealed class FocusScene : IScene
{
    public string Name => "focus";

    public string Explanation => "When the window regains the focus, what is stale is refetched; what is fresh is left alone.";

    public async Task PlayAsync(Stage stage)
    {
        var productById = Query
            .Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token))
            .With(o => o with { StaleTime = 200.Ms() });
        var userById = Query.Define("users", (int id, CancellationToken token) => stage.Api.User(id, token));
        using var focus = new Subject<bool>();
        using var client = new QueryClient(new QueryClientOptions { Focus = focus });

        var product = stage.Watch("product", client.Observe(productById, 7));
        var user = stage.Watch("user", client.Observe(userById, 3));
        await Stage.Until(() => product.Latest.IsStale && user.Latest.IsSuccess);

        stage.Recorder.Note(Lane.User, "window", 'b', "focus lost");
        focus.OnNext(false);
        await RealTime.Delay(200.Ms());
        var requestsWhileAway = stage.Server.Log.Requests.Count - 2;
        stage.Recorder.Note(Lane.User, "window", 'f', "focus regained");
        focus.OnNext(true);
        await Stage.Until(() => product.Letters.StartsWith("LSsFS", StringComparison.Ordinal));

        stage.Promise("requests while away", 0, requestsWhileAway);
        stage.Promise("requests for the stale product", 2, stage.Server.Log.Count("/products/7"));
        stage.Promise("requests for the fresh user", 1, stage.Server.Log.Count("/users/3"));
        stage.Promise("what the user showed", "LS", user.Letters);
    }
}
