using System.Reactive.Disposables;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>The data alone: that of each state that has data of its own (no placeholder), without repetitions.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="source">The states of a query.</param>
    /// <param name="comparer">Says whether data is equal to the data delivered before; <see langword="null"/> for the default of the type.</param>
    /// <returns>A stream as hot or cold as <paramref name="source"/>, with its error and completion. Errors of the query are states and hence not in it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>Data kept beside an error and optimistic data count. Where the comparer throws, the data counts as changed and is delivered; unlike in Rx's
    /// <c>DistinctUntilChanged</c>, the stream goes on. The comparer runs on the thread that delivers the state.</remarks>
    public static IObservable<T> DistinctData<T>(this IObservable<QueryState<T>> source, IEqualityComparer<T>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DistinctData<T>(source, comparer ?? EqualityComparer<T>.Default);
    }
}

internal sealed class DistinctData<T>(IObservable<QueryState<T>> source, IEqualityComparer<T> comparer) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer, comparer);
        subscription.Run(source);
        return subscription;
    }

    private sealed class Subscription(IObserver<T> observer, IEqualityComparer<T> comparer) : Sink<T>(observer), IObserver<QueryState<T>>
    {
        private SingleAssignmentDisposableValue _upstream;
        private bool _hasLast;
        private T? _last;

        internal void Run(IObservable<QueryState<T>> source) => SubscribeTo(source, this, ref _upstream);

        public void OnNext(QueryState<T> value)
        {
            if (IsStopped || value is not { HasData: true, IsPlaceholder: false } || IsRepeated(value.Data!)) return;
            (_last, _hasLast) = (value.Data, true);
            ForwardNext(value.Data!);
        }

        public void OnError(Exception error) => ForwardError(error);

        public void OnCompleted() => ForwardCompleted();

        private bool IsRepeated(T data)
        {
            try
            {
                return _hasLast && comparer.Equals(_last!, data);
            }
            catch (Exception)
            {
                return false;
            }
        }

        protected override void Release() => _upstream.Dispose();
    }
}
