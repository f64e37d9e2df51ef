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

/// <summary>A call as the ledger, its scope and its handle see it. The members ending in <c>_NeedsLock</c> expect the ledger's lock.</summary>
internal abstract class MutationCall(MutationLedger ledger, string name, QueryKey? scopeKey)
{
    private volatile bool _isObserved;
    private volatile bool _isExecuted;

    public long Id { get; set; }

    public string Name { get; } = name;

    public QueryKey? ScopeKey { get; } = scopeKey;

    /// <summary>Where the call waits for its turn; null before it is enlisted, and for calls that wait for nobody.</summary>
    public MutationScope? Scope { get; set; }

    public LinkedListNode<MutationCall>? Turn { get; set; }

    /// <summary>Its place among the calls that have ended and are still shown.</summary>
    public LinkedListNode<MutationCall>? Ended { get; set; }

    public CallStage Stage_NeedsLock { get; set; }

    /// <summary>Until when the ended call is shown; written under the lock.</summary>
    public TimeSpan KeptUntil { get; set; } = TimeSpan.MaxValue;

    public bool IsSettled
    {
        get
        {
            lock (ledger.Gate)
                return Stage_NeedsLock == CallStage.Settled;
        }
    }

    /// <summary>Whether what becomes of it is decided.</summary>
    public bool IsAnswered
    {
        get
        {
            lock (ledger.Gate)
                return Stage_NeedsLock >= CallStage.Settling;
        }
    }

    public bool IsRefused { get; protected set; }

    /// <summary>Whether somebody hears of its failure: who asked its handle, or the subscriber of <c>Execute</c> while there is one.</summary>
    public bool IsObserved => _isObserved || _isExecuted;

    /// <summary>Whether it was made by a subscription of <c>Execute</c> that still stands.</summary>
    public bool IsExecuted { set => _isExecuted = value; }

    public abstract MutationStatus Status { get; }

    protected MutationLedger Ledger => ledger;

    public void MarkObserved() => _isObserved = true;

    public abstract object Owner { get; }

    public abstract Task ObservedTask();

    public abstract MutationEntry Describe();

    public abstract bool Cancel();

    public abstract MutationHandle Retry();

    /// <summary>Its turn has come; called once, outside the lock.</summary>
    public abstract void Run();

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
