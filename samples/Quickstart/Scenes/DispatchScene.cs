using System.Collections.Immutable;

namespace Quickstart.Scenes;

internal sealed class DispatchScene : IScene
{
    private const int Bursts = 10;
    private const int SendsPerBurst = 20_000;

    public string Name => "dispatch";

    public string Explanation => "A loop at 60 frames a second drains a dispatch queue; 200,000 prices from the background become one a frame, and it never falls behind.";

    public async Task PlayAsync(Stage stage)
    {
        var productById = Query.Define("products", (int id, CancellationToken token) => stage.Api.Product(id, token));
        using var client = new QueryClient();
        using var loop = new EventLoop(stage.Recorder);
        using var scope = client.CreateScope(ui: loop.Queue);
        var shown = ImmutableList<int>.Empty;
        var calledElsewhere = 0;

        var price = SignalSender.To<int>(
            value =>
            {
                if (!loop.Queue.IsCurrent) calledElsewhere++;
                stage.Recorder.Note(Lane.View, "price", 'v', "price shown");
                shown = shown.Add(value);
            },
            getter: null,
            loop.Queue);
        var product = stage.Watch("product", client.Observe(productById, 7).ObserveOnUi(loop.Queue, DispatchMode.LatestState));

        var flood = scope.Spawn(token => FloodAsync(price, stage, token));
        await flood;
        await Stage.Until(() => shown is [.., Bursts * SendsPerBurst] && loop.Queue.IsEmpty && product.Latest.IsSuccess);
        var (largest, drains) = (loop.LargestBacklog, loop.Drains);

        var answer = new TaskCompletionSource<int>();
        var late = scope.Spawn(_ => answer.Task, price.Set);
        stage.Recorder.Note(Lane.User, "source", '!', "scope unmounted");
        scope.Dispose();
        answer.SetResult(0); // Too late to be shown.
        await RealTime.Delay(100.Ms());

        stage.Promise("the last price sent is the last one shown", Bursts * SendsPerBurst, shown[^1]);
        stage.Promise("prices shown, one a drain at the most", Math.Min(shown.Count, drains), shown.Count);
        stage.Promise("prices that came out of order", 0, shown.Zip(shown.Skip(1)).Count(pair => pair.First >= pair.Second));
        stage.Promise("values shown outside the loop's thread", 0, calledElsewhere);
        stage.Promise("items that waited at once, five at the most", Math.Min(largest, 5), largest);
        stage.Promise("the task that was running at unmounting", TaskHandleStatus.Aborted, late.Status);
        stage.Promise("what the product showed", "LS", product.Letters);
    }

    private static async Task FloodAsync(SignalSender<int> price, Stage stage, CancellationToken token)
    {
        for (var burst = 0; burst < Bursts; burst++)
        {
            await RealTime.Delay(20.Ms(), token).ConfigureAwait(false);
            for (var i = 1; i <= SendsPerBurst; i++) price.Set((burst * SendsPerBurst) + i);
            stage.Recorder.Note(Lane.User, "source", 'f', $"{SendsPerBurst:N0} prices sent");
        }
    }

    /// <summary>What a game or a toolkit of one's own has: a thread that wakes up, drains for a while, and draws.</summary>
    private sealed class EventLoop : IDisposable
    {
        private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1.0 / 60);
        private static readonly TimeSpan Budget = 4.Ms();

        private readonly ManualResetEventSlim _isClosed = new();
        private readonly AutoResetEvent _wakeUp = new(false);
        private readonly Thread _thread;
        private int _drains;

        public EventLoop(Recorder recorder)
        {
            Queue.WakeUps.Subscribe(_ => _wakeUp.Set());
            _thread = new Thread(() => Run(recorder)) { IsBackground = true };
            _thread.Start();
        }

        public UiDispatchQueue Queue { get; } = new();

        public int Drains => Volatile.Read(ref _drains);

        public int LargestBacklog { get; private set; }

        public void Dispose()
        {
            _isClosed.Set();
            _wakeUp.Set();
            _thread.Join();
            Queue.Dispose();
            _wakeUp.Dispose();
            _isClosed.Dispose();
        }

        private void Run(Recorder recorder)
        {
            while (!_isClosed.IsSet)
            {
                _wakeUp.WaitOne();
                LargestBacklog = Math.Max(LargestBacklog, Queue.Count);
                recorder.Note(Lane.View, "loop", 'd', "drained");
                Interlocked.Increment(ref _drains);
                Queue.Drain(Budget);
                _isClosed.Wait(Frame);
            }
        }
    }
}
