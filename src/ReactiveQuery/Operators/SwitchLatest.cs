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

    private sealed class Subscription : Receiver<Waiting>, IObserver<TSource>, IDisposable
    {
        private readonly object _gate = new();
        private readonly Func<TSource, IObservable<T>?> _select;
        private readonly Func<Exception, T> _fromError;
        private readonly Action<Exception, UnobservedErrorOrigin> _report;
        private readonly IEqualityComparer<T>? _distinctBy;
        private readonly SingleAssignmentDisposable _upstream = new();
        private readonly SingleAssignmentDisposable _lifetime = new();
        private IObserver<T>? _observer;
        private Version<Waiting> _tail = Version<Waiting>.NewRoot();
        private Follower? _current;
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
        public void OnError(Exception error) => Begin().OnError(error);

        public void OnCompleted()
        {
        }

        public void Dispose()
        {
            Stop();
            Leave();
        }

        public bool IsCurrent(Follower follower) => ReferenceEquals(follower, Volatile.Read(ref _current));

        /// <summary>
        /// Shows a value. When nobody is delivering, all before it has been: it then needs no place in the chain, which is an allocation and a lock
        /// (W11b in <c>benchmarks/WORKLOADS.md</c>).
        /// </summary>
        public void Post(Follower from, T value)
        {
            if (!IsCurrent(from)) return;
            if (TryClaim())
            {
                Show(from, value);
                DeliverClaimed();
                return;
            }

            lock (_gate)
            {
                if (!IsCurrent(from) || _tail.IsEnd) return;
                Append_NeedsLock(new Version<Waiting>(new Waiting(from, value)));
            }

            Drain();
        }

        public void End()
        {
            lock (_gate)
            {
                if (_tail.IsEnd) return;
                Append_NeedsLock(Version<Waiting>.NewEnd(Waiting.Nothing));
            }

            Drain();
        }

        public T FromError(Exception error) => _fromError(error);

        protected override void Deliver(Waiting value, Version<Waiting>? before)
        {
            var (from, shown) = value.Take();
            Show(from, shown);
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

        private void Show(Follower from, T value)
        {
            if (!IsCurrent(from)) return;
            if (IsRepeated(value) || IsStopped || !IsCurrent(from)) return;
            (_shown, _hasShown) = (value, true);
            try
            {
                _observer?.OnNext(value);
            }
            catch (Exception error)
            {
                _report(error, UnobservedErrorOrigin.Observer);
            }
        }

        /// <summary>The comparison may be user code; where it throws, the value counts as a new one.</summary>
        private bool IsRepeated(T value)
        {
            if (_distinctBy is null || !_hasShown) return false;
            try
            {
                return _distinctBy.Equals(_shown, value);
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
            LeaveCurrent(null);
            _lifetime.Dispose();
        }

        private void Follow(IObservable<T> next)
        {
            var follower = Begin(); // Leaves the old stream before the new one begins.
            if (!IsCurrent(follower)) return;
            try
            {
                follower.SubscribeTo(next);
            }
            catch (Exception error)
            {
                follower.OnError(error);
            }
        }

        /// <summary>Makes place for another stream. From then on nothing of the one before it is shown.</summary>
        private Follower Begin()
        {
            var follower = new Follower(this);
            LeaveCurrent(follower);
            if (IsStopped) LeaveCurrent(null); // Whoever disposed may have looked before this one was there.
            return follower;
        }

        private void LeaveCurrent(Follower? next) => Interlocked.Exchange(ref _current, next)?.Leave();

        private void Append_NeedsLock(Version<Waiting> version)
        {
            _tail.Append(version);
            _tail = version;
        }
    }

    /// <summary>A value that came while another was being delivered. The chain keeps the last one until the next; so it is emptied when it is shown.</summary>
    private sealed class Waiting(Follower? from, T value)
    {
        public static readonly Waiting Nothing = new(null, default!);

        private T? _value = value;

        public (Follower From, T Value) Take()
        {
            var value = _value!;
            _value = default;
            return (from!, value);
        }
    }

    /// <summary>The observer of one stream, and the subscription to it.</summary>
    private sealed class Follower(Subscription parent) : IObserver<T>
    {
        private IDisposable? _subscription;

        public void SubscribeTo(IObservable<T> stream)
        {
            var subscription = stream.Subscribe(this);
            if (Interlocked.CompareExchange(ref _subscription, subscription, null) is not null) subscription.Dispose(); // Left in the meantime.
        }

        /// <summary>Ends the subscription, now or as soon as there is one. Called once, by whoever took its place.</summary>
        public void Leave() => (Volatile.Read(ref _subscription) ?? Interlocked.CompareExchange(ref _subscription, Disposable.Empty, null))?.Dispose();

        public void OnNext(T value) => parent.Post(this, value);

        public void OnError(Exception error) => OnNext(parent.FromError(error));

        public void OnCompleted()
        {
            if (parent.IsCurrent(this)) parent.End();
        }
    }
}
