using System.Collections.Concurrent;

namespace ReactiveQuery.Benchmarks;

/// <summary>
/// The same limit for a fetch that keeps some of what a query promises, by hand for one entry and one observer: user code runs outside the lock and its failures are caught, the
/// observer is called by one thread at a time and sees the fetch begin and end, a late answer is dropped, each fetch has a token of its own, each caller an answer of their own,
/// equal data stays. Still no options, retries, deadlines or patches, and a state that comes while another is being shown is lost. Fetches (W8) are all that this changes.
/// </summary>
public sealed class LimitGuardedContender : Contender
{
    public override string Name => "limit-guarded";

    public override ICycleFixture Cycle(Fetcher fetcher) => new CycleFx(fetcher);

    private sealed class CycleFx : ICycleFixture
    {
        private readonly ConcurrentDictionary<LimitKey, GuardedEntry> _entries = new();

        public CycleFx(Fetcher fetcher) => _entries.TryAdd(new LimitKey("item", 0), new GuardedEntry(fetcher, (StateProbe)Probe, Item.Of(0, 0)));

        public Probe Probe { get; } = new StateProbe();

        public Task Refetch() => _entries[new LimitKey("item", 0)].Refetch();

        public void Dispose() => _entries.Clear();
    }

    private sealed class StateProbe : Probe, IObserver<LimitState<Item>>
    {
        public void OnNext(LimitState<Item> value) => Saw(value.Data, value.Fetching);

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }

    private sealed class GuardedEntry(Fetcher fetcher, IObserver<LimitState<Item>> observer, Item first)
    {
        private LimitState<Item> _state = Ok(first);
        private GuardedFlight? _flight;
        private GuardedCaller? _callers;
        private int _delivering;

        public Task Refetch()
        {
            var flight = new GuardedFlight(this);
            var caller = new GuardedCaller();
            LimitState<Item> begun;
            GuardedFlight? superseded;
            lock (this)
            {
                superseded = _flight;
                _flight = flight;
                caller.Next = _callers;
                _callers = caller;
                var s = _state;
                _state = begun = new LimitState<Item>(s.Data, s.Error, s.UpdatedAt, true, s.Invalid);
            }

            superseded?.Token.Cancel();
            Deliver(begun);
            flight.Run(fetcher);
            return caller.Task;
        }

        public void Land(GuardedFlight flight, Task<Item> task)
        {
            while (true)
            {
                var seen = Volatile.Read(ref _state);
                var data = task.IsCompletedSuccessfully ? Shared(seen.Data!, task.Result) : null;
                LimitState<Item> landed;
                GuardedCaller? answered;
                lock (this)
                {
                    if (!ReferenceEquals(_flight, flight)) return;
                    if (!ReferenceEquals(seen.Data, _state.Data)) continue;
                    _flight = null;
                    (answered, _callers) = (_callers, null);
                    _state = landed = data is not null ? Ok(data) : new LimitState<Item>(seen.Data, task.Exception, seen.UpdatedAt, false, seen.Invalid);
                }

                for (; answered is not null; answered = answered.Next) answered.Answer();
                Deliver(landed);
                return;
            }
        }

        private static LimitState<Item> Ok(Item data) => new(data, null, Environment.TickCount64, false, false);

        private static Item Shared(Item old, Item data) => old.Equals(data) ? old : data;

        private void Deliver(LimitState<Item> state)
        {
            if (Interlocked.Increment(ref _delivering) != 1) return;
            do
            {
                try
                {
                    observer.OnNext(state);
                }
                catch (Exception error)
                {
                    Console.Error.WriteLine(error);
                }
            }
            while (Interlocked.Decrement(ref _delivering) != 0);
        }
    }

    private sealed class GuardedFlight(GuardedEntry entry)
    {
        private static readonly Action<Task<Item>, object?> Ended = static (ended, flight) => ((GuardedFlight)flight!).Landed(ended);

        public CancellationTokenSource Token { get; } = new();

        public void Run(Fetcher fetcher)
        {
            Task<Item> task;
            try
            {
                task = fetcher(0, Token.Token);
            }
            catch (Exception error)
            {
                task = Task.FromException<Item>(error);
            }

            if (task.IsCompleted)
                entry.Land(this, task);
            else
                task.ContinueWith(Ended, this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        private void Landed(Task<Item> task) => entry.Land(this, task);
    }

    private sealed class GuardedCaller
    {
        private static readonly object Ended = new();
        private object? _completion;

        public GuardedCaller? Next { get; set; }

        public Task Task
        {
            get
            {
                if (ReferenceEquals(Volatile.Read(ref _completion), Ended)) return Task.CompletedTask;
                var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return Interlocked.CompareExchange(ref _completion, completion, null) is null ? completion.Task : Task.CompletedTask;
            }
        }

        public void Answer()
        {
            if (Interlocked.Exchange(ref _completion, Ended) is TaskCompletionSource completion) completion.TrySetResult();
        }
    }
}
