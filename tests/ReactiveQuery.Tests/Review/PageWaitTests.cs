using System.Reactive;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>Callers who await a page while other things happen to the list.</summary>
public class PageWaitTests : ClientTest
{
    [Fact]
    public void An_awaited_page_that_waits_for_a_refetch_comes_though_a_mutations_answer_ends_that_refetch()
    {
        var client = NewClient();
        var isHeld = false;
        TaskCompletionSource<int> held = new();
        var query = Query.DefineInfinite("pages", (int cursor, CancellationToken _) => isHeld && cursor == 0 ? held.Task : Task.FromResult(cursor), 0, page => page + 1);
        _ = client.FetchAsync(query, Unit.Default);
        isHeld = true;
        using var cancellation = new CancellationTokenSource();
        client.Invalidate(query, Unit.Default);
        var refetch = client.FetchAsync(query, Unit.Default, cancellation.Token);
        var page = client.FetchNextPageAsync(query, Unit.Default);
        cancellation.Cancel(); // Only the page's caller is left.
        Assert.True(refetch.IsCanceled);

        client.CreateMutation((int n) => Task.FromResult(n), m => m.UpdatesData(query, (_, _) => Unit.Default, (data, _, _) => data.Select(old => old))).Start(1);

        Assert.True(page.IsCompletedSuccessfully);
        Assert.Equal([0, 1], client.GetState(query, Unit.Default).Data!.Pages);
    }
}
