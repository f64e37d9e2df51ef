namespace ReactiveQuery;

/// <summary>Keeps what an observer throws away from whoever calls it (a dispatcher would go down with it): it is reported, and the next value still arrives.</summary>
internal sealed class Guarded<T>(IObservable<T> source, Action<Exception> onObserverError) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return source.Subscribe(new Guard(observer, onObserverError));
    }

    private sealed class Guard(IObserver<T> observer, Action<Exception> onObserverError) : IObserver<T>
    {
        public void OnNext(T value)
        {
            try
            {
                observer.OnNext(value);
            }
            catch (Exception error)
            {
                onObserverError(error);
            }
        }

        public void OnError(Exception error)
        {
            try
            {
                observer.OnError(error);
            }
            catch (Exception thrown)
            {
                onObserverError(thrown);
            }
        }

        public void OnCompleted()
        {
            try
            {
                observer.OnCompleted();
            }
            catch (Exception error)
            {
                onObserverError(error);
            }
        }
    }
}
