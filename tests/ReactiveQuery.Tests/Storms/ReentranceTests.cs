using System.Globalization;

namespace ReactiveQuery.Tests.Storms;

/// <summary>Observers that write, patch, come, go and throw while they are called, in programs drawn at random: each is called by one call at a time and ends with what holds.</summary>
[Collection(AloneCollection.Name)]
public class ReentranceTests
{
    private static readonly int Programs = int.Parse(Environment.GetEnvironmentVariable("REENTRANCE_PROGRAMS") ?? "150", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Observers_that_act_while_they_are_called_see_everything_in_order_and_once(int threads)
    {
        for (var seed = 0; seed < Programs; seed++)
        {
            new Program<Number>(seed, threads, n => new Number(n), data => data.Value).Run();
            new Program<int>(seed, threads, n => n, data => data).Run();
        }
    }

    private sealed record Number(int Value);

    private sealed class Program<T> : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly Random _random;
        private readonly int _seed;
        private readonly int _threads;
        private readonly Func<int, T> _make;
        private readonly Func<T, int> _valueOf;
        private readonly QueryDefinition<int, T> _query;
        private readonly QueryClient _client;
        private readonly List<Watch> _watches = [];
        private readonly List<OptimisticHandle<T>> _patches = [];
        private string? _fault;
        private int _written;
        private int _budget = 60;

        public Program(int seed, int threads, Func<int, T> make, Func<T, int> valueOf)
        {
            (_random, _seed, _threads, _make, _valueOf) = (new(seed), seed, threads, make, valueOf);
            _query = Query.Define("q", (int id) => Task.FromResult(make(Interlocked.Increment(ref _written)))).With(o => o with { StaleTime = Timeout.InfiniteTimeSpan });
            _client = new(new() { OnUnobservedError = error => { if (error.Exception is Thrown) Act(); } });
        }

        public void Dispose() => _client.Dispose();

        public void Run()
        {
            _client.SetData(_query, 1, _make(0));
            for (var i = 0; i < 4; i++) Come();
            var threads = Enumerable.Range(0, _threads).Select(_ => new Thread(() =>
            {
                while (Volatile.Read(ref _budget) > 0) Act();
            })).ToList();
            if (_threads == 1)
                while (_budget > 0) Act();
            else
                threads.ForEach(thread => thread.Start());
            foreach (var thread in threads.Where(thread => thread.ThreadState != ThreadState.Unstarted)) Assert.True(thread.Join(TimeSpan.FromSeconds(20)));
            foreach (var patch in _patches) patch.Rollback();
            var last = _make(int.MaxValue);
            _client.SetData(_query, 1, last);
            foreach (var watch in _watches) watch.CheckLast(int.MaxValue);
            Assert.True(_fault is null, $"seed {_seed}, threads {_threads}, {typeof(T).Name}: {_fault}");
            Dispose();
            foreach (var watch in _watches) watch.CheckEnd();
            Assert.True(_fault is null, $"seed {_seed}, threads {_threads}, {typeof(T).Name}: {_fault}");
        }

        private int Draw(int below)
        {
            lock (_gate) return _random.Next(below);
        }

        private void Act()
        {
            if (Interlocked.Decrement(ref _budget) < 0) return;
            switch (Draw(12))
            {
                case < 4:
                    _client.SetData(_query, 1, _make(Interlocked.Increment(ref _written)));
                    break;
                case 4:
                    _client.InvalidateAsync(_query, 1);
                    break;
                case 5:
                    Come();
                    break;
                case < 8:
                    Go();
                    break;
                case 8:
                    var patch = _client.Mutate(_query, 1, data => _make(-_valueOf(data)));
                    lock (_gate) _patches.Add(patch);
                    break;
                case 9:
                    OptimisticHandle<T>? some;
                    lock (_gate) some = _patches.Count == 0 ? null : _patches[_random.Next(_patches.Count)];
                    if (Draw(2) == 0) some?.Commit();
                    else some?.Rollback();
                    break;
                case 10 when _client.TryGetData(_query, 1, out var data):
                    _client.SetData(_query, 1, data); // The same again.
                    break;
                default:
                    _client.Cancel(_query, 1);
                    break;
            }
        }

        private void Come()
        {
            var watch = new Watch(this, Draw(3) == 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
            lock (_gate) _watches.Add(watch);
            watch.Begin();
        }

        private void Go()
        {
            Watch? some;
            lock (_gate) some = _watches.Count == 0 ? null : _watches[_random.Next(_watches.Count)];
            some?.End();
        }

        private void Fault(string fault) => _fault ??= fault;

        private sealed class Watch(Program<T> program, TimeSpan staleTime) : IObserver<QueryState<T>>
        {
            private IDisposable? _subscription;
            private QueryState<T>? _last;
            private int _inside;
            private int _ends;
            private int _endedBy;
            private bool _isCompleted;

            private bool IsEnded => Volatile.Read(ref _ends) != 0;

            public void Begin() => Volatile.Write(
                ref _subscription,
                program._client.Observe(program._query, 1, o => o with { StaleTime = staleTime, RefetchOnMount = RefetchPolicy.Never }).Subscribe(this));

            public void End()
            {
                if (Volatile.Read(ref _subscription) is not { } subscription || Interlocked.Exchange(ref _ends, 1) != 0) return;
                subscription.Dispose();
                Volatile.Write(ref _endedBy, Environment.CurrentManagedThreadId);
            }

            public void OnNext(QueryState<T> value)
            {
                if (Interlocked.Increment(ref _inside) != 1) program.Fault("called while it is called");
                if (Volatile.Read(ref _endedBy) == Environment.CurrentManagedThreadId) program.Fault("called after it was disposed");
                if (value.Equals(_last)) program.Fault($"{value} twice");
                _last = value;
                var choice = program.Draw(8);
                if (choice < 3) program.Act();
                if (choice == 3) End();
                Interlocked.Decrement(ref _inside);
                if (choice == 4) throw new Thrown();
            }

            public void OnError(Exception error) => program.Fault($"failed with {error}");

            public void OnCompleted() => _isCompleted = true;

            public void CheckLast(int expected)
            {
                if (!IsEnded && program._valueOf(_last!.Data!) != expected) program.Fault($"left at {_last}");
            }

            public void CheckEnd()
            {
                if (!IsEnded && !_isCompleted) program.Fault("was not completed");
            }
        }
    }

    private sealed class Thrown : Exception;
}
