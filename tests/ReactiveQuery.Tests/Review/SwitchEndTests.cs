using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>A key that is left, or a client that ends, while a state of the key is on its way.</summary>
public class SwitchEndTests : ClientTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_bare_loading_state_is_shown_when_the_client_ends_while_the_observer_is_busy(bool keepsPrevious)
    {
        using var client = new QueryClient();
        var query = Query.Define("k", (int _, CancellationToken _) => new TaskCompletionSource<string>().Task);
        client.SetData(query, 1, "one");
        using var key = new Subject<int>();
        using var isIn = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        ConcurrentQueue<string> seen = [];
        key.ObserveQuery(client, query, o => keepsPrevious ? o with { KeepPreviousData = true } : o with { PlaceholderData = () => "stand-in" }).Subscribe(
            state =>
            {
                seen.Enqueue(state.ToString());
                if (state.Data != "one" || state.IsPlaceholder) return;
                isIn.Set();
                goOn.Wait(Long);
            },
            () => seen.Enqueue("end"));
        var subscribing = new Thread(() => key.OnNext(1));
        subscribing.Start();
        Assert.True(isIn.Wait(Long));
        var switching = new Thread(() => key.OnNext(2));
        switching.Start();
        Assert.True(switching.Join(Long));
        client.Dispose();
        goOn.Set();
        Assert.True(subscribing.Join(Long));
        Assert.DoesNotContain("Loading+Fetching", seen);
        Assert.Equal("end", seen.Last());
    }

    [Fact]
    public void A_key_that_is_left_in_its_own_first_state_is_not_fetched()
    {
        var client = NewClient();
        List<int> fetched = [];
        var query = Query.Define("s", (int id, CancellationToken _) => { fetched.Add(id); return new TaskCompletionSource<string>().Task; });
        using var key = new BehaviorSubject<int>(1);
        key.ObserveQuery(client, query).Subscribe(_ => { if (key.Value == 1) key.OnNext(2); });
        Assert.Equal([2], fetched);
        Assert.Single(client.Cache.Find(), entry => entry.ObserverCount == 1);
    }
}
