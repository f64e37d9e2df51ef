using BenchmarkDotNet.Attributes;

namespace ReactiveQuery.MicroBenchmarks;

/// <summary>The pure parts: keys, sharing, the reducer.</summary>
[MemoryDiagnoser]
public class CoreBenchmarks
{
    private readonly List<Row> _rows = [.. Enumerable.Range(0, 1000).Select(id => new Row(id, "row " + id))];
    private readonly List<Row> _sameRows = [.. Enumerable.Range(0, 1000).Select(id => new Row(id, "row " + id))];
    private readonly List<Row> _oneChanged = [.. Enumerable.Range(0, 1000).Select(id => new Row(id, id == 500 ? "new" : "row " + id))];
    private readonly QueryState<string> _state = QueryState.Success("data");
    private readonly QueryEvent _started = new FetchStarted(default, IsPaused: false);
    private readonly QueryEvent _landed = new FetchSucceeded<string>(default, "new", IsCurrent: true);

    /// <summary>A key is hashed when it is built.</summary>
    [Benchmark]
    public int KeyHash() => QueryKey.Of("users", 42, "posts").GetHashCode();

    [Benchmark]
    public object? ShareEqual() => StructuralSharing.Share(_rows, _sameRows);

    [Benchmark]
    public object? ShareOneChanged() => StructuralSharing.Share(_rows, _oneChanged);

    /// <summary>A fetch from start to landing, as the reducer sees it.</summary>
    [Benchmark]
    public object Reduce() => QueryReducer.Reduce(QueryReducer.Reduce(_state, _started), _landed);

    public sealed record Row(int Id, string Name);
}
