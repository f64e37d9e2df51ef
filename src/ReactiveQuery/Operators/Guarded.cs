namespace ReactiveQuery;

/// <summary>
/// The rule for observers that throw, at the end of a chain: the exception is reported, nobody upstream sees it, and the observer goes on receiving. Without it an
/// exception on its way up would end the subscription in whichever of Rx's operators it passes.
/// </summary>
internal sealed class Guarded<T>(IObservable<T> source, Action<Exception> report) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return source.Subscribe(new Guard(observer, report));
    }

    private sealed class Guard(IObserver<T> observer, Action<Exception> report) : IObserver<T>
    {
        public void OnNext(T value)
        {
            try
            {
                observer.OnNext(value);
            }
            catch (Exception thrown)
            {
                report(thrown);
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
                report(thrown);
            }
        }

        public void OnCompleted()
        {
            try
            {
                observer.OnCompleted();
            }
            catch (Exception thrown)
            {
                report(thrown);
            }
        }
    }
}
