using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>
/// A promise of the query client, written as marbles. One frame is one millisecond; clients made here do not retry unless a test says so. When a test
/// has ended, its clients are disposed, and nothing may be left: no timer, no subscription, no call.
/// </summary>
public abstract class Promise : IDisposable
{
    protected static readonly InvalidOperationException Failure = new("boom");

    protected readonly Marbles m = new();
    private readonly List<QueryClient> _clients = [];

    protected QueryClient Client(Func<QueryClientOptions, QueryClientOptions>? configure = null)
    {
        var options = new QueryClientOptions
        {
            Scheduler = m.Scheduler,
            Defaults = new() { Retry = RetryPolicy.None },
            CompletionBoundary = new TestThread((MarbleScheduler)m.Scheduler),
        };
        var client = new QueryClient(configure is null ? options : configure(options));
        _clients.Add(client);
        return client;
    }

    /// <summary>A span of so many frames.</summary>
    protected static TimeSpan Frames(int count) => TimeSpan.FromMilliseconds(count);

    /// <summary>A call that is made at the subscription and awaited in virtual time.</summary>
    protected IObservable<T> Awaiting<T>(Func<Task<T>> call) => Observable.FromAsync(call, m.Scheduler);

    /// <summary>What several observers see, the diagrams in one column.</summary>
    protected void Expect<T>(string marbles, MarbleRecording<T> recording, Dictionary<char, T>? values = null, Exception? error = null) =>
        m.Expect(recording).ToBe(marbles, values, error);

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        m.VerifyNoLeftovers();
    }

    private sealed class TestThread(MarbleScheduler scheduler) : IUiBoundary
    {
        public IScheduler Scheduler => scheduler;

        public bool IsCurrent => scheduler.IsOnTestThread;
    }
}

/// <summary>States as short texts, the shortest of which are one letter and stand for themselves in a diagram.</summary>
/// <remarks>
/// <c>.</c> idle, <c>L</c> loading, <c>P</c> loading and paused, <c>a</c> data, <c>A</c> stale data, <c>?a</c> placeholder, <c>aE</c> data beside an
/// error, <c>E</c> error alone. Then what runs: <c>a*</c> fetching, <c>aP</c> paused, <c>a&gt;</c> streaming, with the attempts failed so far: <c>a*1</c>. At the end
/// <c>~</c> while an optimistic patch awaits its confirmation.
/// </remarks>
internal static class Letters
{
    public static IObservable<string> States<T>(this IObservable<QueryState<T>> states) => states.Select(Text);

    public static string Text<T>(this QueryState<T> state)
    {
        var data = state.HasData ? state.Data?.ToString() ?? "null" : "";
        if (state.IsStale) data = data.ToUpperInvariant();
        if (state.IsPlaceholder) data = "?" + data;
        var known = state.Status switch
        {
            QueryStatus.Idle => ".",
            QueryStatus.Loading => state.IsPaused ? "" : "L",
            QueryStatus.Error => data + "E",
            _ => data,
        };
        var runs = state.FetchStatus switch
        {
            FetchStatus.Fetching => state.Status == QueryStatus.Loading ? "" : "*",
            FetchStatus.Paused => "P",
            FetchStatus.Streaming => ">",
            _ => "",
        };
        var failures = state.FetchStatus != FetchStatus.Idle && state.FailureCount > 0 ? $"{state.FailureCount}" : "";
        return known + runs + failures + (state.IsOptimistic ? "~" : "");
    }
}
