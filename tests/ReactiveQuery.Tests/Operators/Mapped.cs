namespace ReactiveQuery.Tests.Operators;

/// <summary>Rx's <c>Select</c> without its safeguards, so that the contract of what stands above and below it shows through.</summary>
internal sealed class Mapped<TSource, TResult>(IObservable<TSource> source, Func<TSource, TResult> map) : IObservable<TResult>
{
    public IDisposable Subscribe(IObserver<TResult> observer) => source.Subscribe(observer is null ? null! : new Mapping(observer, map));

    private sealed class Mapping(IObserver<TResult> observer, Func<TSource, TResult> map) : IObserver<TSource>
    {
        public void OnNext(TSource value) => observer.OnNext(map(value));

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();
    }
}

internal static class MappedStates
{
    internal static IObservable<QueryState<int>> AsStates(this IObservable<int> source) => new Mapped<int, QueryState<int>>(source, value => QueryState.Success(value));

    internal static IObservable<int> AsData(this IObservable<QueryState<int>> source) => new Mapped<QueryState<int>, int>(source, state => state.Data);
}
