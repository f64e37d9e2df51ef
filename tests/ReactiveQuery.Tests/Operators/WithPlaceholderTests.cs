namespace ReactiveQuery.Tests.Operators;

public class WithPlaceholderTests : OperatorContract
{
    private static readonly QueryState<string> Loading = QueryState.Loading<string>();
    private readonly Source<QueryState<string>> _source = new();
    private readonly Recorder<QueryState<string>> _heard = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.AsStates().WithPlaceholder(() => -1).AsData();

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.WithPlaceholder(null!, () => 1));
        Assert.Throws<ArgumentNullException>("placeholder", () => _source.WithPlaceholder(null!));
    }

    [Fact]
    public void Only_loading_without_data_shows_it()
    {
        QueryState<string> error = QueryState.Error<string>(new InvalidOperationException());
        QueryState<string> paused = QueryState.Loading<string>(FetchStatus.Paused);
        using IDisposable subscription = _source.WithPlaceholder(() => "draft").Subscribe(_heard);
        Send(QueryState.Idle<string>(), Loading, paused, error, QueryState.Success("a"));
        Assert.Equal([QueryState.Idle<string>(), Draft(), QueryState.Success("draft", FetchStatus.Paused, isPlaceholder: true), error, QueryState.Success("a")], _heard.Values);
    }

    [Fact]
    public void It_is_made_once_for_each_time_of_loading()
    {
        int made = 0;
        using IDisposable subscription = _source.WithPlaceholder(() => $"draft {++made}").Subscribe(_heard);
        Send(Loading, Loading with { FailureCount = 1 }, QueryState.Success("a"), QueryState.Success("b"), Loading);
        Assert.Equal(2, made);
        Assert.Equal(["draft 1", "draft 1", "a", "b", "draft 2"], _heard.Values.Select(state => state.Data));
    }

    [Fact]
    public void A_function_that_throws_means_no_placeholder_and_is_reported_once_for_each_time_of_loading()
    {
        var reported = new List<Exception>();
        using IDisposable subscription = _source.WithPlaceholder(() => throw new FormatException(), reported.Add).Subscribe(_heard);
        Send(Loading, Loading with { FailureCount = 1 });
        Assert.IsType<FormatException>(Assert.Single(reported));
        Send(QueryState.Success("a"), Loading);
        Assert.Equal(2, reported.Count);
        Assert.Equal([Loading, Loading with { FailureCount = 1 }, QueryState.Success("a"), Loading], _heard.Values);

        var unheard = new Recorder<QueryState<string>>();
        using IDisposable other = _source.WithPlaceholder(() => throw new FormatException()).Subscribe(unheard);
        Send(Loading);
        Assert.Equal([Loading], unheard.Values);
    }

    [Fact]
    public void A_state_equal_to_the_last_is_not_delivered_again()
    {
        using IDisposable subscription = _source.WithPlaceholder(() => "draft").Subscribe(_heard);
        Send(Loading, Loading);
        Assert.Equal([Draft()], _heard.Values);
    }

    [Fact]
    public void After_KeepPreviousData_it_fills_in_where_there_is_no_previous_data()
    {
        using IDisposable subscription = _source.KeepPreviousData().WithPlaceholder(() => "draft").Subscribe(_heard);
        Send(Loading, QueryState.Success("a"), Loading);
        Assert.Equal(["draft", "a", "a"], _heard.Values.Select(state => state.Data));
    }

    private static QueryState<string> Draft() => QueryState.Success("draft", FetchStatus.Fetching, isPlaceholder: true);

    private void Send(params QueryState<string>[] states)
    {
        foreach (QueryState<string> state in states) _source.Observer.OnNext(state);
    }
}
