using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>A condition that holds until somebody lifts it: it ends, and so no longer holds, when <paramref name="lifted"/> says true.</summary>
/// <remarks>For <see cref="QueryObservable.PauseWhile{T}(IObservable{T}, IObservable{bool})"/>, which can stand an end that comes beside a value.</remarks>
internal sealed class Liftable(IObservable<bool> condition, IObservable<bool> lifted) : IObservable<bool>
{
    public IDisposable Subscribe(IObserver<bool> observer)
    {
        var subscription = new Subscription(observer);
        subscription.Run(condition, lifted);
        return subscription;
    }

    private sealed class Subscription(IObserver<bool> observer) : IDisposable
    {
        private readonly CompositeDisposable _sources = [];
        private volatile bool _isLifted;

        public void Run(IObservable<bool> condition, IObservable<bool> lifted)
        {
            _sources.Add(lifted.Subscribe(System.Reactive.Observer.Create<bool>(Lift)));
            if (!_isLifted)
                _sources.Add(condition.Subscribe(System.Reactive.Observer.Create<bool>(Forward, observer.OnError, observer.OnCompleted)));
        }

        public void Dispose() => _sources.Dispose();

        private void Lift(bool isLifted)
        {
            if (!isLifted || _isLifted) return;
            _isLifted = true;
            observer.OnCompleted();
        }

        private void Forward(bool holds)
        {
            if (_isLifted) return;
            observer.OnNext(holds);
            if (_isLifted)
                observer.OnCompleted(); // Lifted just then, on another thread, perhaps before the value.
        }
    }
}
