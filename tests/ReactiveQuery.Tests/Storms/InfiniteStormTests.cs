using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Storms;

[Collection(AloneCollection.Name)]
public class InfiniteStormTests
{
    [Fact]
    public void Pages_asked_for_from_many_threads_with_refetches_between_stand_in_order_and_none_twice()
    {
        using var client = new QueryClient(new QueryClientOptions { Defaults = new() { Retry = RetryPolicy.None } });
        var (running, overlaps, disorder) = (0, 0, 0);
        var query = Query.DefineInfinite("q", (int cursor, CancellationToken _) => FetchAsync(cursor), 0, page => page + 1, page => page - 1);
        using var watching = client.ObserveInfinite(query).Where(state => state.HasData).Subscribe(Look);

        new Storm(threads: 4).Run(300, (number, random, _) => Step(number, random));
        Storm.Eventually(() => !client.GetState(query, Unit.Default).IsFetching && client.FetchNextPageAsync(query, Unit.Default).Wait(Storm.Patience), () => "never at rest");

        Assert.Equal((0, 0), (overlaps, disorder));
        var data = client.GetState(query, Unit.Default).Data!;
        Assert.InRange(data.Count, 2, 2_000);
        Assert.Equal(Enumerable.Range(data.Cursors[0], data.Count), data.Pages);

        async Task<int> FetchAsync(int cursor)
        {
            if (Interlocked.Increment(ref running) > 1)
                Interlocked.Increment(ref overlaps);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return cursor;
        }

        void Look(QueryState<InfiniteData<int, int>> state)
        {
            if (!state.Data!.Pages.SequenceEqual(Enumerable.Range(state.Data.Cursors[0], state.Data.Count)))
                Interlocked.Increment(ref disorder);
        }

        IEnumerable<string> Step(int thread, Random random)
        {
            switch (random.Next(20))
            {
                case 0 when thread == 0: // One thread only, and awaited: a walk that is begun anew leaves behind a call that would count as a second one.
                    yield return "invalidate";
                    Assert.True(client.InvalidateAsync(query, Unit.Default).Wait(Storm.Patience));
                    break;
                case < 4:
                    yield return "previous, awaited";
                    Assert.True(client.FetchPreviousPageAsync(query, Unit.Default).Wait(Storm.Patience));
                    break;
                case < 8:
                    yield return "next, awaited";
                    Assert.True(client.FetchNextPageAsync(query, Unit.Default).Wait(Storm.Patience));
                    break;
                default:
                    yield return "next";
                    client.FetchNextPage(query, Unit.Default);
                    break;
            }
        }
    }
}
