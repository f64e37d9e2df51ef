using ReactiveQuery.Tests.Storms;

namespace ReactiveQuery.Tests.Review;

/// <remarks>Alone: it blocks two threads of the pool and waits for what a third does. Where other tests hold the rest of them, that comes too late.</remarks>
[Collection(AloneCollection.Name)]
public class DueBesideEventsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public void An_observer_of_cache_events_that_blocks_does_not_hold_up_what_is_due()
    {
        using var client = new QueryClient();
        var lasting = Query.Define("t", (int _) => Task.FromResult("f")).With(o => o with { Enabled = false, StaleTime = Timeout.InfiniteTimeSpan });
        var brief = lasting.With(o => o with { StaleTime = TimeSpan.FromMilliseconds(300) });
        using var goOn = new ManualResetEventSlim();
        using var isIn = new ManualResetEventSlim();
        using var stale = new CountdownEvent(2);
        client.SetData(lasting, 9, "a");
        using var slow = client.Observe(lasting, 9).Subscribe(state => // The event of what it is shown waits for it to return, or for whoever tells of events next.
        {
            if (state.Data != "x") return;
            isIn.Set();
            goOn.Wait(Long);
        });
        for (var i = 0; i < 2; i++)
        {
            client.SetData(brief, i, "a");
            client.Observe(brief, i).Subscribe(state => { if (state.IsStale) stale.Signal(); });
        }

        using var events = client.Cache.Events.Subscribe(e =>
        {
            if (e.Entry.Data as string == "x") goOn.Wait(Long);
        });
        var writing = new Thread(() => client.SetData(lasting, 9, "x"));
        writing.Start();
        Assert.True(isIn.Wait(Long));
        var haveTurned = stale.Wait(Long / 2);
        goOn.Set();
        Assert.True(writing.Join(Long));
        Assert.True(haveTurned);
    }
}
