using System.Reactive;
using System.Reactive.Subjects;

namespace Quickstart.Scenes;

internal sealed class InfiniteScene : IScene
{
    private const int FirstId = 1;
    private const int RemovedFrom = 16;

    public string Name => "infinite";

    public string Explanation => "Ten scrolls to the end load one page; a refetch walks the pages anew and stops where the list has shrunk.";

    public async Task PlayAsync(Stage stage)
    {
        var allProducts = Query.DefineInfinite(
            "all products", (int from, CancellationToken token) => stage.Api.ProductsFrom(from, token), firstCursor: FirstId, nextCursor: page => page.Next);
        using var client = new QueryClient();
        using var scrolledToEnd = new Subject<Unit>();
        using var store = client.CreateInfiniteStore(allProducts, o => o with { FetchNextPageOn = scrolledToEnd });

        var list = stage.Watch("products", store);
        await Stage.Until(() => list.Latest.IsSuccess);
        for (var scroll = 0; scroll < 10; scroll++)
        {
            stage.Recorder.Note(Lane.User, "scroll", 'e', "end of the list in view");
            scrolledToEnd.OnNext(Unit.Default);
        }

        await Stage.Until(() => list.Latest is { IsFetching: false, Data.Count: 2 });
        await store.FetchNextPageAsync(); // Waits for the commit and for nobody's delivery.
        await Stage.Until(() => list.Latest is { IsFetching: false, Data.Count: 3 });
        var before = list.Latest.Data!.Flatten(page => page.Products);

        stage.Server.RemoveProductsFrom(RemovedFrom);
        stage.Recorder.Note(Lane.User, "edit", 'r', $"products from {RemovedFrom} on removed, list invalidated");
        await client.InvalidateAsync(allProducts, Unit.Default);
        await Stage.Until(() => !list.Latest.IsFetching);
        var after = list.Latest.Data!.Flatten(page => page.Products);

        stage.Promise("what the list showed", "LSNSNSFS", list.Letters);
        stage.Promise("requests at the server", "1 11 21 1 11", string.Join(' ', stage.Server.Log.Requests.Select(it => it.Path.Split('/')[^1])));
        stage.Promise("products before, in order", "1 to 30", Ids(before));
        stage.Promise("products after, in order", "1 to 15", Ids(after));
        stage.Promise("lists of another length shown on the way", 0, list.States.Count(it => it.Data?.Count is > 3));
        stage.Promise("more to load", false, allProducts.HasNextPage(list.Latest.Data));
    }

    /// <summary>The ids, in short where none is missing, doubled or out of order.</summary>
    private static string Ids(IReadOnlyList<Product> products) =>
        products.Select(it => it.Id).SequenceEqual(Enumerable.Range(FirstId, products.Count))
            ? $"{FirstId} to {products.Count}"
            : string.Join(' ', products.Select(it => it.Id));
}
