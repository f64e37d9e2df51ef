namespace ReactiveQuery.Tests.Operators;

public class KeepPreviousDataTests : OperatorContract
{
    private static readonly InvalidOperationException Failure = new("boom");
    private readonly Source<QueryState<string>> _source = new();
    private readonly Recorder<QueryState<string>> _heard = new();

    protected override IObservable<int> Apply(IObservable<int> source) => source.AsStates().KeepPreviousData().AsData();

    [Fact]
    public void Bad_arguments_are_refused_at_the_call() =>
        Assert.Throws<ArgumentNullException>("source", () => QueryObservable.KeepPreviousData<int>(null!));

    [Fact]
    public void A_first_load_has_nothing_to_show() =>
        Shows([QueryState.Loading<string>()], [QueryState.Loading<string>()]);

    [Fact]
    public void The_next_key_shows_the_data_of_the_one_before_until_it_has_its_own() => Shows(
        [QueryState.Success("a"), QueryState.Loading<string>(), QueryState.Success("b")],
        [QueryState.Success("a"), QueryState.Success("a", FetchStatus.Fetching, isPlaceholder: true), QueryState.Success("b")]);

    [Fact]
    public void A_load_that_waits_for_the_network_shows_it_too() => Shows(
        [QueryState.Success("a"), QueryState.Loading<string>(FetchStatus.Paused)],
        [QueryState.Success("a"), QueryState.Success("a", FetchStatus.Paused, isPlaceholder: true)]);

    [Fact]
    public void An_error_of_the_next_key_takes_the_previous_data_away_and_the_next_load_shows_it_again() => Shows(
        [QueryState.Success("a"), QueryState.Loading<string>(), QueryState.Error<string>(Failure), QueryState.Loading<string>()],
        [QueryState.Success("a"), Previous("a"), QueryState.Error<string>(Failure), Previous("a")]);

    [Fact]
    public void Data_kept_beside_an_error_is_shown_as_previous_data() => Shows(
        [QueryState.Error(Failure, "a"), QueryState.Loading<string>()],
        [QueryState.Error(Failure, "a"), Previous("a")]);

    [Fact]
    public void Idle_forgets_so_that_what_was_cleared_does_not_come_back() => Shows(
        [QueryState.Success("a"), QueryState.Idle<string>(), QueryState.Loading<string>()],
        [QueryState.Success("a"), QueryState.Idle<string>(), QueryState.Loading<string>()]);

    [Fact]
    public void A_placeholder_is_passed_on_and_never_taken_for_data() => Shows(
        [Previous("draft"), QueryState.Loading<string>()],
        [Previous("draft"), QueryState.Loading<string>()]);

    [Fact]
    public void Null_is_data_like_any_other() => Shows(
        [QueryState.Success<string>(null!), QueryState.Loading<string>()],
        [QueryState.Success<string>(null!), Previous(null!)]);

    [Fact]
    public void A_state_equal_to_the_last_is_not_delivered_again() => Shows(
        [QueryState.Success("a"), QueryState.Loading<string>(), QueryState.Loading<string>(), Previous("a")],
        [QueryState.Success("a"), Previous("a")]);

    [Fact]
    public void Every_subscription_remembers_data_of_its_own()
    {
        IObservable<QueryState<string>> kept = _source.KeepPreviousData();
        using IDisposable first = kept.Subscribe(new Recorder<QueryState<string>>());
        _source.Observer.OnNext(QueryState.Success("a"));
        using IDisposable second = kept.Subscribe(_heard);
        _source.Observer.OnNext(QueryState.Loading<string>());
        Assert.Equal([QueryState.Loading<string>()], _heard.Values);
    }

    private static QueryState<string> Previous(string data) => QueryState.Success(data, FetchStatus.Fetching, isPlaceholder: true);

    private void Shows(QueryState<string>[] states, QueryState<string>[] expected)
    {
        using IDisposable subscription = _source.KeepPreviousData().Subscribe(_heard);
        foreach (QueryState<string> state in states) _source.Observer.OnNext(state);
        Assert.Equal(expected, _heard.Values);
    }
}
