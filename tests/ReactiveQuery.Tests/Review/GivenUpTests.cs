using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>Callers who give up.</summary>
public class GivenUpTests : ClientTest
{
    [Fact]
    public void A_caller_whose_token_is_cancelled_waits_for_nobody_who_is_told_of_it()
    {
        var client = NewClient();
        using var cancellation = new CancellationTokenSource();
        var query = Query.Define("q", (int _, CancellationToken _) => new TaskCompletionSource<string>().Task);
        var data = client.FetchAsync(query, 1, cancellation.Token);
        bool? wasCancelled = null;
        using var events = client.Cache.Events.Subscribe(_ => wasCancelled ??= data.IsCanceled);

        cancellation.Cancel();

        Assert.True(wasCancelled);
    }
}
