using System.Reactive.Disposables;

namespace ReactiveQuery.Tests.Operators;

/// <summary>A source written by hand, without the safeguards of <c>Observable.Create</c>: what it is told to do it does, and it counts its subscriptions.</summary>
internal sealed class Source<T>(Action<IObserver<T>, int>? onSubscribe = null) : IObservable<T>
{
    private int _active;
    private int _subscriptions;

    public IObserver<T> Observer { get; private set; } = null!;

    public int Subscriptions => Volatile.Read(ref _subscriptions);

    public int Active => Volatile.Read(ref _active);

    public IDisposable Subscribe(IObserver<T> observer)
    {
        Observer = observer;
        int number = Interlocked.Increment(ref _subscriptions);
        Interlocked.Increment(ref _active);
        onSubscribe?.Invoke(observer, number);
        return Disposable.Create(() => Interlocked.Decrement(ref _active));
    }
}
