using System.Collections.Concurrent;

namespace ReactiveQuery.Benchmarks;

/// <summary>A single thread that runs posted work in order: the stand-in for a UI dispatcher.</summary>
public sealed class UiLoop : IDisposable
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _stop;
    private int _sleeping;

    public UiLoop()
    {
        Context = new LoopContext(this);
        _thread = new Thread(Run) { IsBackground = true, Name = "ui" };
        _thread.Start();
    }

    public SynchronizationContext Context { get; }

    public void Post(SendOrPostCallback callback, object? state)
    {
        _queue.Enqueue((callback, state));
        if (Volatile.Read(ref _sleeping) == 1 && Interlocked.Exchange(ref _sleeping, 0) == 1) _wake.Set();
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(Context);
        while (!_stop)
        {
            if (_queue.TryDequeue(out var work)) { work.Callback(work.State); continue; }
            Volatile.Write(ref _sleeping, 1);
            Interlocked.MemoryBarrier();
            if (_queue.IsEmpty) _wake.WaitOne(50);
            Volatile.Write(ref _sleeping, 0);
        }
    }

    public void Dispose()
    {
        _stop = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private sealed class LoopContext(UiLoop loop) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => loop.Post(d, state);
        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();
        public override SynchronizationContext CreateCopy() => this;
    }
}
