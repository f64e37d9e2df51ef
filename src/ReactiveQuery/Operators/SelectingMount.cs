namespace ReactiveQuery;

/// <summary>
/// An observer of a part of the data that is its own place in the entry. A selection behind an observer of the whole would be one more object to look at for each state, and would
/// have to write down what it selected from; the entry knows what its observers have seen (W14 in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
internal sealed class SelectingMount<T, TResult>(QueryRequest<T> request, Selection<T, TResult> selection, IObserver<QueryState<TResult>> observer)
    : Mount<T>(request, observer: null)
{
    private Selection<T, TResult> _selection = selection;
    private IObserver<QueryState<TResult>>? _selectingObserver = observer;

    public override void Complete() => _selectingObserver?.OnCompleted();

    protected override void Show(QueryState<T> state, QueryState<T>? last)
    {
        var memo = new SelectionMemo();
        ShowSelected(_selection.Next(state, last, ref memo));
    }

    protected override void ShowStep(QueryState<T> state, QueryState<T> last, ref SelectionMemo memo)
    {
        if (!_selection.IsKeptBy(memo))
            ShowSelected(_selection.Next(state, last, ref memo));
    }

    protected override void Forget()
    {
        base.Forget();
        _selection.LetGo();
        _selectingObserver = null;
    }

    private void ShowSelected(QueryState<TResult>? state)
    {
        if (state is null || IsStopped) return; // The selection ran user code, in which or during which the observer may have left.
        try
        {
            _selectingObserver?.OnNext(state);
        }
        catch (Exception thrown)
        {
            Entry.ReportObserver(thrown);
        }
    }
}
