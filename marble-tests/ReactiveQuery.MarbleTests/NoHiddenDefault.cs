using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>
/// Under virtual time nothing uses real time, and nothing leaves the test's thread. Every test of this project runs on poisoned defaults (see <see cref="Poison"/>); here are the
/// features that have no promise of their own, and the proof that the poison works.
/// </summary>
public class NoHiddenDefault : Promise
{
    [Fact]
    public void The_poison_works()
    {
        Assert.Throws<InvalidOperationException>(() => Observable.Timer(Frames(1)).Subscribe());
        Assert.Throws<InvalidOperationException>(() => Observable.Return(1).Delay(Frames(1)).Subscribe());
        Assert.Throws<InvalidOperationException>(() => Observable.Return(1).Timestamp().Subscribe());
        Assert.ThrowsAny<Exception>(() => new QueryClient().SetData(Query.Define("q", (int id) => Task.FromResult(id)), 1, 1));
    }

    [Fact]
    public void A_store()
    {
        var fetch    = m.Fetcher("--(a|)", "-(b|)", "-(c|)");
        var store    = Client().CreateStore(Query.Define("q", fetch.AsTask), "1", o => o with { StaleTime = Frames(20), GcTime = Frames(30) });
        var data     = m.Record(store.Data);
        var loading  = m.Record(store.Loading);

        m.At(4, () => store.UpdateParams("2"));
        m.At(7, store.Refetch);
        m.At(10, store.Dispose);
        Expect("--a--b--c--", data, error: null);
        Expect("t-f-tf-tf--", loading, new() { ['t'] = true, ['f'] = false });
    }

    [Fact]
    public void A_resource()
    {
        var ids      = m.Hot("-1----2------");
        var fetch    = m.Fetcher("--(a|)", "-#");
        var expected =       "pl-r--le-----";

        m.Expect(Resource.Create(ids, fetch.AsTask).Select(state => state.Status), "^------------!").ToBe(expected, new()
        {
            ['p'] = ResourceStatus.Pending,
            ['l'] = ResourceStatus.Loading,
            ['r'] = ResourceStatus.Ready,
            ['e'] = ResourceStatus.Error,
        });
    }

    [Fact]
    public void A_driven_query_with_everything_that_takes_time_and_every_operator_behind_it()
    {
        var typing   = m.Hot("12------------------");
        var fetch    = m.Fetcher("--------", "#", "-(a|)", "-(b|)");    // too slow, wrong, right, and five frames later again
        var expected =       "---L--12-a-A--rb----";
        var sub      =       "^----------------!";
        var here     = UiBoundary.From(m.Scheduler, () => true);
        var query    = Query.Define("q", fetch.AsTask).With(o => o with
        {
            Timeout = Frames(3),
            Retry = RetryPolicy.Fixed(Frames(1), 2),
            RefetchInterval = Frames(5),
            StaleTime = Frames(2),
            CancelDelay = Frames(1),
            GcTime = Frames(3),
            KeepPreviousData = true,
            FetchScheduler = m.Scheduler,
            DispatchOn = here,
            DispatchMode = DispatchMode.LatestState,
        });

        var shown = typing.Throttle(Frames(2), m.Scheduler).ObserveQuery(Client(), query)
            .SelectData(data => data).KeepPreviousData().PauseWhile(Observable.Return(false)).ReplayLatest(Frames(2), m.Scheduler)
            .ObserveLatestOn(m.Scheduler).ObserveOnUi(here);
        m.Expect(shown.States(), sub).ToBe(expected, new() { ['1'] = "L1", ['2'] = "L2", ['r'] = "A*" });
        m.Expect(fetch.Calls).ToBe("---^--!", "-------(^!)", "--------^!", "--------------^!");
    }

    [Fact]
    public void The_operators_that_wait()
    {
        var wrong    = m.Cold("-#");
        var right    = m.Cold("-(a|)");
        var again    = m.Hot<Unit>("-------r---");
        var expected =             "-----a------a---";    // one frame to the failure, three of waiting, one to the value; twice
        var attempts = 0;

        m.Expect(Observable.Defer(() => ++attempts % 2 == 0 ? right : wrong).RetryWithBackoff(RetryPolicy.Fixed(Frames(3), 1), m.Scheduler).RefetchOn(again), "^---------------!")
            .ToBe(expected);
    }
}
