using System.Reactive.Concurrency;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Client;

/// <summary>A test of the client in virtual time: awaited calls continue inline, nothing is retried unless a test says so, and stray errors are kept.</summary>
public abstract class ClientTest : IDisposable
{
    protected static readonly InvalidOperationException Boom = new("boom");

    private readonly List<QueryClient> _clients = [];

    private protected MarbleScheduler Scheduler { get; } = new();

    private protected List<UnobservedError> Unobserved { get; } = [];

    private protected QueryClient NewClient(Func<QueryClientOptions, QueryClientOptions>? configure = null)
    {
        var options = new QueryClientOptions
        {
            Scheduler = Scheduler,
            Defaults = new() { Retry = RetryPolicy.None },
            CompletionBoundary = new TestThread(Scheduler),
            OnUnobservedError = Unobserved.Add,
        };
        var client = new QueryClient(configure is null ? options : configure(options));
        _clients.Add(client);
        return client;
    }

    /// <summary>A query that answers at once with the number of its call.</summary>
    private protected static QueryDefinition<int, string> Counting(string name = "n")
    {
        var calls = 0;
        return Query.Define(name, (int _, CancellationToken _) => Task.FromResult($"v{++calls}"));
    }



    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        GC.SuppressFinalize(this);
    }

    private sealed class TestThread(MarbleScheduler scheduler) : IUiBoundary
    {
        public IScheduler Scheduler => scheduler;

        public bool IsCurrent => scheduler.IsOnTestThread;
    }
}
