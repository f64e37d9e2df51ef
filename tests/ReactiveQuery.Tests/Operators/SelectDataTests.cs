namespace ReactiveQuery.Tests.Operators;

public class SelectDataTests : OperatorContract
{
    private static readonly FormatException Odd = new("odd");
    private readonly Source<QueryState<string>> _source = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.AsStates().SelectData(value => value).AsData();

    [Fact]
    public void Bad_arguments_are_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.SelectData<int, int>(null!, value => value));
        Assert.Throws<ArgumentNullException>("selector", () => _source.SelectData<string, int>(null!));
    }

    [Fact]
    public void Everything_but_the_data_stays_as_it_is()
    {
        var failure = new InvalidOperationException();
        Assert.Equal(
            [
                QueryState.Idle<int>(), QueryState.Loading<int>(), QueryState.Success(2, FetchStatus.Fetching, isStale: true),
                QueryState.Error(failure, 2), QueryState.Error<int>(failure), QueryState.Success(3, FetchStatus.Streaming, isPlaceholder: true),
            ],
            Select(
                text => text.Length,
                QueryState.Idle<string>(), QueryState.Loading<string>(), QueryState.Success("ab", FetchStatus.Fetching, isStale: true),
                QueryState.Error(failure, "cd"), QueryState.Error<string>(failure), QueryState.Success("efg", FetchStatus.Streaming, isPlaceholder: true)));
    }

    [Fact]
    public void The_selector_is_called_only_for_another_reference()
    {
        int calls = 0;
        string data = new('a', 3);
        List<QueryState<int>> heard = Select(
            text => { calls++; return text.Length; }, QueryState.Success(data), QueryState.Success(data, FetchStatus.Fetching), QueryState.Success(new string('a', 3)));
        Assert.Equal(2, calls);
        Assert.Equal([FetchStatus.Idle, FetchStatus.Fetching, FetchStatus.Idle], heard.Select(state => state.FetchStatus));
    }

    [Fact]
    public void An_equal_result_keeps_the_reference_and_is_not_delivered_again()
    {
        List<QueryState<string>> heard = Select(text => text[..1].ToUpperInvariant(), QueryState.Success("apple"), QueryState.Success("avocado"), QueryState.Success("apricot", FetchStatus.Fetching));
        Assert.Equal(2, heard.Count);
        Assert.Same(heard[0].Data, heard[1].Data);
    }

    [Fact]
    public void The_comparer_decides_what_is_equal()
    {
        var heard = new Recorder<QueryState<string>>();
        using IDisposable subscription = _source.SelectData(text => text, StringComparer.OrdinalIgnoreCase).Subscribe(heard);
        Send(QueryState.Success("a"), QueryState.Success("A"), QueryState.Success("b"));
        Assert.Equal(["a", "b"], heard.Values.Select(state => state.Data));
    }

    [Fact]
    public void A_selector_that_throws_is_an_error_state_and_the_next_good_value_still_arrives()
    {
        List<QueryState<int>> heard = Select(
            text => text == "odd" ? throw Odd : text.Length,
            QueryState.Success("ab"), QueryState.Success("odd", FetchStatus.Fetching, isStale: true), QueryState.Success("odd"), QueryState.Success("even"));
        Assert.Equal([2, 0, 0, 4], heard.Select(state => state.Data));
        Assert.Equal((QueryStatus.Error, FetchStatus.Fetching, false, false), (heard[1].Status, heard[1].FetchStatus, heard[1].HasData, heard[1].IsStale));
        Assert.Same(Odd, heard[1].Error);
        Assert.Equal(QueryState.Success(4), heard[3]);
    }

    [Fact]
    public void A_selector_that_threw_is_not_asked_again_about_the_same_data()
    {
        int calls = 0;
        string data = new('o', 1);
        List<QueryState<int>> heard = Select<int>(_ => { calls++; throw new FormatException(); }, QueryState.Success(data), QueryState.Success(data), QueryState.Success(data));
        Assert.Equal(1, calls);
        Assert.Single(heard);
    }

    [Fact]
    public void An_error_of_the_selector_is_gone_with_the_data_that_caused_it() => Assert.Equal(
        QueryState.Loading<int>(), Select<int>(_ => throw Odd, QueryState.Success("odd"), QueryState.Loading<string>())[^1]);

    [Fact]
    public void A_comparer_that_throws_is_an_error_state_too()
    {
        var heard = new Recorder<QueryState<string>>();
        using IDisposable subscription = _source.SelectData(text => text, EqualityComparer<string>.Create((_, _) => throw new FormatException())).Subscribe(heard);
        Send(QueryState.Success("a"), QueryState.Success("b"));
        Assert.Equal("a", heard.Values[0].Data);
        Assert.IsType<FormatException>(heard.Values[1].Error);
    }

    [Fact]
    public void Null_is_data_like_any_other() => Assert.Equal([QueryState.Success(true)], Select(text => text is null, QueryState.Success<string>(null!)));

    private List<QueryState<TResult>> Select<TResult>(Func<string, TResult> selector, params QueryState<string>[] states)
    {
        var heard = new Recorder<QueryState<TResult>>();
        using IDisposable subscription = _source.SelectData(selector).Subscribe(heard);
        Send(states);
        return [.. heard.Values];
    }

    private void Send(params QueryState<string>[] states)
    {
        foreach (QueryState<string> state in states) _source.Observer.OnNext(state);
    }
}
