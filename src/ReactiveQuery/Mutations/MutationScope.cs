namespace ReactiveQuery;

/// <summary>The calls that run one at a time, in the order in which they were made. The head has its turn; it leaves when it has settled.</summary>
internal sealed class MutationScope(MutationLedger ledger)
{
    private readonly LinkedList<MutationCall> _queue = new();
    private int _advances;

    public bool IsEmpty_NeedsLock => _queue.Count == 0;

    public CallStage? HeadStage_NeedsLock => _queue.First?.Value.Stage;

    public void Add_NeedsLock(MutationCall call)
    {
        call.Turn!.Scope = this;
        call.Turn.Place = _queue.AddLast(call);
    }

    public void Remove_NeedsLock(MutationCall call)
    {
        if (call.Turn is not { Place: { } place } turn) return;
        turn.Place = null;
        _queue.Remove(place);
    }

    /// <summary>
    /// Runs the head if it is ready. A head that ends within its own start comes back here from inside; the loop then runs the next, so that the stack does not grow.
    /// </summary>
    public void Advance()
    {
        if (Interlocked.Increment(ref _advances) != 1) return;
        do
        {
            TakeReady()?.Run();
        }
        while (Interlocked.Decrement(ref _advances) != 0);
    }

    private MutationCall? TakeReady()
    {
        lock (ledger.Gate)
        {
            return !ledger.IsClosed_NeedsLock && _queue.First?.Value is { } head && head.TryAdvance(CallStage.Waiting, CallStage.Running) ? head : null;
        }
    }
}

/// <summary>What a call has that is to wait for its turn; most have none.</summary>
internal sealed class MutationTurn(QueryKey key)
{
    /// <summary>Of the scope.</summary>
    public QueryKey Key => key;

    /// <summary>Where the call waits; null before it is enlisted.</summary>
    public MutationScope? Scope { get; set; }

    /// <summary>Its place there, until it has ended.</summary>
    public LinkedListNode<MutationCall>? Place { get; set; }
}
