namespace ReactiveQuery.Tests.Operators;

public class DistinctDataTests : OperatorContract
{
    private static readonly InvalidOperationException Failure = new("boom");
    private readonly Source<QueryState<string>> _source = new();
    private readonly Recorder<string> _heard = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.AsStates().DistinctData();

    [Fact]
    public void Bad_arguments_are_refused_at_the_call() =>
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.DistinctData<int>(null!));

    [Fact]
    public void Only_data_of_its_own_counts()
    {
        using IDisposable subscription = _source.DistinctData().Subscribe(_heard);
        Send(
            QueryState.Idle<string>(), QueryState.Loading<string>(), QueryState.Success("draft", isPlaceholder: true), QueryState.Success("a"),
            QueryState.Error<string>(Failure), QueryState.Error(Failure, "b"), QueryState.Success<string>(null!));
        Assert.Equal(["a", "b", null!], _heard.Values);
    }

    [Fact]
    public void Equal_data_is_delivered_once_also_with_states_without_data_between()
    {
        using IDisposable subscription = _source.DistinctData().Subscribe(_heard);
        Send(QueryState.Success("a"), QueryState.Success("a", FetchStatus.Fetching), QueryState.Loading<string>(), QueryState.Success("a"), QueryState.Success("b"), QueryState.Success("a"));
        Assert.Equal(["a", "b", "a"], _heard.Values);
    }

    [Fact]
    public void The_comparer_decides_what_is_equal()
    {
        using IDisposable subscription = _source.DistinctData(StringComparer.OrdinalIgnoreCase).Subscribe(_heard);
        Send(QueryState.Success("a"), QueryState.Success("A"), QueryState.Success("b"));
        Assert.Equal(["a", "b"], _heard.Values);
    }

    [Fact]
    public void Where_the_comparer_throws_the_data_counts_as_changed()
    {
        using IDisposable subscription = _source.DistinctData(EqualityComparer<string>.Create((_, _) => throw new FormatException())).Subscribe(_heard);
        Send(QueryState.Success("a"), QueryState.Success("a"));
        Assert.Equal(["a", "a"], _heard.Values);
        Assert.False(_heard.Ended);
    }

    private void Send(params QueryState<string>[] states)
    {
        foreach (QueryState<string> state in states) _source.Observer.OnNext(state);
    }
}
