using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>The latest states of two queries as one. The first combined state comes when both have one, so that nothing mixed is ever seen.</summary>
/// <remarks>In place of <c>CombineLatest</c>, which holds its gate while it calls downstream.</remarks>
internal sealed class CombineStates<T1, T2, TResult>(
    IObservable<QueryState<T1>> first,
    IObservable<QueryState<T2>> second,
    Func<QueryState<T1>, QueryState<T2>, QueryState<TResult>> combine,
    Action<Exception>? onObserverError) : IObservable<QueryState<TResult>>
{
    public IDisposable Subscribe(IObserver<QueryState<TResult>> observer)
    {
        var combination = new Combination(combine, onObserverError);
        var subscriptions = new CompositeDisposable(combination.Output.Subscribe(observer));
        try
        {
            subscriptions.Add(first.Subscribe(new Side<T1>(combination, static (c, state) => c.First = state)));
            subscriptions.Add(second.Subscribe(new Side<T2>(combination, static (c, state) => c.Second = state)));
            return subscriptions;
        }
        catch
        {
            subscriptions.Dispose();
            throw;
        }
    }

    private sealed class Combination(Func<QueryState<T1>, QueryState<T2>, QueryState<TResult>> combine, Action<Exception>? onObserverError)
    {
        private readonly object _gate = new();

        public LatestSubject<QueryState<TResult>> Output { get; } = new(onObserverError);

        public QueryState<T1>? First { get; set; }

        public QueryState<T2>? Second { get; set; }

        public void Update(Action<Combination> change)
        {
            lock (_gate)
            {
                change(this);
                if (First is not null && Second is not null)
                    Output.Post(combine(First, Second));
            }

            Output.Drain();
        }
    }

    private sealed class Side<T>(Combination combination, Action<Combination, QueryState<T>> take) : IObserver<QueryState<T>>
    {
        public void OnNext(QueryState<T> value) => combination.Update(c => take(c, value));

        public void OnError(Exception error) => OnNext(QueryState.Error<T>(error));

        public void OnCompleted() => combination.Output.End();
    }
}
