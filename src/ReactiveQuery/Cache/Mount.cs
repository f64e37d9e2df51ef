namespace ReactiveQuery;

/// <summary>One subscription to an entry: an observer, its own options, and its view of the state.</summary>
internal sealed class Mount<T>(QueryEntry<T> entry, QueryRequest<T> request, IObserver<QueryState<T>> observer)
    : Receiver<QueryState<T>>, IRosterMember, IDisposable
{
    private IObserver<QueryState<T>>? _observer = observer;
    private QueryState<T>? _shown;
    private DisposableSlot _triggers;
    private int _isRefreshDue;
    private bool _wantsEnabled;

    public int Slot { get; set; }

    /// <summary>What it asks; let go of with the observer, for a definition may capture a view-model.</summary>
    public QueryRequest<T> Request { get; private set; } = request;

    /// <summary>Whether it fetches by itself; guarded by the entry's lock.</summary>
    public bool IsEnabled { get; set; } = request.Options.Enabled && request.Options.EnabledWhen is null;

    /// <summary>What <see cref="QueryOptions.EnabledWhen"/> said last; the entry takes it over under its lock.</summary>
    public bool WantsEnabled { get => Volatile.Read(ref _wantsEnabled); set => Volatile.Write(ref _wantsEnabled, value); }

    /// <summary>When its interval fetches next; guarded by the entry's lock.</summary>
    public TimeSpan IntervalDue { get; set; } = TimeSpan.MaxValue;

    /// <summary>Subscriptions to the observer's own triggers, which end with it.</summary>
    public void Own(IDisposable triggers) => _triggers.Put(triggers);

    /// <summary>Time alone changed what is to be shown.</summary>
    public void RequestRefresh()
    {
        Volatile.Write(ref _isRefreshDue, 1);
        Drain();
    }

    public void Dispose()
    {
        entry.Unmount(this);
        Stop();
        LetGoOfTriggers();
    }

    protected override void Deliver(QueryState<T> value)
    {
        var isStale = Freshness.IsStale(value, Request.Options.StaleTime, entry.LastLooked);
        var shown = value.Shown;
        Show(isStale == shown.IsStale ? shown : shown with { IsStale = isStale });
    }

    protected override void Refresh()
    {
        if (Volatile.Read(ref _isRefreshDue) != 0 && Interlocked.Exchange(ref _isRefreshDue, 0) != 0 && Position is { IsRoot: false } position)
            Deliver(position.Value);
    }

    protected override void DeliverEnd(Exception? error)
    {
        try
        {
            _observer?.OnCompleted();
        }
        catch (Exception thrown)
        {
            entry.ReportObserver(thrown);
        }
    }

    protected override void Forget()
    {
        _observer = null;
        _shown = null;
        Request = null!;
        LetGoOfTriggers();
    }

    /// <summary>Also when the client ended first, and the subscription is still held.</summary>
    private void LetGoOfTriggers()
    {
        try
        {
            _triggers.Dispose();
        }
        catch (Exception thrown)
        {
            entry.ReportTrigger(thrown);
        }
    }

    private void Show(QueryState<T> state)
    {
        if (IsShown(state) || IsStopped) return; // The comparison may be user code, in which or during which the observer left.
        _shown = state;
        try
        {
            _observer?.OnNext(state);
        }
        catch (Exception thrown)
        {
            entry.ReportObserver(thrown);
        }
    }

    /// <summary>Data that is a value type brings its own equality; where that throws, the state counts as a new one.</summary>
    private bool IsShown(QueryState<T> state)
    {
        try
        {
            return state.Equals(_shown);
        }
        catch (Exception thrown)
        {
            entry.ReportComparer(thrown);
            return false;
        }
    }
}
