namespace ReactiveQuery;

/// <summary>One subscription to an entry: an observer, its own options, and its view of the state.</summary>
/// <param name="request">What it asks.</param>
/// <param name="observer">Who is shown the states; null when a derived class shows them to somebody.</param>
internal class Mount<T>(QueryRequest<T> request, IObserver<QueryState<T>>? observer) : Receiver<QueryState<T>>, IRosterMember, IDisposable
{
    private IObserver<QueryState<T>>? _observer = observer;
    private QueryState<T>? _view; // What was shown where it was not the state as it was committed. A field written at each delivery would cost W3 a fifth.
    private readonly MountTriggers? _triggers = request.Options.HasTriggers || request.Options.HasInterval ? new() : null;
    private int _isRefreshDue;

    public int Slot { get; set; }

    /// <summary>The entry, from just before it is mounted there.</summary>
    public QueryEntry<T> Entry { get; set; } = null!;

    /// <summary>What it asks; let go of with the observer, for a definition may capture a view-model.</summary>
    public QueryRequest<T> Request { get; private set; } = request;

    /// <summary>Whether it fetches by itself; guarded by the entry's lock.</summary>
    public bool IsEnabled { get; set; } = request.Options.Enabled && request.Options.EnabledWhen is null;

    /// <summary>What <see cref="QueryOptions.EnabledWhen"/> said last; the entry takes it over under its lock.</summary>
    public bool WantsEnabled { get => _triggers!.WantsEnabled; set => _triggers!.WantsEnabled = value; }

    /// <summary>When its interval fetches next; guarded by the entry's lock.</summary>
    public TimeSpan IntervalDue
    {
        get => _triggers?.IntervalDue ?? TimeSpan.MaxValue;
        set
        {
            if (_triggers is not null)
                _triggers.IntervalDue = value;
        }
    }

    /// <summary>Subscriptions to the observer's own triggers, which end with it.</summary>
    public void Own(IDisposable triggers) => _triggers!.Subscriptions.Put(triggers);

    /// <summary>Time alone changed what is to be shown.</summary>
    public void RequestRefresh()
    {
        Volatile.Write(ref _isRefreshDue, 1);
        Drain();
    }

    public void Dispose()
    {
        Entry.Unmount(this);
        Stop();
        LetGoOfTriggers();
    }

    /// <summary>
    /// The observer, while it can be shown states as they are committed; asked by a thread that nobody else can be delivering beside, and whom an observer that leaves
    /// stops first.
    /// </summary>
    public IObserver<QueryState<T>>? TakesPlainStates => _view is null ? _observer : null;

    /// <summary>Shows a state to an observer that has seen the one before.</summary>
    public void DeliverStep(QueryState<T> state, QueryState<T> before, bool isPlain, ref SelectionMemo memo)
    {
        if (isPlain && _view is null)
            ShowStep(state, before, ref memo);
        else if (!IsStopped)
            Deliver(state, before);
    }

    /// <summary>Tells the observer that nothing follows.</summary>
    public virtual void Complete() => _observer?.OnCompleted();

    protected override void Deliver(QueryState<T> value, Version<QueryState<T>>? before) => Deliver(value, before?.Value);

    private void Deliver(QueryState<T> value, QueryState<T>? before)
    {
        var isStale = Freshness.IsStale(value, Request.Options.StaleTime, Entry.LastLooked);
        var shown = value.Shown;
        if (isStale != shown.IsStale)
            shown = shown with { IsStale = isStale };
        var last = before is null ? null : _view ?? before;
        var isRepeated = last is not null && IsShown(shown, last);
        if (IsStopped) return; // The comparison may be user code, in which or during which the observer left.
        if (!ReferenceEquals(shown, value)) // Also where it is equal: what was shown is the measure for the next, and not the state that it was made of.
            _view = shown;
        else if (_view is not null)
            _view = null;
        if (!isRepeated)
            Show(shown, last);
    }

    protected override void Refresh()
    {
        if (Volatile.Read(ref _isRefreshDue) != 0 && Interlocked.Exchange(ref _isRefreshDue, 0) != 0 && Position is { } position)
            Deliver(position.Value, position);
    }

    protected override void DeliverEnd(Exception? error)
    {
        try
        {
            Complete();
        }
        catch (Exception thrown)
        {
            Entry.ReportObserver(thrown);
        }
    }

    protected override void Forget()
    {
        _observer = null;
        _view = null;
        Request = null!;
        LetGoOfTriggers();
    }

    /// <summary>Also when the client ended first, and the subscription is still held.</summary>
    private void LetGoOfTriggers()
    {
        if (_triggers is null) return;
        try
        {
            _triggers.Subscriptions.Dispose();
        }
        catch (Exception thrown)
        {
            Entry.ReportTrigger(thrown);
        }
    }

    /// <summary><see cref="Show"/> in a round for all who are in step.</summary>
    protected virtual void ShowStep(QueryState<T> state, QueryState<T> last, ref SelectionMemo memo) => Show(state, last);

    /// <summary>Shows a state, which is not equal to the last one shown. Must not throw.</summary>
    /// <param name="state">The state.</param>
    /// <param name="last">The one shown before; null for none.</param>
    protected virtual void Show(QueryState<T> state, QueryState<T>? last)
    {
        try
        {
            _observer?.OnNext(state);
        }
        catch (Exception thrown)
        {
            Entry.ReportObserver(thrown);
        }
    }

    /// <summary>Data that is a value type brings its own equality; where that throws, the state counts as a new one.</summary>
    private bool IsShown(QueryState<T> state, QueryState<T> last)
    {
        if (!typeof(T).IsValueType && !ReferenceEquals(state.Data, last.Data)) return false; // The usual case: new data.
        try
        {
            return state.Equals(last);
        }
        catch (Exception thrown)
        {
            Entry.ReportComparer(thrown);
            return false;
        }
    }
}

/// <summary>What only an observer with triggers or an interval has; most have neither, and there may be many (W4 in <c>benchmarks/WORKLOADS.md</c>).</summary>
internal sealed class MountTriggers
{
    private DisposableSlot _subscriptions;
    private bool _wantsEnabled;

    public ref DisposableSlot Subscriptions => ref _subscriptions;

    public bool WantsEnabled { get => Volatile.Read(ref _wantsEnabled); set => Volatile.Write(ref _wantsEnabled, value); }

    public TimeSpan IntervalDue { get; set; } = TimeSpan.MaxValue;
}
