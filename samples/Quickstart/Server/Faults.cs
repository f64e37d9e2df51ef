using System.Collections.Concurrent;

namespace Quickstart.Server;

/// <summary>What a scene makes the server suffer from.</summary>
internal sealed class Faults
{
    private readonly ConcurrentDictionary<string, TimeSpan> _latencies = new();
    private readonly ConcurrentDictionary<string, int> _failuresLeft = new();

    /// <summary>How long an answer takes that nothing else is said of.</summary>
    public TimeSpan Latency { get; set; } = 150.Ms();

    public void Slow(string path, TimeSpan latency) => _latencies[path] = latency;

    public void FailFirst(string path, int times) => _failuresLeft[path] = times;

    public Task DelayAsync(string path, CancellationToken token) => RealTime.Delay(_latencies.GetValueOrDefault(path, Latency), token);

    public bool ShouldFail(string path) =>
        _failuresLeft.ContainsKey(path) && _failuresLeft.AddOrUpdate(path, 0, (_, left) => left - 1) >= 0;
}
