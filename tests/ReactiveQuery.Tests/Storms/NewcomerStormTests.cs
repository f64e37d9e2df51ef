namespace ReactiveQuery.Tests.Storms;

/// <summary>Observers come while two threads write: the first state is shown by one thread, what follows perhaps by another.</summary>
[Collection(AloneCollection.Name)]
public sealed class NewcomerStormTests : IDisposable
{
    private const int Writes = 20_000;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly QueryDefinition<int, int> Counted =
        Query.Define("counted", (int id) => Task.FromResult(0)).With(o => o with { Enabled = false, StaleTime = Timeout.InfiniteTimeSpan });

    private readonly QueryClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public void A_newcomer_is_never_called_by_two_threads_at_once_and_sees_no_value_twice_or_late()
    {
        _client.SetData(Counted, 1, 0);
        var staying = new Watch();
        using var watching = _client.Observe(Counted, 1).Subscribe(staying);
        var written = 0;
        List<Watch> all = [staying];
        List<Thread> threads =
        [
            .. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                while (Interlocked.Increment(ref written) is var n && n <= Writes)
                    _client.UpdateData(Counted, 1, value => value + 1);
            })),
            new(() =>
            {
                while (Volatile.Read(ref written) < Writes)
                {
                    var watch = new Watch();
                    all.Add(watch);
                    _client.Observe(Counted, 1).Subscribe(watch).Dispose();
                }
            }),
        ];

        threads.ForEach(thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(Long)));

        Assert.All(all, watch => Assert.Null(watch.Fault));
        Assert.Equal(Writes, staying.Last);
    }

    private sealed class Watch : IObserver<QueryState<int>>
    {
        private int _isIn;

        public string? Fault { get; private set; }

        public int Last { get; private set; } = -1;

        public void OnNext(QueryState<int> value)
        {
            if (Interlocked.Exchange(ref _isIn, 1) != 0) Fault = "called by two at once";
            if (value.Data <= Last) Fault ??= $"{value.Data} after {Last}";
            Last = value.Data;
            Thread.SpinWait(100);
            if (Interlocked.Exchange(ref _isIn, 0) != 1) Fault = "called by two at once";
        }

        public void OnError(Exception error) => Fault = error.Message;

        public void OnCompleted()
        {
        }
    }
}
