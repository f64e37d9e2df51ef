using System.Collections.Immutable;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;

namespace Quickstart.Server;

internal enum RequestOutcome
{
    Running,
    Completed,
    Failed,
    Aborted,
}

/// <summary>One request as the server saw it. The times are those of the log.</summary>
internal sealed record LoggedRequest(int Number, string Path, TimeSpan StartedAt)
{
    public TimeSpan? EndedAt { get; init; }

    public RequestOutcome Outcome { get; init; }
}

/// <summary>What reached the server, and what became of it.</summary>
internal sealed class RequestLog
{
    private readonly IStopwatch _clock = RealTime.Clock();
    private readonly ISubject<LoggedRequest> _changes = Subject.Synchronize(new Subject<LoggedRequest>());
    private readonly Lock _gate = new();
    private ImmutableList<LoggedRequest> _requests = [];

    public ImmutableList<LoggedRequest> Requests => Volatile.Read(ref _requests);

    /// <summary>Each request when it starts and again when it has ended.</summary>
    public IObservable<LoggedRequest> Changes => _changes;

    public int Count(string path) => Requests.Count(it => it.Path == path);

    public int Count(RequestOutcome outcome) => Requests.Count(it => it.Outcome == outcome);

    public LoggedRequest Started(string path)
    {
        LoggedRequest request;
        lock (_gate)
        {
            request = new LoggedRequest(_requests.Count, path, _clock.Elapsed);
            _requests = _requests.Add(request);
        }

        _changes.OnNext(request);
        return request;
    }

    public void Ended(LoggedRequest request, RequestOutcome outcome)
    {
        var ended = request with { Outcome = outcome, EndedAt = _clock.Elapsed };
        lock (_gate)
            _requests = _requests.SetItem(request.Number, ended);
        _changes.OnNext(ended);
    }
}
