namespace ReactiveQuery.Tests.Model;

/// <content>Patches and writes, and the connection, for which writes wait first and queries after them.</content>
internal sealed partial class ReferenceModel
{
    private readonly Dictionary<int, (TestKey Key, long Id)> _handles = [];
    private readonly SortedDictionary<int, ModelWrite> _writes = [];
    private readonly List<ModelWrite> _scope = [];
    private readonly List<ModelWrite> _ended = [];
    private readonly List<ModelWrite> _resuming = [];
    private bool _areQueriesHeld;
    private bool _isResuming;
    private long _lastPatch;
    private int? _latest;

    public IReadOnlyDictionary<int, ModelWrite> Writes => _writes;

    /// <summary>The writes that were sent, and those that came to an end, each in order.</summary>
    public List<string> WriteLog { get; } = [];

    /// <summary>A write as its maker sees it; without an id, the latest.</summary>
    public string ShowWrite(int? id = null)
    {
        if ((id ?? _latest) is not { } which || _writes[which] is not { Status: not MutationStatus.Idle } write) return "Idle";
        return $"{which} {write.Status}" + write.Status switch
        {
            MutationStatus.Success => $"r{which}",
            MutationStatus.Error => $" {Answers.WriteError(which)}",
            _ => "",
        };
    }

    public int MutatingCount => _writes.Values.Count(w => !w.IsOver);

    /// <summary>What the view of all writes shows: those under way, and the last that ended other than by being cancelled.</summary>
    public string Listed => string.Join(" ", _writes.Values.Where(w => !w.IsOver || _ended.Contains(w)).Select(w => $"{w.Id}:{w.Status}"));

    public void Mutate(int id, TestKey key) => _handles.Add(id, (key, Lay(key, $"+{id}")));

    public void Commit(int id) => Settle(_handles.GetValueOrDefault(id));

    public void Commit(int id, string data)
    {
        if (Pending(_handles.GetValueOrDefault(id)) is (var entry, { } patch)) Respond(entry!, data, patch);
    }

    public void Rollback(int id) => TakeBack(_handles.GetValueOrDefault(id));

    public void RollbackAll(TestKey key)
    {
        if (_entries.GetValueOrDefault(key) is { IsOptimistic: true } entry) Change(entry, () => entry.Patches.RemoveAll(p => !p.IsSettled));
    }

    /// <summary>What an answer that includes a write says: the base as it is, and the mark of the write.</summary>
    public string Included(TestKey key, int id) => BaseData(key) is { } data ? PageText.Marked(key, data, $"+{id}") : Answers.Written(key, id);

    public void Make(Write made)
    {
        var write = _writes[made.Id] = new ModelWrite(made, made.Key, Lay(made.Key, made.Mark))
        {
            Status = _isOffline && IsHeldByConnection ? MutationStatus.Paused : MutationStatus.Pending,
        };
        _latest = made.Id;
        if (made.IsSerial) _scope.Add(write);
        if (!made.IsSerial || _scope[0] == write) Run(write);
    }

    /// <summary>The server answers a write; one that was cancelled meanwhile takes no notice.</summary>
    public void AnswerWrite(int id, bool succeeds)
    {
        _writes[id].IsAnswered = true;
        End(_writes[id], succeeds ? MutationStatus.Success : MutationStatus.Error);
    }

    public void CancelWrite(int id)
    {
        if (_writes.TryGetValue(id, out var write)) End(write, MutationStatus.Idle);
    }

    /// <summary>A paused write goes on without the connection: now, or when it is its turn.</summary>
    public void InsistOnWrite(int id)
    {
        if (!_writes.TryGetValue(id, out var write) || write.Status != MutationStatus.Paused) return;
        write.Insists = true;
        if (write.IsRunning) Send(write);
    }

    public void Online(bool isOnline)
    {
        var regained = isOnline && _isOffline;
        _isOffline = !isOnline;
        if (regained) Resume();
        else if (!isOnline) Pause();
    }

    private void Pause()
    {
        _areQueriesHeld = false;
        if (!IsHeldByConnection) return;
        foreach (var write in _scope.Where(w => !w.IsRunning)) write.Status = MutationStatus.Paused;
    }

    /// <summary>Writes go first, in the order in which they were made; queries when all of those have had their answers, or when somebody asks.</summary>
    private void Resume()
    {
        var isAwaited = _entries.Values.Any(e => e is { Fetch.Phase: Phase.Paused, Waiters.Count: > 0 });
        _areQueriesHeld = true;
        _resuming.Clear();
        _resuming.AddRange(_writes.Values.Where(w => w.Status == MutationStatus.Paused));
        _resuming.ForEach(w => w.Status = MutationStatus.Pending);
        _isResuming = true;
        foreach (var write in _resuming.ToList())
            if (write is { IsRunning: true, IsSent: false, IsOver: false }) Send(write);
        _isResuming = false;
        if (_resuming.Count == 0 || isAwaited) LetQueriesGo();
    }

    /// <summary>A fetch that waited for the connection and the trigger that the connection is make one fetch.</summary>
    private void LetQueriesGo()
    {
        if (!_areQueriesHeld) return;
        _areQueriesHeld = false;
        foreach (var entry in Selected(_ => true))
        {
            if (entry.Fetch is { Phase: Phase.Paused }) Call(entry, entry.Fetch);
            else if (entry.Fetch is null && entry.Observers.Exists(o => o.IsEnabled && Reconnects(o))) Trigger(entry);
            Tidy(entry);
        }
    }

    private bool IsHeldByConnection => setup.NetworkMode == NetworkMode.Online;

    private void Run(ModelWrite write)
    {
        write.IsRunning = true;
        if (_isResuming && !write.Insists) return; // It has its place in the order, unless it is not to wait for the connection.
        if (_isOffline && IsHeldByConnection && !write.Insists) write.Status = MutationStatus.Paused;
        else Send(write);
    }

    private void Send(ModelWrite write)
    {
        (write.IsSent, write.Status) = (true, MutationStatus.Pending);
        WriteLog.Add($"{write.Id} sent");
        if (write.Made.Behaviour != Behaviour.Waits) AnswerWrite(write.Id, write.Made.Behaviour == Behaviour.Succeeds);
    }

    private void End(ModelWrite write, MutationStatus status)
    {
        if (write.IsOver) return;
        write.IsOver = true;
        AffectCache(write, status);
        if (_resuming.Remove(write) && _resuming.Count == 0) LetQueriesGo();
        write.Status = status;
        WriteLog.Add($"{write.Id} {status}");
        if (status != MutationStatus.Idle) _ended.Add(write);
        if (_ended.Count > setup.Capacity) _ended.RemoveAt(0);
        if (_scope.Remove(write) && _scope is [{ IsRunning: false } next, ..]) Run(next);
    }

    private void AffectCache(ModelWrite write, MutationStatus status)
    {
        if (status == MutationStatus.Success)
        {
            if (write.Made.Effects.HasFlag(WriteEffects.Sets))
                Respond(Touch(write.Made.Key), Included(write.Made.Key, write.Id), Pending(write.Patch).Patch);

            Settle(write.Patch);
        }
        else
        {
            TakeBack(write.Patch);
        }

        if (write.IsSent && write.Made.Effects.HasFlag(WriteEffects.Invalidates)) Invalidate(write.Made.Key.Equals, null);
    }

    private long Lay(TestKey key, string mark)
    {
        var entry = Touch(key);
        entry.Patches.Add(new(++_lastPatch, mark, Now));
        Tidy(entry);
        return _lastPatch;
    }

    private void Settle((TestKey, long) handle)
    {
        if (Pending(handle) is ({ } entry, { } patch)) Change(entry, () => patch.SettledAfter = entry.FetchesBegun);
    }

    private void TakeBack((TestKey, long) handle)
    {
        if (Pending(handle) is ({ } entry, { } patch)) Change(entry, () => entry.Patches.Remove(patch));
    }

    private void Change(ModelEntry entry, Action change)
    {
        change();
        entry.UnheldSince = null;
        Tidy(entry);
    }

    /// <summary>The answer to a write: a fence, which the data of a fetch from before does not pass.</summary>
    private void Respond(ModelEntry entry, string data, ModelPatch? confirmed)
    {
        entry.LastUse = ++_uses;
        if (confirmed is not null) entry.Patches.Remove(confirmed);
        entry.Epoch++;
        entry.Set(data, Now);
        entry.UnheldSince = null;
        if (entry is { Key.IsLive: false, Fetch: { } older })
        {
            if (IsOwed(entry)) Start(entry);
            else if (!older.IsOfPage) EndSilently(entry);
            TakeUpWanted(entry); // A page that waited for the fetch, with a caller behind it, comes all the same.
        }

        Tidy(entry);
    }

    private (ModelEntry? Entry, ModelPatch? Patch) Pending((TestKey? Key, long Id) handle)
    {
        var entry = handle.Key is null ? null : _entries.GetValueOrDefault(handle.Key);
        return (entry, entry?.Patches.Find(p => p.Id == handle.Id && !p.IsSettled));
    }
}
