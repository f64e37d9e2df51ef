namespace Quickstart.Scenes;

internal sealed class OptimisticScene : IScene
{
    private const int Id = 7;
    private const string NewName = "Samovar";
    private const int NewStock = 99;

    public string Name => "optimistic";

    public string Explanation => "Two writes overlap and the first fails: its change alone disappears, the other stays until the server's value is there.";

    public async Task PlayAsync(Stage stage)
    {
        var productById = Query.Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token));
        using var client = new QueryClient();
        using var rename = client.CreateMutation((string name, CancellationToken token) => stage.Api.Rename(Id, name, token), m => m
            .Optimistic(productById, _ => Id, (product, name) => product with { Name = name })
            .Invalidates(productById, _ => Id));
        using var restock = client.CreateMutation((int stock, CancellationToken token) => stage.Api.Restock(Id, stock, token), m => m
            .Optimistic(productById, _ => Id, (product, stock) => product with { Stock = stock })
            .Invalidates(productById, _ => Id));
        var renamePath = $"PUT {ShopApi.RenamePath(Id, NewName)}";
        stage.Server.Faults.Latency = 120.Ms();
        stage.Server.Faults.Slow(renamePath, 500.Ms());
        stage.Server.Faults.FailFirst(renamePath, times: 1);

        var view = stage.Watch("product 7", client.Observe(productById, Id));
        await Stage.Until(() => view.Latest.IsSuccess);
        var before = view.Latest.Data!;

        stage.Recorder.Note(Lane.User, "user", 'n', "new name");
        var first = rename.Start(NewName);
        await RealTime.Delay(60.Ms());
        stage.Recorder.Note(Lane.User, "user", 'k', "new stock");
        var second = restock.Start(NewStock);
        await Stage.Until(() => first.IsSettled && second.IsSettled && view.Latest is { IsFetching: false, IsOptimistic: false } && stage.Server.Log.Count("/products/7") > 1);

        var old = $"{before.Name}, {before.Stock}";
        var shown = view.States.Where(state => state.HasData).Select(state => $"{state.Data!.Name}, {state.Data.Stock}").ToList();
        var changes = shown.Where((it, n) => n == 0 || it != shown[n - 1]);
        stage.Promise("names and stocks shown, in order", $"{old} | {NewName}, {before.Stock} | {NewName}, {NewStock} | {before.Name}, {NewStock}", string.Join(" | ", changes));
        stage.Promise("the first write", MutationStatus.Error, first.Status);
        stage.Promise("the second write", MutationStatus.Success, second.Status);
        stage.Promise("what the server holds", await stage.Api.Product(Id, CancellationToken.None), view.Latest.Data!);
    }
}
