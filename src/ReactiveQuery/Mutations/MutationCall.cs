namespace ReactiveQuery;

/// <summary>
/// One call from start to end. Its stage and state change under the ledger's lock; everything of the user's runs outside it.
/// </summary>
/// <remarks>
/// <para>The parts, in the order of a call's life: <c>Start</c> (patches, <c>OnMutate</c>, its turn), <c>Run</c> and <c>Attempts</c> (the attempts), <c>Settle</c> (effects,
/// callbacks, the end).</para>
/// <para>What few calls need is made when it is first asked for: the states and their stream, the task, the context of the callbacks, the operators of a retry. Most calls are
/// awaited after they have ended and observed by nobody (W9 in <c>benchmarks/WORKLOADS.md</c>), and ended calls are kept for a while, so that their size counts.</para>
/// </remarks>
internal sealed partial class MutationCall<TArgs, T> : MutationCall
{
    private readonly Mutation<TArgs, T> _mutation;
    private readonly TArgs _args;
    private readonly object? _meta;
    private readonly long _submittedTicks;
    private readonly short _submittedOffset;
    private readonly byte _networkMode;
    private MutationRules<TArgs, T>? _rules;
    private MutationState<TArgs, T>? _state; // Null where it follows from the stage and the outcome, and nobody has looked yet.
    private Extras? _extras;

    public MutationCall(Mutation<TArgs, T> mutation, TArgs args, MutationRules<TArgs, T> rules, MutationTurn? turn, in QueryInstant submitted)
        : base(turn)
    {
        _mutation = mutation;
        _args = args;
        (_submittedTicks, _submittedOffset) = (submitted.WallTicks, submitted.WallOffset);
        _meta = rules.Options.Meta;
        _rules = rules;
        Handle = new(this);
        _networkMode = (byte)rules.NetworkMode;
    }

    public MutationHandle<TArgs, T> Handle { get; }

    /// <summary>Its states, beginning with the present one.</summary>
    public LatestSubject<MutationState<TArgs, T>> States
    {
        get
        {
            var extras = ExtrasMade;
            if (Volatile.Read(ref extras.States) is { } known) return known;
            lock (Ledger.Gate)
            {
                if (extras.States is null)
                {
                    var states = new LatestSubject<MutationState<TArgs, T>>(Client.ReportObserver);
                    states.Post(State_NeedsLock);
                    Volatile.Write(ref extras.States, states);
                }

                return extras.States;
            }
        }
    }

    public MutationState<TArgs, T> State
    {
        get
        {
            if (Volatile.Read(ref _state) is { } known) return known;
            lock (Ledger.Gate)
                return State_NeedsLock;
        }
    }

    public MutationState<TArgs, T> State_NeedsLock
    {
        get
        {
            if (_state is null)
                Volatile.Write(ref _state, IsSettled ? MutationReducer.End(Started(isPaused: false), _outcome) : Started(isPaused: false));
            return _state;
        }
    }

    public override string Name => _mutation.Name;

    public override MutationStatus Status => State.Status;

    public override object Owner => _mutation;

    private QueryClient Client => _mutation.Client;

    private MutationLedger Ledger => _mutation.Ledger;

    /// <summary>Null once it has let go of them.</summary>
    private MutationRules<TArgs, T>? Rules => Volatile.Read(ref _rules);

    private MutationCallbacks<TArgs, T> Callbacks => Rules?.Callbacks ?? MutationCallbacks<TArgs, T>.None;

    private NetworkMode NetworkMode => (NetworkMode)_networkMode;

    private DateTimeOffset SubmittedAt => PackedInstant.Unpack(_submittedTicks, _submittedOffset).GetValueOrDefault();

    /// <summary>What its callbacks are given: the same object, whichever thread asks first.</summary>
    private MutationContext<TArgs> Context
    {
        get
        {
            var extras = ExtrasMade;
            if (Volatile.Read(ref extras.Context) is { } known) return known;
            var context = new MutationContext<TArgs>(Client, Name, _args, _meta, SubmittedAt);
            return Interlocked.CompareExchange(ref extras.Context, context, null) ?? context;
        }
    }

    /// <summary>Whether somebody wants it to go on without waiting for the connection.</summary>
    private LatestSubject<bool> Insists
    {
        get
        {
            var extras = ExtrasMade;
            if (Volatile.Read(ref extras.Insists) is { } known) return known;
            var insists = new LatestSubject<bool>();
            return Interlocked.CompareExchange(ref extras.Insists, insists, null) ?? insists;
        }
    }

    private Extras ExtrasMade
    {
        get
        {
            if (Volatile.Read(ref _extras) is { } known) return known;
            var extras = new Extras();
            return Interlocked.CompareExchange(ref _extras, extras, null) ?? extras;
        }
    }

    private bool IsPaused => Volatile.Read(ref _state) is { IsPaused: true };

    public override MutationEntry Describe()
    {
        var state = State;
        return new(Handle, Name, state.Status, _args, Turn?.Key, state.Error, state.FailureCount, SubmittedAt, _meta);
    }

    public override MutationHandle Retry()
    {
        MutationRules<TArgs, T>? rules;
        lock (Ledger.Gate)
        {
            rules = IsSettled && State_NeedsLock.IsError ? _rules : null;
            if (rules is not null)
                LetGo_NeedsLock(); // Of two retries the second finds nothing to do.
        }

        if (rules is not null)
        {
            Forget();
            return _mutation.Begin(_args, rules).Handle;
        }

        GoOn();
        return Handle;
    }

    public override void GoOn()
    {
        if (IsPaused)
            Insists.OnNext(true);
    }

    public override void ConnectionChanged_NeedsLock(bool isOffline)
    {
        if (NetworkMode == NetworkMode.Online)
            Apply_NeedsLock(isOffline ? CallPaused.Instance : CallResumed.Instance);
    }

    public override void Deliver()
    {
        Volatile.Read(ref _extras)?.States?.Drain();
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

    private void LetGo_NeedsLock() => _rules = null;

    private MutationState<TArgs, T> Started(bool isPaused) => MutationReducer.Start<TArgs, T>(SubmittedAt, _args, isPaused);

    private void Apply_NeedsLock(MutationEvent happened)
    {
        var next = MutationReducer.Reduce(State_NeedsLock, happened);
        if (!ReferenceEquals(next, _state))
            Show_NeedsLock(next);
    }

    /// <param name="next">The new state; null: made when somebody looks (W9 in <c>benchmarks/WORKLOADS.md</c>).</param>
    private void Show_NeedsLock(MutationState<TArgs, T>? next)
    {
        Volatile.Write(ref _state, next);
        _extras?.States?.Post(State_NeedsLock);
        _mutation.Show_NeedsLock(this);
        Ledger.Changed_NeedsLock();
    }

    private void Apply(MutationEvent happened)
    {
        lock (Ledger.Gate)
        {
            if (IsAnswered) return;
            Apply_NeedsLock(happened);
        }

        Deliver();
    }

    private void Report(Exception error, UnobservedErrorOrigin origin) => Client.Errors.ReportMutation(error, origin, Name);

    private void ReportCallback(Exception error) => Report(error, UnobservedErrorOrigin.Callback);

    private void ReportCancellation(Exception error) => Report(error, UnobservedErrorOrigin.Cancellation);

    /// <summary>What few calls have: who observes them, insists, has callbacks or awaits refetches.</summary>
    private sealed class Extras
    {
        public LatestSubject<MutationState<TArgs, T>>? States;
        public LatestSubject<bool>? Insists;
        public MutationContext<TArgs>? Context;
        public List<Task>? Refetches;
    }
}
