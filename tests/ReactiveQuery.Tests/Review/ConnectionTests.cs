using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>Writes and queries while the connection comes and goes.</summary>
public sealed class ConnectionTests : ClientTest
{
    private readonly BehaviorSubject<bool> _online = new(false);
    private readonly List<int> _sent = [];

    [Fact]
    public void A_connection_that_goes_while_its_return_is_being_told_sends_nothing()
    {
        var mutation = NewWrites(NewClient(o => o with { Online = _online }));
        mutation.Start(1);
        var second = mutation.Start(2);
        var hasFlapped = false;
        using var watching = second.Where(state => state.IsPending && !hasFlapped).Subscribe(_ =>
        {
            hasFlapped = true;
            _online.OnNext(false);
        });

        _online.OnNext(true);
        Assert.True(hasFlapped);
        Assert.Empty(_sent);
        Assert.True(second.State.IsPaused);

        _online.OnNext(true);
        Assert.Equal([1, 2], _sent);
    }

    [Fact]
    public void A_callback_that_awaits_a_page_does_not_wait_for_the_writes_behind_it()
    {
        _online.OnNext(true);
        var client = NewClient(o => o with { Online = _online });
        var pages = Query.DefineInfinite("pages", (int cursor, CancellationToken _) => Task.FromResult(cursor), 0, page => page + 1);
        using var watching = client.ObserveInfinite(pages).Subscribe();
        _online.OnNext(false);
        var mutation = NewWrites(client, m => m.OnSuccess((_, _) => client.FetchNextPageAsync(pages, Unit.Default)));
        mutation.Start(1);
        mutation.Start(2);

        _online.OnNext(true);
        Assert.Equal([1, 2], _sent);
        Assert.Equal([0, 1, 2], client.GetState(pages, Unit.Default).Data!.Pages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task An_awaited_query_lets_all_go_that_wait_for_the_writes_even_if_it_is_served_at_once_and_however_often_it_was_read_before(int reads)
    {
        _online.OnNext(true);
        var client = NewClient(o => o with { Online = _online });
        var query = Query.Define("q", (int id) => Task.FromResult($"#{id}")).With(o => o with { StaleTime = Timeout.InfiniteTimeSpan });
        var answer = new TaskCompletionSource<int>();
        client.SetData(query, 1, "written");
        for (var i = 0; i < reads; i++) client.GetState(query, 1);
        _online.OnNext(false);
        using var watching = client.Observe(query, 2).Subscribe();
        _ = client.CreateMutation((int _) => answer.Task).Start(1);
        _online.OnNext(true);
        Assert.True(client.GetState(query, 2).IsPaused); // The write comes first.

        Assert.Equal("written", await client.FetchAsync(query, 1));

        Assert.Equal("#2", client.GetState(query, 2).Data);
        answer.SetResult(1);
    }

    private Mutation<int, int> NewWrites(QueryClient client, Func<MutationOptions<int, int>, MutationOptions<int, int>>? configure = null) => client.CreateMutation(
        (int n) =>
        {
            _sent.Add(n);
            return Task.FromResult(n);
        },
        m => (configure ?? (same => same))(m.InScope("s")));
}
