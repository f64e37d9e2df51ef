namespace ReactiveQuery;

/// <summary>
/// One call from start to end. Its stage and state change under the ledger's lock; everything of the user's runs outside it.
/// </summary>
/// <remarks>The parts, in the order of a call's life: <c>Start</c> (patches, <c>OnMutate</c>, its turn), <c>Run</c> (the attempts), <c>Settle</c> (effects, callbacks, the end).</remarks>
internal sealed partial class MutationCall<TArgs, T> : MutationCall
{
    private readonly Mutation<TArgs, T> _mutation;
    private readonly MutationContext<TArgs> _context;
    private readonly TaskCompletionSource<T> _answer;
    private readonly LatestSubject<bool> _insists = new();
    private readonly QueryInstant _now;
    private MutationOptions<TArgs, T>? _options;
    private MutationCallbacks<TArgs, T> _callbacks;
    private MutationState<TArgs, T> _state = MutationState<TArgs, T>.Idle;
    private DisposableSlot _run;

    public MutationCall(Mutation<TArgs, T> mutation, TArgs args, MutationOptions<TArgs, T> options, QueryKey? scope, QueryInstant now)
        : base(mutation.Client.Ledger, mutation.Name, scope)
    {
        _mutation = mutation;
        _options = options;
        _callbacks = options.Callbacks.Behind(Defaults);
        _context = new(Client, Name, args, options.Meta, now.At);
        _answer = new(Client.ContinuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        States = new(Client.ReportObserver);
        Handle = new(this);
        NetworkMode = options.NetworkMode ?? Defaults.NetworkMode ?? default;
        _now = now;
        States.Post(_state);
    }

    public MutationHandle<TArgs, T> Handle { get; }

    public LatestSubject<MutationState<TArgs, T>> States { get; }

    public MutationState<TArgs, T> State => Volatile.Read(ref _state);

    public override MutationStatus Status => State.Status;

    public override object Owner => _mutation;

    private QueryClient Client => _mutation.Client;

    private MutationDefaults Defaults => Client.Options.Mutations;

    private MutationOptions<TArgs, T> Options => Volatile.Read(ref _options)!;

    private NetworkMode NetworkMode { get; }

    /// <summary>Asked for under the lock, so that a change of the connection is either seen here or told to a call that is listed already.</summary>
    private CallStarted<TArgs> Started_NeedsLock => new(_now, _context.Variables, Client.Environment.IsDisconnected && NetworkMode == NetworkMode.Online);

    public override Task ObservedTask()
    {
        MarkObserved();
        return _answer.Task;
    }

    public override MutationEntry Describe()
    {
        var state = State;
        return new(Handle, Name, state.Status, _context.Variables, ScopeKey, state.Error, state.FailureCount, _context.SubmittedAt, _context.Meta);
    }

    public override MutationHandle Retry()
    {
        MutationOptions<TArgs, T>? options;
        lock (Ledger.Gate)
        {
            options = Stage_NeedsLock == CallStage.Settled && _state.IsError ? _options : null;
            if (options is not null)
                LetGo_NeedsLock(); // Of two retries the second finds nothing to do.
        }

        if (options is not null)
        {
            Forget();
            return _mutation.Begin(_context.Variables, options).Handle;
        }

        GoOn();
        return Handle;
    }

    public override void GoOn()
    {
        if (State.IsPaused)
            _insists.OnNext(true);
    }

    public override void ConnectionChanged_NeedsLock(bool isOffline)
    {
        if (NetworkMode == NetworkMode.Online)
            Apply_NeedsLock(isOffline ? new CallPaused() : new CallResumed());
    }

    public override void Deliver()
    {
        States.Drain();
        _mutation.Deliver();
        Ledger.DeliverChanges();
    }

    public override void Forget()
    {
        lock (Ledger.Gate)
        {
            Ledger.Remove_NeedsLock(this);
            LetGo_NeedsLock();
        }

        Ledger.DeliverChanges();
    }

    private void LetGo_NeedsLock()
    {
        _options = null;
        _callbacks = MutationCallbacks<TArgs, T>.None;
    }

    private void Apply_NeedsLock(MutationEvent happened)
    {
        var next = MutationReducer.Reduce(_state, happened);
        if (ReferenceEquals(next, _state)) return;
        Volatile.Write(ref _state, next);
        States.Post(next);
        _mutation.Show_NeedsLock(this, next);
        Ledger.Changed_NeedsLock();
    }

    private void Apply(MutationEvent happened)
    {
        lock (Ledger.Gate)
        {
            if (Stage_NeedsLock >= CallStage.Settling) return;
            Apply_NeedsLock(happened);
        }

        Deliver();
    }

    private void Report(Exception error, UnobservedErrorOrigin origin) => Client.Errors.ReportMutation(error, origin, Name);

    private void ReportCallback(Exception error) => Report(error, UnobservedErrorOrigin.Callback);
}
