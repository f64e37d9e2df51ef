using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>Observers of the derived streams of writes and pages that throw.</summary>
public class ThrowingViewTests : ClientTest
{
    private readonly List<string> _seen = [];

    [Fact]
    public void An_observer_of_the_count_of_calls_that_throws_is_reported_and_stays()
    {
        var client = NewClient();
        using var watching = client.IsMutating().Subscribe(ThrowAtFirst);
        CallOnce(client);
        Assert.Equal(["0", "1", "0"], _seen);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Fact]
    public void An_observer_of_the_list_of_calls_that_throws_is_reported_and_stays()
    {
        var client = NewClient();
        using var watching = client.MutationStates().Subscribe(entries => ThrowAtFirst(entries.Count));
        CallOnce(client);
        Assert.Equal(["0", "1", "1"], _seen);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    [Theory]
    [InlineData("has next")]
    [InlineData("has previous")]
    [InlineData("next")]
    [InlineData("previous")]
    public void An_observer_of_a_flag_of_a_store_that_throws_is_reported_and_stays(string flag)
    {
        var query = Query.DefineInfinite("pages", (int cursor, CancellationToken _) => Task.FromResult(cursor), 0, page => page + 1, page => page - 1);
        using var store = NewClient().CreateInfiniteStore(query);
        using var watching = (flag switch
        {
            "has next" => store.HasNextPage,
            "has previous" => store.HasPreviousPage,
            "next" => store.IsFetchingNextPage,
            _ => store.IsFetchingPreviousPage,
        }).Subscribe(ThrowAtFirst);
        store.FetchNextPage();
        store.FetchPreviousPage();
        Assert.InRange(_seen.Count, 2, 3);
        Assert.Same(Boom, Assert.Single(Unobserved).Exception);
    }

    private static void CallOnce(QueryClient client)
    {
        TaskCompletionSource<int> answer = new();
        client.CreateMutation((int _) => answer.Task).Start(1);
        answer.SetResult(1);
    }

    private void ThrowAtFirst<T>(T value)
    {
        _seen.Add($"{value}");
        if (_seen.Count == 1) throw Boom;
    }
}
