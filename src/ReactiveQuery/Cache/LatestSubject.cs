using System.Runtime.ExceptionServices;

namespace ReactiveQuery;

/// <summary>
/// A value that changes and is observed: the latest is delivered synchronously to whoever subscribes, every later one in order,
/// serialized per observer and outside the lock.
/// </summary>
/// <remarks>
/// In place of Rx's <c>BehaviorSubject</c>, which calls a new observer while it holds its gate, and whose re-entrant
/// <c>OnNext</c> lets a later observer see the second value before the first.
/// </remarks>
/// <param name="onObserverError">
/// What becomes of an exception that an observer throws. Null: the other observers are served first, then it is thrown to the caller of
/// <see cref="OnNext"/>, as a plain subject does.
/// </param>
/// <param name="replaysLatest">Whether a new observer begins with the latest value; false makes it a plain hot subject with the same order and locks.</param>
/// <param name="isAskedUnfenced">
/// Whether those who change something ask <see cref="ObserverCount"/> after it without a fence, to post what they did: a new observer then fences them off, some microseconds, and
/// either is told of a change or finds it when <c>Subscribe</c> has returned.
/// </param>
internal sealed class LatestSubject<T>(Action<Exception>? onObserverError = null, bool replaysLatest = true, bool isAskedUnfenced = false) : IObservable<T>
{
    private readonly object _gate = new();
    private Roster<Subscription> _roster;
    private Version<T> _latest = Version<T>.NewRoot();

    /// <summary>How many observers there are; read without the lock, so that silence is free.</summary>
    public int ObserverCount => _roster.Count;

    /// <summary>The latest value, if there has been one and the end has not come.</summary>
    public bool TryGetLatest(out T value)
    {
        var latest = Volatile.Read(ref _latest);
        value = latest.Value;
        return latest is { IsEnd: false, IsRoot: false };
    }

    public void OnNext(T value)
    {
        Post(value);
        Drain();
    }

    /// <summary>Commits a value without delivering it, for callers that hold a lock of their own; they call <see cref="Drain"/> later.</summary>
    public void Post(T value)
    {
        lock (_gate)
            Append_NeedsLock(new Version<T>(value));
    }

    /// <summary>Ends the stream: with an error, or by completion when it is null.</summary>
    public void End(Exception? error = null)
    {
        lock (_gate)
            Append_NeedsLock(Version<T>.NewEnd(default!, error));
        Drain();
        lock (_gate)
            _roster.Clear();
    }

    public void Drain()
    {
        RosterSnapshot<Subscription> receivers;
        lock (_gate)
            receivers = _roster.Snapshot;
        Exception? thrown = null;
        foreach (var receiver in receivers)
        {
            receiver?.Drain();
            thrown ??= receiver?.TakeThrown();
        }

        Rethrow(thrown);
    }

    public IDisposable Subscribe(IObserver<T> observer) => Subscribe(observer, null);

    /// <param name="observer">Receives the values.</param>
    /// <param name="afterRound">Called once on subscription and after each round of values, serialized with them.</param>
    public IDisposable Subscribe(IObserver<T> observer, Action? afterRound)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observer, afterRound);
        lock (_gate)
        {
            _roster.Add(subscription);
            subscription.Join(_latest, startsAfter: !replaysLatest && !_latest.IsEnd);
        }

        if (isAskedUnfenced) Interlocked.MemoryBarrierProcessWide();

        subscription.DeliverFirst();
        Rethrow(subscription.TakeThrown());
        return subscription;
    }

    private static void Rethrow(Exception? thrown)
    {
        if (thrown is not null)
            ExceptionDispatchInfo.Throw(thrown);
    }

    private void Append_NeedsLock(Version<T> version)
    {
        if (_latest.IsEnd) return;
        _latest.Append(version);
        Volatile.Write(ref _latest, version);
    }

    private sealed class Subscription(LatestSubject<T> subject, IObserver<T> observer, Action? afterRound) : Receiver<T>, IRosterMember, IDisposable
    {
        private IObserver<T>? _observer = observer;
        private Exception? _thrown;

        public int Slot { get; set; }

        public Exception? TakeThrown() => _thrown is null ? null : Interlocked.Exchange(ref _thrown, null);

        public void Dispose()
        {
            lock (subject._gate)
                subject._roster.Remove(this);
            Stop();
        }

        protected override void Deliver(T value, Version<T>? before)
        {
            try
            {
                _observer?.OnNext(value);
            }
            catch (Exception error)
            {
                Threw(error);
            }
        }

        protected override void DeliverEnd(Exception? error)
        {
            try
            {
                if (error is null)
                    _observer?.OnCompleted();
                else
                    _observer?.OnError(error);
            }
            catch (Exception thrown)
            {
                Threw(thrown);
            }
        }

        protected override void Refresh()
        {
            try
            {
                afterRound?.Invoke();
            }
            catch (Exception thrown)
            {
                Threw(thrown);
            }
        }

        protected override void Forget() => _observer = null;

        private void Threw(Exception error)
        {
            if (subject.OnObserverError is { } report)
                report(error);
            else
                _thrown ??= error;
        }
    }

    private Action<Exception>? OnObserverError { get; } = onObserverError;
}
