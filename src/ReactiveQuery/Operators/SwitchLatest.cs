using System.Reactive;
using System.Reactive.Disposables;

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
    Func<TSource, IObservable<T>?> select,
    Func<Exception, T> fromError,
    Action<Exception, UnobservedErrorOrigin> report,
    IObservable<Unit>? lifetime = null,
    IEqualityComparer<T>? distinctBy = null) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(select, fromError, report, distinctBy, observer);
        subscription.Run(source, lifetime);
        return subscription;
    }

    private sealed class Subscription : Receiver<(int Generation, T Value)>, IObserver<TSource>, IDisposable
    {
        private readonly object _gate = new();
        private readonly Func<TSource, IObservable<T>?> _select;
        private readonly Func<Exception, T> _fromError;
        private readonly Action<Exception, UnobservedErrorOrigin> _report;
        private readonly IEqualityComparer<T>? _distinctBy;
        private readonly SingleAssignmentDisposable _upstream = new();
        private readonly SerialDisposable _inner = new();
        private readonly SingleAssignmentDisposable _lifetime = new();
        private IObserver<T>? _observer;
        private Version<(int, T)> _tail = Version<(int, T)>.NewRoot();
        private int _generation;
        private T? _shown;
        private bool _hasShown;

        public Subscription(
            Func<TSource, IObservable<T>?> select,
            Func<Exception, T> fromError,
            Action<Exception, UnobservedErrorOrigin> report,
            IEqualityComparer<T>? distinctBy,
            IObserver<T> observer)
        {
            _select = select;
            _fromError = fromError;
            _report = report;
            _distinctBy = distinctBy;
            _observer = observer;
            Join(_tail);
            DeliverFirst();
        }

        /// <summary>Follows the source until the stream followed last has ended or, should there be none, the lifetime is over.</summary>
        public void Run(IObservable<TSource> source, IObservable<Unit>? lifetime)
        {
            _lifetime.Disposable = lifetime?.Subscribe(Observer.Create<Unit>(static _ => { }, End));
            if (IsStopped) return;
            try
            {
                _upstream.Disposable = new GuardedDisposable(source.Subscribe(this), error => _report(error, UnobservedErrorOrigin.Cancellation));
            }
            catch (Exception error)
            {
                OnError(error);
            }
        }

        public void OnNext(TSource value)
        {
            IObservable<T>? next;
            try
            {
                next = _select(value);
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
        public void OnError(Exception error)
        {
            var generation = Interlocked.Increment(ref _generation);
            _inner.Disposable = null;
            Post(generation, new Version<(int, T)>((generation, _fromError(error))));
        }

        public void OnCompleted()
        {
        }

        public void Dispose()
        {
            Stop();
            Leave();
        }

        protected override void Deliver((int Generation, T Value) value, Version<(int Generation, T Value)>? before)
        {
            if (value.Generation != Volatile.Read(ref _generation)) return;
            if (IsRepeated(value.Value) || IsStopped || value.Generation != Volatile.Read(ref _generation)) return;
            (_shown, _hasShown) = (value.Value, true);
            try
            {
                _observer?.OnNext(value.Value);
            }
            catch (Exception error)
            {
                _report(error, UnobservedErrorOrigin.Observer);
            }
        }

        protected override void DeliverEnd(Exception? error)
        {
            try
            {
                _observer?.OnCompleted();
            }
            catch (Exception thrown)
            {
                _report(thrown, UnobservedErrorOrigin.Observer);
            }
        }

        protected override void Forget()
        {
            _observer = null;
            _shown = default;
            Leave();
        }

        /// <summary>The comparison may be user code; where it throws, the value counts as a new one.</summary>
        private bool IsRepeated(T value)
        {
            try
            {
                return _distinctBy is not null && _hasShown && _distinctBy.Equals(_shown, value);
            }
            catch (Exception error)
            {
                _report(error, UnobservedErrorOrigin.Comparer);
                return false;
            }
        }

        private void Leave()
        {
            _upstream.Dispose();
            _inner.Dispose();
            _lifetime.Dispose();
        }

        private void Follow(IObservable<T> next)
        {
            var generation = Interlocked.Increment(ref _generation);
            var follower = new Follower(this, generation);
            _inner.Disposable = follower; // Leaves the old stream before the new one begins.
            if (generation != Volatile.Read(ref _generation)) return;
            try
            {
                follower.SubscribeTo(next);
            }
            catch (Exception error)
            {
                Post(generation, new Version<(int, T)>((generation, _fromError(error))));
            }
        }

        private void Post(int generation, Version<(int, T)> version)
        {
            lock (_gate)
            {
                if (generation != _generation || _tail.IsEnd) return;
                _tail.Append(version);
                _tail = version;
            }

            Drain();
        }

        private void End()
        {
            lock (_gate)
            {
                if (_tail.IsEnd) return;
                var end = Version<(int, T)>.NewEnd(default);
                _tail.Append(end);
                _tail = end;
            }

            Drain();
        }

        /// <summary>The observer of one stream, and the subscription to it.</summary>
        private sealed class Follower(Subscription parent, int generation) : IObserver<T>, IDisposable
        {
            private SingleAssignmentDisposableValue _subscription;

            public void SubscribeTo(IObservable<T> stream) => _subscription.Disposable = stream.Subscribe(this);

            public void Dispose() => _subscription.Dispose();

            public void OnNext(T value) => parent.Post(generation, new Version<(int, T)>((generation, value)));

            public void OnError(Exception error) => OnNext(parent._fromError(error));

            public void OnCompleted()
            {
                if (generation == Volatile.Read(ref parent._generation))
                    parent.End();
            }
        }
    }
}
