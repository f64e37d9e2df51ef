namespace ReactiveQuery;

/// <content>Optimistic patches: functions that lie over the data until the server has spoken.</content>
internal sealed partial class QueryEntry<T> : IFoldRules<T>, IPatchedEntry<T>
{
    private OptimisticLayers<T> _layers = OptimisticLayers<T>.None;
    private EffectiveOptions<T>? _patchOptions;
    private int _fetchesBegun;

    /// <summary>A patch that awaits its confirmation keeps the entry.</summary>
    private bool IsPinned_NeedsLock => _layers.IsOptimistic;

    /// <summary>Lays a patch on top, which gets its number and instant here; null when the entry has left the cache.</summary>
    public OptimisticHandle<T>? TryPatch(EffectiveOptions<T>? options, OptimisticHandle<T> patch)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            if (IsDead) return null;
            if (!HasPassengers_NeedsLock)
                Used(_cache.Uses.NextStamp());
            if (options is not null)
                Remember_NeedsLock(options);
            _patchOptions = options ?? _patchOptions;
            _layers = _layers.Push(patch.Laid(this, Client.NextPatchId(), Look_NeedsLock()));
            Apply_NeedsLock(_state, QueryUpdateCause.Patched);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
        return patch;
    }

    /// <summary>Asked without the lock: what is pending no longer will not be again.</summary>
    public bool IsPending(long id) => OptimisticLayers<T>.Read(ref _layers).IsPending(id);

    public void Commit(long id)
    {
        if (IsPending(id))
            Change(QueryUpdateCause.PatchCommitted, id);
    }

    public void Commit(long id, T data) => TryWrite(_patchOptions, data, new Write(IsResponse: true, Patch: id));

    public void Rollback(long id)
    {
        if (IsPending(id))
            Change(QueryUpdateCause.PatchRolledBack, id);
    }

    public override void RollbackAll() => Change(QueryUpdateCause.PatchRolledBack, null);

    public override IReadOnlyList<OptimisticPatch> Patches()
    {
        OptimisticLayers<T> layers;
        using (Lock())
            layers = _layers;
        List<OptimisticPatch> patches = [];
        for (var i = 0; i < layers.Count; i++)
            patches.Add(layers[i].Describe());
        return patches;
    }

    T IFoldRules<T>.Share(T old, T value) => Share(_patchOptions, old, value);

    void IFoldRules<T>.ReportPatch(Exception error) => Client.Errors.Report(error, UnobservedErrorOrigin.Patch, Key);

    /// <summary>The state with its patches; without them to a patch that reads its own query, which could not come to an end otherwise.</summary>
    private static QueryState<T> ShownToReader(QueryState<T> state) => state.Fold is { IsUnderWayHere: true } ? state with { Fold = null } : state.Shown;

    /// <summary>Changes the patches, which are no part of the state that is reduced: what lies over its data is put on anew.</summary>
    /// <param name="cause">What is done to them.</param>
    /// <param name="id">Which patch; null: all that are pending.</param>
    private void Change(QueryUpdateCause cause, long? id)
    {
        var after = new Aftermath<T>();
        using (Lock())
        {
            var changed = IsDead ? _layers : Changed_NeedsLock(cause, id);
            if (changed == _layers) return;
            _layers = changed;
            LookElapsed_NeedsLock();
            Apply_NeedsLock(_state, cause);
            StayAnew_NeedsLock(ref after);
            Conclude_NeedsLock(ref after);
        }

        CarryOut(after);
    }

    private OptimisticLayers<T> Changed_NeedsLock(QueryUpdateCause cause, long? id)
    {
        if (id is not { } one) return _layers.WithoutPending();
        return cause == QueryUpdateCause.PatchCommitted ? _layers.Settle(one, _fetchesBegun) : _layers.WithoutPending(one);
    }

    /// <summary>The state with what the patches make of its data. Only made here; computed by whoever looks at it first, outside the lock.</summary>
    private QueryState<T> WithFold_NeedsLock(QueryState<T> state) =>
        _layers.IsEmpty && _patchOptions is null && state.IsBare ? state : Refolded_NeedsLock(state);

    private QueryState<T> Refolded_NeedsLock(QueryState<T> state)
    {
        if (_layers.IsEmpty)
        {
            _patchOptions = null;
            return WithoutFold(state);
        }

        if (state.HasData && !IsFolded_NeedsLock(state)) return new OptimisticFold<T>(_layers, state, _state.Fold, this).First;
        var fold = state.HasData ? _state.Fold : null;
        return fold == state.Fold && state.IsOptimistic == _layers.IsOptimistic ? state : state with { Fold = fold, IsOptimistic = _layers.IsOptimistic };
    }

    /// <summary>The state without patches; mostly the very one that was there before them (W9 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    private static QueryState<T> WithoutFold(QueryState<T> state)
    {
        if (state.IsBare) return state;
        return state.Fold is { Bare: { } bare, First: var first } && ReferenceEquals(state, first) ? bare : state with { Fold = null, IsOptimistic = false };
    }

    /// <summary>Whether the present fold is that of this state's data and the present patches.</summary>
    private bool IsFolded_NeedsLock(QueryState<T> state) =>
        !typeof(T).IsValueType && _state is { HasData: true, Fold: { } fold } && fold.Layers == _layers && ReferenceEquals(state.Data, _state.Data);

    /// <summary>Whether a write is still wanted; the patch that it confirms goes, and what is known by now to be part of it.</summary>
    private bool TakesPlace_NeedsLock(in Write write)
    {
        if (write.Patch is { } id)
        {
            if (!_layers.IsPending(id)) return false;
            _layers = _layers.Without(id);
        }
        else if (write.Own is not null)
        {
            for (var patch = write.Own; patch is not null; patch = patch.Next)
                _layers = _layers.WithoutPending(patch.Id);
        }
        else if (!write.IsResponse && !_layers.IsEmpty)
        {
            _layers = _layers.Confirm(int.MaxValue); // Whoever writes the whole value knows what was confirmed.
        }

        return true;
    }

    /// <summary>What the server answered to a write is newer than anything a running fetch can bring: that fetch gives way to one from after it.</summary>
    private void FenceOff_NeedsLock(ref Aftermath<T> after)
    {
        _epoch++;
        if (_flight is not { Request.IsLive: false } older) return;
        FollowUp_NeedsLock(ref after);
        if (_flight != older || older.IsOfPage) return; // A page is another part of the data than the answer; it lands, and is walked again.
        var wanted = _wanted;
        CancelFlight_NeedsLock(ref after);
        _wanted = wanted; // A page that waited for the fetch, with a caller behind it, comes all the same.
        TakeUpWanted_NeedsLock(ref after);
        Settled_NeedsLock(ref after);
    }

    /// <summary>How data is written by hand.</summary>
    /// <param name="IsResponse">Whether it is the server's answer to a write.</param>
    /// <param name="Patch">The patch that it confirms; if that is gone, nothing is written.</param>
    /// <param name="Own">The first of the patches that go with it, as far as they are still there; it is written in any case.</param>
    /// <param name="IsDerived">Whether the data was made from the base.</param>
    private readonly record struct Write(bool IsResponse = false, long? Patch = null, OptimisticHandle? Own = null, bool IsDerived = false);
}

/// <summary>What a handle does to its patch.</summary>
internal interface IPatchedEntry<in T>
{
    QueryKey Key { get; }

    bool IsPending(long id);

    void Commit(long id);

    void Commit(long id, T data);

    void Rollback(long id);
}
