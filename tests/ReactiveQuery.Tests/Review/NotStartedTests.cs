using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>Fetches that are ended before they have begun.</summary>
public class NotStartedTests : ClientTest
{
    [Fact]
    public void A_fetch_that_its_only_observer_leaves_as_it_is_shown_calls_no_fetcher()
    {
        var client = NewClient(o => o with { CompletionBoundary = null });
        var calls = 0;
        var query = Query.Define("q", (int _, CancellationToken _) => Task.FromResult($"v{++calls}"));
        IDisposable? subscription = null;
        subscription = client.Observe(query, 1).Subscribe(state =>
        {
            if (state is { HasData: true, IsFetching: true })
                subscription!.Dispose();
        });
        Assert.Equal(1, calls);

        client.Refetch(query, 1);

        Assert.Equal(1, calls);
        Assert.False(client.GetState(query, 1).IsFetching);
    }
}
