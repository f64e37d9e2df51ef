using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Model;

/// <summary>A real client in virtual time, driven by the steps of a program, with a record of all that it does.</summary>
internal sealed class EngineDriver : IUiBoundary, IDisposable
{
    private readonly MarbleScheduler _scheduler = new(maxWorkItems: 10_000);
    private readonly Dictionary<string, QueryDefinition<int, string>> _definitions;
    private readonly Dictionary<TestKey, List<EngineCall>> _calls = TestKey.All.ToDictionary(k => k, _ => new List<EngineCall>());
    private readonly Dictionary<TestKey, Behaviour> _behaviours = TestKey.All.ToDictionary(k => k, _ => Behaviour.Waits);
    private readonly Dictionary<int, CancellationTokenSource> _tokens = [];
    private readonly IDisposable _fetching;
    private int _step;

    public EngineDriver(Setup setup, ReferenceModel model)
    {
        Model = model;
        _definitions = new()
        {
            ["a"] = ReactiveQuery.Query.Define("a", (int id, CancellationToken token) => Call(new("a", id), token)).With(o => o with
            {
                InitialData = setup.InitialDataAt is null ? null : () => Answers.Initial,
                InitialDataUpdatedAt = setup.InitialDataAt is { } at && at != Setup.Never ? MarbleScheduler.Epoch + Span(at) : null,
            }),
            ["b"] = ReactiveQuery.Query.Define("b", (int id) => Call(new("b", id), default)),
            ["c"] = ReactiveQuery.Query.Define("c", (int id) => Stream(new("c", id))),
        };
        Client = new QueryClient(new QueryClientOptions
        {
            Scheduler = _scheduler,
            CompletionBoundary = this,
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
        _fetching = Client.IsFetching().Subscribe(count => FetchingCount = count);
    }

    public ReferenceModel Model { get; }

    public QueryClient Client { get; }

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

    public QueryDefinition<int, string> Query(TestKey key) => _definitions[key.Name];

    public void BeforeStep()
    {
        _step++;
        foreach (var observer in Observers.Values) observer.BeforeStep();
    }

    public void Subscribe(int id, TestKey key, ObserverSetup setup)
    {
        var enabling = setup.IsSwitched ? new BehaviorSubject<bool>(setup.Enabled) : null;
        var states = Client.Observe(Query(key), key.Id, o => o with
        {
            StaleTime = Span(setup.StaleTime),
            Enabled = setup.IsSwitched ? null : setup.Enabled,
            EnabledWhen = enabling,
            RefetchOnMount = setup.OnMount,
            RefetchOnFocus = setup.OnFocus,
            RefetchOnReconnect = setup.OnReconnect,
            RefetchInterval = setup.Interval == Setup.Never ? null : Span(setup.Interval),
            RefetchIntervalInBackground = setup.InBackground,
        });
        var observer = Observers[id] = new EngineObserver(id, _step, enabling, Complaints);
        observer.Subscribe(states);
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
        Await(id, any ? Client.EnsureAsync(Query(key), key.Id, token) : Client.FetchAsync(Query(key), key.Id, token));
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

    public void Dispose()
    {
        _fetching.Dispose();
        Client.Dispose();
        foreach (var token in _tokens.Values) token.Dispose();
    }

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

    private Task<string> Call(TestKey key, CancellationToken token)
    {
        var index = _calls[key].Count;
        var call = new EngineCall(token);
        _calls[key].Add(call);
        switch (_behaviours[key])
        {
            case Behaviour.Succeeds:
                return Task.FromResult(Answers.Data(key, index));
            case Behaviour.Fails:
                return Task.FromException<string>(new InvalidOperationException(Answers.Error(key, index)));
            case Behaviour.Throws:
                throw new InvalidOperationException(Answers.Error(key, index));
            default:
                return call.Source.Task;
        }
    }

    private static TimeSpan Span(long milliseconds) => milliseconds == Setup.Never ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds);
}

/// <summary>One call that the client made. The work never looks at its token, and a stream goes on after its subscription has ended.</summary>
internal sealed class EngineCall(CancellationToken token) : IObservable<string>
{
    private IObserver<string>? _observer;
    private bool _hasEnded;
    private bool _isLeft;

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

/// <summary>One subscriber, which trusts nobody.</summary>
internal sealed class EngineObserver(int id, int step, BehaviorSubject<bool>? enabling, List<string> complaints) : IObserver<QueryState<string>>, IDisposable
{
    private readonly List<int> _steps = [];
    private IDisposable? _subscription;
    private int _step = step;
    private int _atStep;

    public BehaviorSubject<bool>? Enabling => enabling;

    public List<QueryState<string>> States { get; } = [];

    public QueryState<string>? Last => States.Count == 0 ? null : States[^1];

    /// <summary>The states of the present step.</summary>
    public IEnumerable<QueryState<string>> SinceStep => States.Skip(_atStep);

    /// <summary>Whether a state of the present step showed no data though the one before it did.</summary>
    public bool LostData => SinceStep.Prepend(_atStep == 0 ? QueryState<string>.Idle : States[_atStep - 1]).Aggregate((Had: false, Lost: false), (seen, state) => (state.HasData, seen.Lost || (seen.Had && !state.HasData))).Lost;

    /// <summary>Each state and its letter, in order.</summary>
    public IEnumerable<(char Mark, QueryState<string> State)> Seen => States.Select((state, i) => ((char)('A' + (i % 26)), state));

    /// <summary>The letters of the states of one step, counted from 1.</summary>
    public string Marks(int step) => string.Concat(Seen.Zip(_steps).Where(seen => seen.Second == step).Select(seen => seen.First.Mark));

    public void BeforeStep()
    {
        _step++;
        _atStep = States.Count;
    }

    public void Subscribe(IObservable<QueryState<string>> states)
    {
        _subscription = states
            .Checked(violation => complaints.Add($"o{id}: {violation}"))
            .Subscribe(this);
        if (Last is null) complaints.Add($"o{id}: Subscribe returned without a first state");
    }

    public void OnNext(QueryState<string> value)
    {
        if (value.Equals(Last)) complaints.Add($"o{id}: {value} twice in a row");
        if (Last is { HasData: true } last && value.HasData && last.Data == value.Data && !ReferenceEquals(last.Data, value.Data))
            complaints.Add($"o{id}: equal data with another reference, {value}");
        if (value.FailureCount > 0 != value.FailureReason is not null) complaints.Add($"o{id}: {value.FailureCount} failures because of {value.FailureReason}");
        States.Add(value);
        _steps.Add(_step);
    }

    public void OnError(Exception error) => complaints.Add($"o{id}: OnError {error}");

    public void OnCompleted() => complaints.Add($"o{id}: OnCompleted");

    public void Dispose() => _subscription?.Dispose();
}
