using BenchmarkDotNet.Attributes;

namespace ReactiveQuery.MicroBenchmarks;

/// <summary>What guarantees are made of: a fetch or a write pays for each as often as it needs it, however it is written. <c>docs/performance.md</c> counts them.</summary>
[MemoryDiagnoser]
public class PrimitiveBenchmarks
{
    private readonly object _gate = new();
    private readonly object _one = new();
    private readonly QueryState<string> _state = QueryState.Success("data");
    private object? _place;
    private int _number;

    /// <summary>User code runs between two of them.</summary>
    [Benchmark]
    public int Lock()
    {
        lock (_gate)
            return ++_number;
    }

    /// <summary>Of two threads one is the first.</summary>
    [Benchmark]
    public int InterlockedOperation() => Interlocked.Increment(ref _number);

    [Benchmark]
    public object? ExchangeOfReference() => Interlocked.Exchange(ref _place, _one);

    /// <summary>A state that was shown does not change under those who hold it.</summary>
    [Benchmark]
    public object State() => _state with { IsStale = true };

    /// <summary>A fetch is cancelled by itself.</summary>
    [Benchmark]
    public CancellationToken Token()
    {
#pragma warning disable CA2000 // Never cancelled and without a timer, it has nothing to dispose of.
        return new CancellationTokenSource().Token;
#pragma warning restore CA2000
    }

    /// <summary>A task that ends later is followed inline, whatever the synchronization context, in its turn among all that follow it.</summary>
    [Benchmark]
    public void ContinuationInline()
    {
        var source = new TaskCompletionSource<string>();
        source.Task.ContinueInline(static (_, benchmarks) => ((PrimitiveBenchmarks)benchmarks!).Continue(), this);
        source.SetResult("data");
    }

    /// <summary>The same out of turn.</summary>
    [Benchmark]
    public void ContinuationInlineUnordered()
    {
        var source = new TaskCompletionSource<string>();
        source.Task.ContinueInlineUnordered(Continue);
        source.SetResult("data");
    }

    /// <summary>By the awaiter, which is inline only where no synchronization context is.</summary>
    [Benchmark]
    public void ContinuationByAwaiter()
    {
        var source = new TaskCompletionSource<string>();
        source.Task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(Continue);
        source.SetResult("data");
    }

    private void Continue() => _place = _one;
}
