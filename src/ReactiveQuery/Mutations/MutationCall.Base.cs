namespace ReactiveQuery;

/// <summary>How far a call has come. It only ever goes forward.</summary>
internal enum CallStage
{
    /// <summary>Its patches are applied and its <c>OnMutate</c> callbacks run.</summary>
    Preparing,

    /// <summary>It waits for its turn in its scope.</summary>
    Waiting,

    /// <summary>Its attempts are made, or wait for the connection or the next retry.</summary>
    Running,

    /// <summary>What has become of it is decided; its callbacks run.</summary>
    Settling,

    /// <summary>It is over.</summary>
    Settled,
}

/// <summary>In which of the ledger's lists a call stands.</summary>
internal enum CallPlace : byte
{
    None,
    UnderWay,

    /// <summary>Among those that have ended and are still shown.</summary>
    Ended,
}

/// <summary>A call as the ledger, its scope and its handle see it. The members ending in <c>_NeedsLock</c> expect the ledger's lock.</summary>
internal abstract class MutationCall(MutationTurn? turn)
{
    private int _stage;
    private volatile bool _isObserved;
    private volatile bool _isExecuted;

    public long Id { get; set; }

    public abstract string Name { get; }

    /// <summary>Its turn in its scope; null for calls that wait for nobody.</summary>
    public MutationTurn? Turn { get; } = turn;

    /// <summary>Where the ledger keeps it.</summary>
    public CallPlace Place { get; set; }

    public MutationCall? Previous { get; set; }

    public MutationCall? Next { get; set; }

    /// <summary>As of a moment ago; it only ever goes forward.</summary>
    public CallStage Stage => (CallStage)Volatile.Read(ref _stage);

    /// <summary>Until when the ended call is shown; written under the lock.</summary>
    public TimeSpan KeptUntil { get; set; } = TimeSpan.MaxValue;

    public bool IsSettled => Stage == CallStage.Settled;

    /// <summary>Whether what becomes of it is decided.</summary>
    public bool IsAnswered => Stage >= CallStage.Settling;

    public bool IsRefused { get; protected set; }

    /// <summary>Whether somebody hears of its failure: who asked its handle, or the subscriber of <c>Execute</c> while there is one.</summary>
    public bool IsObserved => _isObserved || _isExecuted;

    /// <summary>Whether it was made by a subscription of <c>Execute</c> that still stands.</summary>
    public bool IsExecuted { set => _isExecuted = value; }

    public abstract MutationStatus Status { get; }

    public void MarkObserved() => _isObserved = true;

    public abstract object Owner { get; }

    public abstract Task ObservedTask();

    public abstract MutationEntry Describe();

    public abstract bool Cancel();

    public abstract MutationHandle Retry();

    /// <summary>Its turn has come; called once, outside the lock.</summary>
    public abstract void Run();

    /// <summary>From one stage to the next; false when it is not (or no longer) there. Without the lock, for what is decided may not wait for it.</summary>
    public bool TryAdvance(CallStage from, CallStage to) => Interlocked.CompareExchange(ref _stage, (int)to, (int)from) == (int)from;

    /// <summary>Its first stage, before anybody else sees the call.</summary>
    protected void StartAt(CallStage stage) => _stage = (int)stage;

    /// <summary>From wherever it is to a later stage; false when it is there already, or beyond.</summary>
    protected bool TryAdvance(CallStage to)
    {
        for (var stage = Stage; stage < to; stage = Stage)
            if (TryAdvance(stage, to))
                return true;
        return false;
    }

    /// <summary>From wherever it is to the last stage, which is reached under the lock alone; false when it is there already.</summary>
    protected bool TryEnd_NeedsLock()
    {
        if (Stage != CallStage.Settling) return TryAdvance(CallStage.Settled);
        Volatile.Write(ref _stage, (int)CallStage.Settled); // Whoever comes without the lock leaves a call that settles alone.
        return true;
    }

    /// <summary>Ends it without callbacks: its client is disposed.</summary>
    public abstract void Close();

    /// <summary>Leaves the client's view, and lets go of what a retry would need.</summary>
    public abstract void Forget();

    /// <summary>Shows that it waits for the connection, or no longer, while it has not had its turn.</summary>
    public abstract void ConnectionChanged_NeedsLock(bool isOffline);

    /// <summary>An attempt that waits for the connection waits no longer.</summary>
    public abstract void GoOn();

    /// <summary>Delivers what was posted under the lock.</summary>
    public abstract void Deliver();
}
