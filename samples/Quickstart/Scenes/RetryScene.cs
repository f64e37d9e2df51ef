namespace Quickstart.Scenes;

internal sealed class RetryScene : IScene
{
    private static readonly TimeSpan[] Pauses = [100.Ms(), 200.Ms(), 400.Ms()];

    public string Name => "retry";

    public string Explanation => "A server that fails three times is asked again after 100, 200, 400 ms; the view counts along.";

    public async Task PlayAsync(Stage stage)
    {
        stage.Server.Faults.Latency = 50.Ms();
        stage.Server.Faults.FailFirst("/users/3/orders", times: 3);
        var ordersOf = Query
            .Define("orders", (int userId, CancellationToken token) => stage.Api.OrdersOf(userId, token))
            .With(o => o with { Retry = RetryPolicy.Exponential(initialDelay: Pauses[0], factor: 2) });
        using var client = new QueryClient();

        var orders = stage.Watch("orders", client.Observe(ordersOf, 3));
        await Stage.Until(() => orders.Latest.IsSuccess);

        var requests = stage.Server.Log.Requests;
        var pauses = requests.Zip(requests.Skip(1), (failed, next) => next.StartedAt - failed.EndedAt!.Value);
        stage.Promise("requests at the server", 4, requests.Count);
        stage.Promise("of them failed", 3, stage.Server.Log.Count(RequestOutcome.Failed));
        stage.Promise("pauses at least that long", 3, pauses.Zip(Pauses).Count(pause => pause.First > pause.Second - 10.Ms()));
        stage.Promise("failures that the view counted", "0, 1, 2, 3", string.Join(", ", orders.States.SkipLast(1).Select(state => state.FailureCount)));
        stage.Promise("errors that the view showed", 0, orders.States.Count(state => state.IsError));
    }
}
