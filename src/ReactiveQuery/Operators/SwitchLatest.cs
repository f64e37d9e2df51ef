using System.Reactive;

namespace ReactiveQuery;

/// <summary>
/// Follows the stream made from the latest source value and leaves the one before it, whose states are dropped from that moment on, also those
/// on their way already.
/// </summary>
/// <remarks>
/// In place of <c>Select(…).Switch()</c>, which holds its gate while it calls downstream, so that two streams that write each other's
/// sources from two threads deadlock. And because here the end of the source leaves the last stream alive, and its error becomes a value.
/// </remarks>
internal sealed class SwitchLatest<TSource, T>(
    IObservable<TSource> source,
    Func<Switch<T>, TSource, IFollower<T>?> select,
    Func<Exception, T> fromError,
    Action<Exception, UnobservedErrorOrigin> report,
    IObservable<Unit>? lifetime = null,
    Func<SwitchView<T>>? view = null) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(select, fromError, report, view?.Invoke(), observer);
        subscription.Run(source, lifetime);
        return subscription;
    }

    private sealed class Subscription(
        Func<Switch<T>, TSource, IFollower<T>?> select,
        Func<Exception, T> fromError,
        Action<Exception, UnobservedErrorOrigin> report,
        SwitchView<T>? view,
        IObserver<T> observer) : Switch<T>(fromError, report, view, observer), IObserver<TSource>
    {
        private Func<Switch<T>, TSource, IFollower<T>?>? _select = select;

        /// <summary>Follows the source until the stream followed last has ended or, should there be none, the lifetime is over.</summary>
        public void Run(IObservable<TSource> source, IObservable<Unit>? lifetime)
        {
            EndWith(lifetime);
            if (IsStopped) return;
            try
            {
                Own(source.Subscribe(this));
            }
            catch (Exception error)
            {
                OnError(error);
            }
        }

        public void OnNext(TSource value)
        {
            IFollower<T>? next;
            try
            {
                next = _select?.Invoke(this, value);
            }
            catch (Exception error)
            {
                OnError(error);
                return;
            }

            if (next is not null)
                Follow(next);
        }

        /// <summary>The source failed: its error is shown, and nothing of the stream followed so far any more.</summary>
        public void OnError(Exception error) => Fail(error);

        public void OnCompleted()
        {
        }

        /// <summary>The function knows the definition, which may capture a view-model.</summary>
        protected override void Forget()
        {
            base.Forget();
            _select = null;
        }
    }
}
