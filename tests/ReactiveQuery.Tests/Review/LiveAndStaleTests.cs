using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Review;

/// <summary>Live queries without passengers, after the fence and at their end; and the moment at which data turns stale.</summary>
public class LiveAndStaleTests
{
    private readonly MarbleScheduler _scheduler = new();

    private QueryClient NewClient() => new(new QueryClientOptions { Scheduler = _scheduler });

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void Values_of_a_live_query_do_not_put_off_its_cancel_delay()
    {
        using var client = NewClient();
        using var source = new Subject<int>();
        var query = Query.Define("q", () => (IObservable<int>)source).With(o => o with { CancelDelay = Seconds(3) });
        client.Observe(query).Subscribe().Dispose();
        for (var i = 0; i < 5; i++)
        {
            source.OnNext(i);
            _scheduler.AdvanceBy(Seconds(1));
        }

        Assert.False(source.HasObservers);
    }

    [Fact]
    public void A_live_query_that_is_to_complete_runs_on_to_its_first_value_and_is_cancelled_then()
    {
        using var client = NewClient();
        using var source = new Subject<int>();
        var query = Query.Define("q", () => (IObservable<int>)source).With(o => o with { WhenUnobserved = WhenUnobserved.Complete });
        client.Observe(query).Subscribe().Dispose();
        Assert.True(source.HasObservers);
        source.OnNext(1);
        Assert.False(source.HasObservers);
        Assert.Equal("Success+Idle(1)", client.GetState(query, Unit.Default).ToString());
    }

    [Fact]
    public void A_live_query_that_is_to_complete_and_has_brought_a_value_is_cancelled_when_the_last_observer_leaves()
    {
        using var client = NewClient();
        using var source = new Subject<int>();
        var query = Query.Define("q", () => (IObservable<int>)source)
            .With(o => o with { WhenUnobserved = WhenUnobserved.Complete, CancelDelay = Seconds(3) });
        var subscription = client.Observe(query).Subscribe();
        source.OnNext(1);
        subscription.Dispose();
        _scheduler.AdvanceBy(Seconds(2));
        Assert.True(source.HasObservers);
        _scheduler.AdvanceBy(Seconds(1));
        Assert.False(source.HasObservers);
        Assert.Equal("Success+Idle(1)", client.GetState(query, Unit.Default).ToString());
    }

    [Fact]
    public async Task A_caller_aboard_a_live_query_that_completes_is_answered_with_the_data_there_is()
    {
        using var client = NewClient();
        var attempt = 0;
        var query = Query.Define("q", () => ++attempt == 1
            ? Observable.Return(1).Concat(Observable.Throw<int>(new InvalidOperationException("boom")))
            : Observable.Empty<int>()).With(o => o with { StaleTime = TimeSpan.Zero });
        using var _ = client.Observe(query).Subscribe();
        var waiting = client.FetchAsync(query, Unit.Default);
        Assert.False(waiting.IsCompleted);
        _scheduler.AdvanceBy(Seconds(2));
        Assert.Equal(1, await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void The_failures_of_a_live_query_are_counted_anew_after_each_value()
    {
        using var client = NewClient();
        var attempt = 0;
        var boom = new InvalidOperationException("boom");
        var query = Query.Define("q", () => ++attempt < 3
            ? Observable.Return(attempt).Concat(Observable.Throw<int>(boom))
            : Observable.Throw<int>(boom)).With(o => o with { Retry = RetryPolicy.Fixed(Seconds(1), 1) });
        using var _ = client.Observe(query).Subscribe();
        _scheduler.AdvanceBy(Seconds(10));
        var state = client.GetState(query, Unit.Default);
        Assert.Equal((QueryStatus.Error, 2), (state.Status, state.FailureCount));
    }

    [Fact]
    public async Task A_caller_after_the_fence_is_not_answered_by_an_unwatched_live_query_from_before_it()
    {
        using var client = NewClient();
        List<Subject<int>> sources = [];
        var query = Query.Define("q", () =>
        {
            sources.Add(new Subject<int>());
            return (IObservable<int>)sources[^1];
        }).With(o => o with { WhenUnobserved = WhenUnobserved.Complete });
        using (client.Observe(query).Subscribe())
            sources[0].OnNext(1);
        client.Invalidate(query, Unit.Default);
        var waiting = client.FetchAsync(query, Unit.Default);
        Assert.False(waiting.IsCompleted);
        sources[1].OnNext(2);
        Assert.Equal(2, await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void The_data_of_a_live_query_that_completed_turns_stale()
    {
        using var client = NewClient();
        using var source = new Subject<int>();
        var query = Query.Define("q", () => (IObservable<int>)source);
        List<bool> stale = [];
        using var _ = client.Observe(query).Subscribe(s => stale.Add(s.IsStale));
        source.OnNext(1);
        _scheduler.AdvanceBy(Seconds(10));
        source.OnCompleted();
        _scheduler.AdvanceBy(Seconds(60));
        Assert.True(stale[^1]);
    }

    [Fact]
    public void Data_older_than_one_observers_stale_time_turns_stale_for_the_other_too()
    {
        using var client = NewClient();
        var query = Query.Define("q", ct => new TaskCompletionSource<int>().Task).With(o => o with { Enabled = false });
        List<bool> stale = [];
        using var shorter = client.Observe(query, o => o with { StaleTime = Seconds(10) }).Subscribe();
        using var longer = client.Observe(query, o => o with { StaleTime = Seconds(60) }).Subscribe(s => stale.Add(s.IsStale));
        _scheduler.AdvanceBy(Seconds(100));
        client.SetData(query, Unit.Default, 1, _scheduler.Now - Seconds(20));
        Assert.False(stale[^1]);
        _scheduler.AdvanceBy(Seconds(41));
        Assert.True(stale[^1]);
    }

    [Fact]
    public void Data_written_over_invalidated_data_of_the_same_instant_turns_stale_in_time()
    {
        using var client = NewClient();
        var answer = new TaskCompletionSource<int>();
        var query = Query.Define("q", ct => answer.Task).With(o => o with { Enabled = false });
        List<bool> stale = [];
        using var _ = client.Observe(query).Subscribe(s => stale.Add(s.IsStale));
        client.Refetch(query, Unit.Default);
        client.Invalidate(query, Unit.Default);
        client.SetData(query, Unit.Default, 1);
        client.Cancel(query, Unit.Default);
        _scheduler.AdvanceBy(Seconds(61));
        Assert.True(stale[^1]);
    }

    [Fact]
    public void Unwatched_data_beyond_its_time_to_live_is_not_updated()
    {
        using var client = NewClient();
        var query = Query.Define("q", ct => Task.FromResult(1)).With(o => o with { StaleTime = Seconds(1), CacheTtl = Seconds(2) });
        client.SetData(query, Unit.Default, 1);
        _scheduler.AdvanceBy(Seconds(3));
        Assert.False(client.TryGetData(query, Unit.Default, out int _));
        Assert.False(client.UpdateData(query, Unit.Default, n => n + 1));
        Assert.False(client.TryGetData(query, Unit.Default, out int _));
    }

    [Fact]
    public void Initial_data_takes_the_place_of_data_beyond_its_time_to_live()
    {
        using var client = NewClient();
        var query = Query.Define("q", ct => new TaskCompletionSource<int>().Task)
            .With(o => o with { StaleTime = Seconds(1), CacheTtl = Seconds(2), InitialData = () => 7 });
        client.SetData(query, Unit.Default, 1);
        _scheduler.AdvanceBy(Seconds(3));
        List<string> seen = [];
        using var _ = client.Observe(query).Subscribe(s => seen.Add(s.ToString()));
        Assert.Equal(["Success+Idle(7)"], seen);
    }
}
