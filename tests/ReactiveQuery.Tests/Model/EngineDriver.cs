using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Model;

/// <summary>A real client in virtual time, driven by the steps of a program, with a record of all that it does.</summary>
internal sealed class EngineDriver : IUiBoundary, IDisposable
{
    private readonly MarbleScheduler _scheduler = new(maxWorkItems: 10_000);
    private readonly Dictionary<TestKey, Face> _faces;
    private readonly Dictionary<TestKey, List<EngineCall>> _calls = TestKey.All.ToDictionary(k => k, _ => new List<EngineCall>());
    private readonly Dictionary<TestKey, Behaviour> _behaviours = TestKey.All.ToDictionary(k => k, _ => Behaviour.Waits);
    private readonly Dictionary<int, CancellationTokenSource> _tokens = [];
    private readonly IDisposable _fetching;
    private int _step;

    public EngineDriver(Setup setup, ReferenceModel model)
    {
        Model = model;
        Client = new QueryClient(new QueryClientOptions
        {
            Scheduler = _scheduler,
            CompletionBoundary = setup.NetworkMode == NetworkMode.Always ? null : this, // Without either, as in most applications, a fetch makes its first attempt by itself, and not through the operators.
            CacheCapacity = setup.Capacity,
            Focus = Focus,
            Online = Online,
            OnSuccess = (_, _) => Successes++,
            OnError = (_, _) => Errors++,
            OnUnobservedError = error => Complaints.Add($"an unobserved error: {error.Exception}"),
            Defaults = new QueryOptions
            {
                StaleTime = Span(setup.DefaultStaleTime),
                CacheTtl = Span(setup.CacheTtl),
                GcTime = Span(setup.GcTime),
                CancelDelay = Span(setup.CancelDelay),
                NetworkMode = setup.NetworkMode,
                DedupeRequests = setup.Dedupes,
                CacheEnabled = setup.Caches,
                Retry = RetryPolicy.Fixed(Span(Setup.RetryDelay), Setup.MaxRetries),
            },
        });
        _faces = TestKey.All.ToDictionary(key => key, key => Face(key, setup));
        Writes = new EngineWrites(this, setup);
        _fetching = Client.IsFetching().Subscribe(count => FetchingCount = count);
    }

    public ReferenceModel Model { get; }

    public QueryClient Client { get; }

    public EngineWrites Writes { get; }

    public BehaviorSubject<bool> Focus { get; } = new(true);

    public BehaviorSubject<bool> Online { get; } = new(true);

    public int Successes { get; private set; }

    public int Errors { get; private set; }

    public int FetchingCount { get; private set; }

    /// <summary>What went wrong on the way, in words.</summary>
    public List<string> Complaints { get; } = [];

    public Dictionary<int, EngineObserver> Observers { get; } = [];

    public Dictionary<int, Task> Awaited { get; } = [];

    IScheduler IUiBoundary.Scheduler => _scheduler;

    bool IUiBoundary.IsCurrent => _scheduler.IsOnTestThread;

    public IReadOnlyList<EngineCall> Calls(TestKey key) => _calls[key];

    public Face Query(TestKey key) => _faces[key];

    public void BeforeStep()
    {
        _step++;
        foreach (var observer in Observers.Values) observer.BeforeStep();
    }

    public void Subscribe(int id, TestKey key, ObserverSetup setup)
    {
        var enabling = setup.IsSwitched ? new BehaviorSubject<bool>(setup.Enabled) : null;
        var observer = Observers[id] = new EngineObserver(id, _step, enabling, Complaints);
        Query(key).Observe(observer, setup);
    }

    public void Unsubscribe(int id)
    {
        if (Observers.TryGetValue(id, out var observer)) observer.Dispose();
    }

    public void Enable(int id, bool isEnabled)
    {
        if (Observers.TryGetValue(id, out var observer)) observer.Enabling!.OnNext(isEnabled);
    }

    public void Fetch(int id, TestKey key, bool any, bool hasToken)
    {
        var token = hasToken ? (_tokens[id] = new CancellationTokenSource()).Token : default;
        Await(id, any ? Query(key).EnsureAsync(token) : Query(key).FetchAsync(token));
    }

    public void Await(int id, Task task) => Awaited[id] = task;

    public void GiveUp(int id)
    {
        if (_tokens.TryGetValue(id, out var source)) source.Cancel();
    }

    public void Advance(long milliseconds) => _scheduler.AdvanceBy(Span(milliseconds));

    public void Behave(TestKey key, Behaviour behaviour) => _behaviours[key] = behaviour;

    public void Answer(TestKey key, int index, string? data, AnswerKind kind)
    {
        var call = _calls[key][index];
        if (key.IsLive) call.Emit(data is null ? null : new string(data.AsSpan()), kind == AnswerKind.Ends ? null : Error(key, index, kind));
        else if (data is not null) call.Source.SetResult(new string(data.AsSpan()));
        else call.Source.SetException(Error(key, index, kind));
    }

    public static TimeSpan Span(long milliseconds) => milliseconds == Setup.Never ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds);

    public void Dispose()
    {
        _fetching.Dispose();
        Writes.Dispose();
        Client.Dispose();
        foreach (var token in _tokens.Values) token.Dispose();
    }

    private Face Face(TestKey key, Setup setup) => key.Name switch
    {
        "a" => Texts(key, ReactiveQuery.Query.Define("a", (int id, CancellationToken token) => Call(new("a", id), token)).With(o => o with
        {
            InitialData = setup.InitialDataAt is null ? null : () => Answers.Initial,
            InitialDataUpdatedAt = setup.InitialDataAt is { } at && at != Setup.Never ? MarbleScheduler.Epoch + Span(at) : null,
        })),
        "b" => Texts(key, ReactiveQuery.Query.Define("b", (int id) => Call(new("b", id), default))),
        "c" => Texts(key, ReactiveQuery.Query.Define("c", (int id) => Stream(new("c", id)))),
        "p" => new PagesFace(Client, key, ReactiveQuery.Query.DefineInfinite(
            "p", (int id, int cursor, CancellationToken token) => Call(new("p", id), token, cursor), PageText.FirstCursor, page => PageText.Next(page), page => PageText.Previous(page))),
        _ => new PagesFace(Client, key, ReactiveQuery.Query.DefineInfinite(
            "q", (int id, int cursor) => Call(new("q", id), default, cursor), PageText.FirstCursor, page => PageText.Next(page), page => PageText.Previous(page)).WithMaxPages(key.MaxPages)),
    };

    private Face<string> Texts(TestKey key, QueryDefinition<int, string> query) => new(Client, key, query, text => new string(text.AsSpan()));

    private static Exception Error(TestKey key, int index, AnswerKind kind) => kind == AnswerKind.IsCancelledByOthers
        ? new OperationCanceledException(Answers.Error(key, index))
        : new InvalidOperationException(Answers.Error(key, index));

    private EngineCall Stream(TestKey key)
    {
        var index = _calls[key].Count;
        var call = new EngineCall(default);
        _calls[key].Add(call);
        call.Begins = _behaviours[key] switch
        {
            Behaviour.Succeeds => observer => Succeed(observer, Answers.Value(key, index, 0)),
            Behaviour.Fails => observer => observer.OnError(new InvalidOperationException(Answers.Error(key, index))),
            Behaviour.Throws => throw new InvalidOperationException(Answers.Error(key, index)),
            _ => null,
        };
        return call;

        static void Succeed(IObserver<string> observer, string value)
        {
            observer.OnNext(value);
            observer.OnCompleted();
        }
    }

    private Task<string> Call(TestKey key, CancellationToken token, int? cursor = null)
    {
        var index = _calls[key].Count;
        var call = new EngineCall(token, cursor);
        _calls[key].Add(call);
        switch (_behaviours[key])
        {
            case Behaviour.Succeeds:
                return Task.FromResult(cursor is { } at ? PageText.Page(at, index, Model.List(key)) : Answers.Data(key, index));
            case Behaviour.Fails:
                return Task.FromException<string>(new InvalidOperationException(Answers.Error(key, index)));
            case Behaviour.Throws:
                throw new InvalidOperationException(Answers.Error(key, index));
            default:
                return call.Source.Task;
        }
    }
}

/// <summary>One call that the client made. The work never looks at its token, and a stream goes on after its subscription has ended.</summary>
internal sealed class EngineCall(CancellationToken token, int? cursor = null) : IObservable<string>
{
    private IObserver<string>? _observer;
    private bool _hasEnded;
    private bool _isLeft;

    public int? Cursor => cursor;

    public bool IsCancelled => token.IsCancellationRequested || _isLeft;

    /// <summary>What a stream does during its subscription; then it has ended.</summary>
    public Action<IObserver<string>>? Begins { get; set; }

    public TaskCompletionSource<string> Source { get; } = new();

    public void Emit(string? value, Exception? error)
    {
        _hasEnded = value is null;
        if (value is not null) _observer!.OnNext(value);
        else if (error is not null) _observer!.OnError(error);
        else _observer!.OnCompleted();
    }

    public IDisposable Subscribe(IObserver<string> observer)
    {
        _observer = observer;
        _hasEnded = Begins is not null;
        Begins?.Invoke(observer);
        return System.Reactive.Disposables.Disposable.Create(() => _isLeft = !_hasEnded);
    }
}
