using System.Collections.Immutable;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Quickstart.Scenes;

internal sealed class OfflineScene : IScene
{
    private static readonly decimal[] Prices = [11m, 12m, 13m];

    public string Name => "offline";

    public string Explanation => "Three writes without a connection wait in order, shown at once; each is sent once, and the refetch follows the last.";

    public async Task PlayAsync(Stage stage)
    {
        var productById = Query.Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token));
        var setPrice = Mutation.Define("set price", (PriceChange change, CancellationToken token) => stage.Api.SetPrice(change, token), m => m
            .InScope("products")
            .Optimistic(productById, change => change.ProductId, (product, change) => product with { Price = change.Price })
            .Invalidates(productById, change => change.ProductId));
        using var online = new BehaviorSubject<bool>(true);
        using var client = new QueryClient(new QueryClientOptions { Online = online });
        var mutation = client.CreateMutation(setPrice);
        var unsent = ImmutableList<int>.Empty;
        using var counting = client.IsMutating(new MutationFilter { Status = MutationStatus.Paused }).Subscribe(count => unsent = unsent.Add(count));

        var product = stage.Watch("product 7", client.Observe(productById, 7));
        await Stage.Until(() => product.Latest.IsSuccess);

        stage.Recorder.Note(Lane.User, "user", 'd', "connection down");
        online.OnNext(false);
        foreach (var price in Prices)
        {
            await RealTime.Delay(60.Ms());
            stage.Recorder.Note(Lane.User, "user", 'w', "write");
            _ = mutation.Start(new PriceChange(7, price));
        }

        var (shownOffline, sentOffline) = (product.Latest.Data!.Price, stage.Server.Log.Count("PUT /products/7/price"));
        await RealTime.Delay(100.Ms());
        stage.Recorder.Note(Lane.User, "user", 'u', "connection up");
        online.OnNext(true);
        await RealTime.Delay(50.Ms());
        online.OnNext(false);   // and it flaps
        await RealTime.Delay(20.Ms());
        online.OnNext(true);
        await Stage.Until(() => unsent[^1] == 0 && product.Latest is { IsFetching: false, IsPaused: false, IsOptimistic: false } && stage.Server.Log.Count("/products/7") == 2);

        var requests = stage.Server.Log.Requests;
        var lastWrite = requests.Last(it => it.Path.StartsWith("PUT", StringComparison.Ordinal));
        stage.Promise("price shown while offline", Prices[^1], shownOffline);
        stage.Promise("writes sent while offline", 0, sentOffline);
        stage.Promise("most writes waiting at a time", Prices.Length, unsent.Max());
        stage.Promise("prices that reached the server, in order", string.Join(", ", Prices), string.Join(", ", stage.Server.PricesSet));
        stage.Promise("requests for writes", Prices.Length, stage.Server.Log.Count("PUT /products/7/price"));
        stage.Promise("refetches, all after the last write", 1, requests.Count(it => it.Path == "/products/7" && it.StartedAt > lastWrite.EndedAt));
        stage.Promise("price shown in the end", Prices[^1], product.Latest.Data!.Price);
        stage.Promise("old prices that flashed up", 0, product.States.SkipWhile(state => !state.IsOptimistic).Count(state => !Prices.Contains(state.Data!.Price)));
    }
}
