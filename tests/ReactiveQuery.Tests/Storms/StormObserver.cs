using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Storms;

/// <summary>An observer that checks each delivery while the storm blows.</summary>
internal sealed class StormObserver(TestQuery query, ContractChecker contract, bool growsOnly) : IObserver<QueryState<int>>, IDisposable
{
    private IDisposable? _subscription;
    private QueryState<int>? _last;
    private int _highest = -1;
    private int _completions;

    public TestQuery Query => query;

    public QueryState<int>? Last => Volatile.Read(ref _last);

    public int Completions => Volatile.Read(ref _completions);

    public string? Complaint { get; private set; }

    public StormObserver Subscribe(QueryClient client)
    {
        _subscription = client.Observe(query.Definition, query.Id).Checked(contract).Subscribe(this);
        if (Last is null && Completions == 0) Complaint ??= "Subscribe returned without a first state";
        return this;
    }

    public void OnNext(QueryState<int> value)
    {
        if (value.Equals(_last)) Complaint ??= $"{value} twice in a row";
        if (growsOnly && value.HasData && value.Data < _highest) Complaint ??= $"{value.Data} after {_highest}";
        if (value.HasData) _highest = value.Data;
        Volatile.Write(ref _last, value);
    }

    public void OnError(Exception error) => Complaint ??= $"OnError {error}";

    public void OnCompleted() => Interlocked.Increment(ref _completions);

    public void Dispose() => _subscription?.Dispose();
}

/// <summary>One key of a storm.</summary>
internal sealed record TestQuery(QueryDefinition<int, int> Definition, int Id);
