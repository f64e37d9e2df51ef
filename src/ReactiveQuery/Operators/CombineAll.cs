using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>The latest states of any number of queries of one type as one. The first combined state comes when all have one.</summary>
/// <remarks>As <see cref="CombineStates{T1, T2, TResult}"/>: outside every lock.</remarks>
internal sealed class CombineAll<T>(IObservable<QueryState<T>>[] sources) : IObservable<QueryState<IReadOnlyList<T>>>
{
    public IDisposable Subscribe(IObserver<QueryState<IReadOnlyList<T>>> observer)
    {
        var combination = new Combination(sources.Length);
        var subscriptions = new CompositeDisposable(combination.Output.Subscribe(observer));
        try
        {
            for (var place = 0; place < sources.Length; place++)
                subscriptions.Add(sources[place].Subscribe(new Side(combination, place)));
            return subscriptions;
        }
        catch
        {
            subscriptions.Dispose();
            throw;
        }
    }

    private sealed class Combination
    {
        private readonly object _gate = new();
        private readonly QueryState<T>?[] _states;
        private int _missing;

        public Combination(int count)
        {
            _states = new QueryState<T>?[count];
            _missing = count;
            if (count == 0) Output.OnNext(QueryState.Combine<T>([]));
        }

        public LatestSubject<QueryState<IReadOnlyList<T>>> Output { get; } = new();

        public void Take(int place, QueryState<T> state)
        {
            lock (_gate)
            {
                if (_states[place] is null) _missing--;
                _states[place] = state;
                if (_missing == 0) Output.Post(QueryState.Combine<T>(_states!));
            }

            Output.Drain();
        }
    }

    private sealed class Side(Combination combination, int place) : IObserver<QueryState<T>>
    {
        public void OnNext(QueryState<T> value) => combination.Take(place, value);

        public void OnError(Exception error) => OnNext(QueryState.Error<T>(error));

        public void OnCompleted() => combination.Output.End();
    }
}
