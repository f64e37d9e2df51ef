using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Runtime.CompilerServices;

namespace Quickstart;

/// <summary>What the library promises of a scene, and what was seen.</summary>
internal sealed record Promise(string What, string Promised, string Seen, bool IsKept);

/// <summary>What a scene plays on: a server of its own, an HTTP client for it, a recorder that sees both sides, and its promises.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly List<Promise> _promises = [];
    private readonly IDisposable _serverSide;

    private Stage(ShopServer server)
    {
        Server = server;
        Api = new ShopApi(server.Address);
        _serverSide = server.Log.Changes.Subscribe(Note);
    }

    public ShopServer Server { get; }

    public ShopApi Api { get; }

    public Recorder Recorder { get; } = new();

    public IReadOnlyList<Promise> Promises => _promises;

    public static async Task<Stage> SetUpAsync() => new(await ShopServer.StartAsync());

    /// <summary>Subscribes a view, from now until it is disposed or its client is.</summary>
    public View<T> Watch<T>(string name, IObservable<QueryState<T>> states) => new(name, states, Recorder);

    /// <summary>Waits until something has been observed, and fails if it never is.</summary>
    public static Task Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var givenUp = new TimeoutException($"Waited {Patience.TotalSeconds} s in vain for {what.Replace("() => ", "", StringComparison.Ordinal)}");
        return Observable.Interval(10.Ms(), RealTime.Scheduler)
            .FirstAsync(_ => condition())
            .Timeout(Patience, Observable.Throw<long>(givenUp), RealTime.Scheduler)
            .ToTask();
    }

    /// <summary>Compares what the library promises with what happened.</summary>
    public void Promise<T>(string what, T promised, T seen) =>
        _promises.Add(new Promise(what, $"{promised}", $"{seen}", EqualityComparer<T>.Default.Equals(promised, seen)));

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Server.DisposeAsync();
        _serverSide.Dispose();
    }

    private void Note(LoggedRequest request)
    {
        var (letter, meaning) = request.Outcome switch
        {
            RequestOutcome.Running => ('(', "request arrives"),
            RequestOutcome.Completed => (')', "answered"),
            RequestOutcome.Failed => ('x', "answered 503"),
            _ => (StateLetter.Left, StateLetter.MeaningOf(StateLetter.Left)),
        };
        Recorder.Note(Lane.Server, $"server {request.Path}", letter, meaning);
    }
}
