using System.Collections.Concurrent;

namespace ReactiveQuery.Tests.Storms;

/// <summary>Threads that do things to one client at once. Everything is bounded; what hangs is named.</summary>
internal sealed class Storm(int threads)
{
    /// <summary>Far longer than any wait should take: a busy machine is no deadlock.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentBag<Exception> _escaped = [];
    private readonly string[] _places = new string[threads];

    /// <summary>Runs <paramref name="body"/> on each thread, <paramref name="iterations"/> times; all begin together.</summary>
    /// <param name="iterations">How often.</param>
    /// <param name="body">Given the thread's number, its random source and the iteration; yields what it is about to do, for the dump.</param>
    public void Run(int iterations, Func<int, Random, int, IEnumerable<string>> body)
    {
        using var start = new Barrier(threads);
        var running = Enumerable.Range(0, threads).Select(number => new Thread(() => Work(number)) { IsBackground = true, Name = $"storm {number}" }).ToList();
        running.ForEach(t => t.Start());
        Assert.True(running.TrueForAll(t => t.Join(Patience)), $"Hangs:\n{string.Join('\n', _places)}");
        Assert.Empty(_escaped);

        void Work(int number)
        {
            var random = new Random(number);
            try
            {
                start.SignalAndWait(Patience);
                for (var i = 0; i < iterations; i++)
                    foreach (var step in body(number, random, i))
                        Volatile.Write(ref _places[number], $"thread {number}, iteration {i}: {step}");
                Volatile.Write(ref _places[number], $"thread {number}: finished");
            }
            catch (Exception error)
            {
                _escaped.Add(error);
            }
        }
    }

    /// <summary>Waits, with a bound, for what other threads are about to bring about.</summary>
    public static void Eventually(Func<bool> holds, Func<string> otherwise) => Assert.True(SpinWait.SpinUntil(holds, Patience), otherwise());

    /// <summary>Runs work on another thread and waits for it: what a user's delegate does that must not deadlock.</summary>
    public static void OnAnotherThread(Action work)
    {
        Exception? escaped = null;
        var thread = new Thread(Work) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Patience), "A call on another thread does not return.");
        Assert.Null(escaped);

        void Work()
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                escaped = error;
            }
        }
    }
}
