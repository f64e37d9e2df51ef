using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// Hands the outcome of an attempt in at the client's completion boundary, posting what arrives elsewhere. It stands before the retries, so that failures on the way
/// are committed where results are.
/// </summary>
internal sealed class AtBoundary<T>(IObservable<T> source, IUiBoundary boundary, Action<Exception> onSchedulerError) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        var subscription = new Subscription(observer, boundary, onSchedulerError);
        subscription.Run(source);
        return subscription;
    }

    private sealed class Subscription(IObserver<T> observer, IUiBoundary boundary, Action<Exception> onSchedulerError) : Sink<T>(observer), IObserver<T>
    {
        private SingleAssignmentDisposableValue _upstream;

        internal void Run(IObservable<T> source) => SubscribeTo(source, this, ref _upstream);

        public void OnNext(T value)
        {
            if (boundary.IsCurrent) ForwardNext(value);
            else PostNext(value);
        }

        public void OnError(Exception error)
        {
            if (boundary.IsCurrent) ForwardError(error);
            else PostError(error);
        }

        public void OnCompleted()
        {
            if (boundary.IsCurrent) ForwardCompleted();
            else Post(ForwardCompleted);
        }

        protected override void Release() => _upstream.Dispose();

        // Methods of their own, so that the closures are made only when they are needed.
        private void PostNext(T value) => Post(() => ForwardNext(value));

        private void PostError(Exception error) => Post(() => ForwardError(error));

        /// <summary>A boundary that has shut down takes nothing any more; the outcome is then handed in here, for somebody may be waiting for it.</summary>
        private void Post(Action action)
        {
            try
            {
                boundary.Scheduler.ScheduleLong(action, TimeSpan.Zero, static posted => posted());
            }
            catch (Exception error)
            {
                onSchedulerError(error);
                action();
            }
        }
    }
}
