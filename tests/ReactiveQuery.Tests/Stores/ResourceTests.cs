using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Stores;

public class ResourceTests
{
    private readonly List<(string Argument, TaskCompletionSource<string> Answer, CancellationToken Token)> _calls = [];
    private readonly List<string> _seen = [];

    private Task<string> Fetch(string argument, CancellationToken token)
    {
        var answer = new TaskCompletionSource<string>();
        _calls.Add((argument, answer, token));
        return answer.Task;
    }

    private void Show(ResourceState<string> state) => _seen.Add($"{state.Status}{(state.IsReady ? ":" + state.Data : "")}{(state.Error is { } e ? ":" + e.Message : "")}");

    [Fact]
    public void It_is_pending_until_the_source_asks_and_then_loads_and_is_ready()
    {
        using var source = new Subject<string>();
        var resource = Resource.Create<string, string>(source, Fetch);
        Assert.Equal(ResourceStatus.Pending, resource.Current.Status);
        using var _ = resource.Subscribe(Show);
        source.OnNext("a");
        Assert.True(resource.Current.IsLoading);
        _calls[0].Answer.SetResult("A");
        Assert.Equal(["Pending", "Loading", "Ready:A"], _seen);
        Assert.True(resource.Current.TryGetData(out var data));
        Assert.Equal("A", data);
    }

    [Fact]
    public void A_new_argument_cancels_the_fetch_of_the_old_one_whose_late_answer_is_dropped()
    {
        using var source = new BehaviorSubject<string>("a");
        using var _ = Resource.Create<string, string>(source, Fetch).Subscribe(Show);
        source.OnNext("b");
        Assert.True(_calls[0].Token.IsCancellationRequested);
        _calls[1].Answer.SetResult("B");
        _calls[0].Answer.SetResult("late");
        Assert.Equal(["Pending", "Loading", "Loading", "Ready:B"], _seen);
    }

    [Fact]
    public void An_observer_that_throws_hears_what_follows_and_harms_nobody()
    {
        using var source = new BehaviorSubject<string>("a");
        var resource = Resource.Create<string, string>(source, Fetch);
        using var thrower = resource.Subscribe(state =>
        {
            Show(state);
            throw new InvalidOperationException("boom");
        });
        List<ResourceStatus> healthy = [];
        using var other = resource.Subscribe(state => healthy.Add(state.Status));
        _calls[0].Answer.SetResult("A");
        resource.Refetch();
        Assert.Equal(["Pending", "Loading", "Ready:A", "Loading"], _seen);
        Assert.Equal([ResourceStatus.Loading, ResourceStatus.Ready, ResourceStatus.Loading], healthy);
    }

    [Fact]
    public void Refetch_fetches_again_with_the_latest_argument()
    {
        using var source = new BehaviorSubject<string>("a");
        var resource = Resource.Create<string, string>(source, Fetch);
        using var _ = resource.Subscribe(Show);
        source.OnNext("b");
        resource.Refetch();
        Assert.Equal(["a", "b", "b"], _calls.Select(c => c.Argument));
        Assert.True(_calls[1].Token.IsCancellationRequested);
        _calls[2].Answer.SetResult("B2");
        Assert.Equal("Ready:B2", _seen[^1]);
    }

    [Fact]
    public void A_fetcher_that_throws_fails_or_returns_null_gives_an_error_state_and_the_next_argument_works()
    {
        using var source = new Subject<int>();
        var resource = Resource.Create<int, string>(source, (n, _) => n switch
        {
            1 => throw new InvalidOperationException("thrown"),
            2 => Task.FromException<string>(new InvalidOperationException("failed")),
            3 => null!,
            _ => Task.FromResult("fine"),
        });
        using var _ = resource.Subscribe(Show);
        for (var n = 1; n <= 4; n++) source.OnNext(n);
        Assert.Equal(
            ["Pending", "Loading", "Error:thrown", "Loading", "Error:failed", "Loading", "Error:The fetcher of a resource returned a null task.", "Loading", "Ready:fine"],
            _seen);
    }

    [Fact]
    public void A_source_that_fails_gives_an_error_state_and_one_that_completes_leaves_the_last_fetch_alive()
    {
        using var failing = new Subject<string>();
        using var _ = Resource.Create<string, string>(failing, Fetch).Subscribe(Show);
        failing.OnNext("a");
        failing.OnError(new InvalidOperationException("source"));
        _calls[0].Answer.SetResult("late");
        Assert.Equal(["Pending", "Loading", "Error:source"], _seen);

        _seen.Clear();
        using var completing = new Subject<string>();
        using var __ = Resource.Create<string, string>(completing, Fetch).Subscribe(Show);
        completing.OnNext("b");
        completing.OnCompleted();
        _calls[1].Answer.SetResult("B");
        Assert.Equal(["Pending", "Loading", "Ready:B"], _seen);
    }

    [Fact]
    public void Its_subscribers_share_one_fetch_and_the_last_to_leave_cancels_it()
    {
        var resource = Resource.Create(token => Fetch("x", token));
        var first = resource.Subscribe(Show);
        var second = resource.Subscribe(Show);
        Assert.Single(_calls);
        first.Dispose();
        Assert.False(_calls[0].Token.IsCancellationRequested);
        second.Dispose();
        Assert.True(_calls[0].Token.IsCancellationRequested);
        using var again = resource.Subscribe(Show);
        Assert.Equal(2, _calls.Count);
        Assert.Equal(["Pending", "Loading", "Loading", "Pending", "Loading"], _seen);
    }

    [Fact]
    public void A_fetcher_may_refetch_from_within_and_nobody_waits_for_anybody()
    {
        var (resource, calls) = (default(Resource<string>), 0);
        resource = Resource.Create(_ =>
        {
            if (++calls == 1) resource!.Refetch();
            return Task.FromResult($"{calls}");
        });
        using var _ = resource.Subscribe(Show);
        Assert.Equal(2, calls);
        Assert.Equal("Ready:2", _seen[^1]);
    }

    [Fact]
    public void Null_is_refused_by_name()
    {
        Assert.Equal("fetcher", Assert.Throws<ArgumentNullException>(() => Resource.Create((Func<CancellationToken, Task<string>>)null!)).ParamName);
        Assert.Equal("source", Assert.Throws<ArgumentNullException>(() => Resource.Create<string, string>(null!, Fetch)).ParamName);
    }
}
