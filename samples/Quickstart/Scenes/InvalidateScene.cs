namespace Quickstart.Scenes;

internal sealed class InvalidateScene : IScene
{
    private const decimal NewPrice = 19m;

    public string Name => "invalidate";

    public string Explanation => "Invalidating (\"products\", \"in\") refetches what begins with it, and nothing else.";

    public async Task PlayAsync(Stage stage)
    {
        var productsIn = Query
            .Define("products", (string category, CancellationToken token) => stage.Api.ProductsIn(category, token))
            .WithKey(category => QueryKey.Of("products", "in", category));
        var productById = Query
            .Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token))
            .WithKey(id => QueryKey.Of("products", "by id", id));
        var userById = Query.Define("users", (int id, CancellationToken token) => stage.Api.User(id, token));
        using var client = new QueryClient();

        var kitchen = stage.Watch("products in Kitchen", client.Observe(productsIn, "Kitchen"));
        var garden = stage.Watch("products in Garden", client.Observe(productsIn, "Garden"));
        var product = stage.Watch("products by id 7", client.Observe(productById, 7));
        var user = stage.Watch("users 3", client.Observe(userById, 3));
        await Stage.Until(() => kitchen.Latest.IsSuccess && garden.Latest.IsSuccess && product.Latest.IsSuccess && user.Latest.IsSuccess);

        stage.Server.ChangePrice(7, NewPrice);
        await RealTime.Delay(100.Ms());
        stage.Recorder.Note(Lane.User, "edit", 'i', "price changed, lists invalidated");
        client.Invalidate(QueryKey.Of("products", "in"));
        await Stage.Until(() => kitchen.Letters.Length == 4 && garden.Letters.Length == 4);

        stage.Promise("what the matching views showed", "LSFS, LSFS", $"{kitchen.Letters}, {garden.Letters}");
        stage.Promise("what the others showed", "LS, LS", $"{product.Letters}, {user.Letters}");
        stage.Promise("requests for the kitchen", 2, stage.Server.Log.Count("/products?category=Kitchen"));
        stage.Promise("requests for the garden", 2, stage.Server.Log.Count("/products?category=Garden"));
        stage.Promise("requests for the product", 1, stage.Server.Log.Count("/products/7"));
        stage.Promise("requests for the user", 1, stage.Server.Log.Count("/users/3"));
        stage.Promise("price of product 7 in its list", NewPrice, kitchen.Latest.Data!.Single(it => it.Id == 7).Price);
    }
}
