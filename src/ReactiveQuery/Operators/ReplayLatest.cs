using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Runtime.ExceptionServices;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Shares one subscription to <paramref name="source"/> among all subscribers, gives each new one the latest value at once, and keeps both for a while
    /// after the last subscriber has left.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The stream to share; subscribed to when a first subscriber comes.</param>
    /// <param name="keepTime">How long source and value are kept without subscribers: zero (let go at once) or more; <see cref="Timeout.InfiniteTimeSpan"/> or
    /// <see cref="TimeSpan.MaxValue"/> for ever.</param>
    /// <param name="scheduler">Measures <paramref name="keepTime"/>. Holds work only while there is no subscriber. One that refuses work (that has shut down) makes the time zero.</param>
    /// <returns>A hot stream while it is kept, started by its first subscriber. The latest value, if there is one, arrives before <c>Subscribe</c> returns, on the thread that subscribes.
    /// It errors and completes as <paramref name="source"/> does.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>; thrown at the call.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keepTime"/> is negative and not infinite; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term>the last subscriber leaves</term><description>the time begins; at its end source and value are let go, and the next subscriber starts anew</description></item>
    /// <item><term>a subscriber comes within the time</term><description>gets the latest value and joins the running source</description></item>
    /// <item><term>the source completes or errors</term><description>the present subscribers hear of it; then all is forgotten, and the next subscriber starts anew.
    /// Rx's <c>Replay(1).RefCount()</c> would replay the error for ever</description></item>
    /// <item><term>an observer makes the source emit from inside its <c>OnNext</c></term><description>every observer still sees the values in order, one at a time</description></item>
    /// <item><term>an observer throws</term><description>the others are served; then the exception goes to whoever emitted, and the observer hears what follows. For a value during
    /// <c>Subscribe</c> it goes to whoever subscribes, and there is no subscription</description></item>
    /// </list>
    /// <para>Delivery is serialized per observer, outside every lock: one that is slow delays itself, and the thread that happens to serve it.</para>
    /// </remarks>
    public static IObservable<T> ReplayLatest<T>(this IObservable<T> source, TimeSpan keepTime, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        if (keepTime < TimeSpan.Zero && !keepTime.IsForever)
            throw new ArgumentOutOfRangeException(nameof(keepTime), keepTime, $"{nameof(keepTime)} must be zero or more, or infinite.");
        return new ReplayLatest<T>(source, keepTime, scheduler);
    }
}

/// <remarks>
/// At any time there is no connection, or one: watched (it has members) or kept (it has none, and a timer unless the time is zero or infinite).
/// A connection that was retired never comes back; who joined it under the lock before that sees its end.
/// </remarks>
internal sealed class ReplayLatest<T>(IObservable<T> source, TimeSpan keepTime, IScheduler scheduler) : IObservable<T>
{
    private readonly object _gate = new();
    private Connection? _current;

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        bool isFirst;
        Connection connection;
        Subscription subscription;
        IDisposable? timer;
        lock (_gate)
        {
            isFirst = _current is null;
            connection = _current ??= new Connection(this);
            subscription = new Subscription(connection, observer);
            timer = connection.Join_NeedsLock(subscription);
        }

        timer?.Dispose();
        try
        {
            subscription.DeliverFirst();
            Rethrow(subscription.TakeThrown());
            if (isFirst) connection.Connect(source);
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <summary>What a new subscriber would be given at once, if there is anything.</summary>
    internal bool TryGetLatest([MaybeNullWhen(false)] out T value)
    {
        lock (_gate)
        {
            var latest = _current?.Latest;
            value = latest is null ? default : latest.Value;
            return latest is { IsRoot: false, IsEnd: false };
        }
    }

    private TimeSpan KeepTime => keepTime;

    private IScheduler Scheduler => scheduler;

    private static void Rethrow(Exception? thrown)
    {
        if (thrown is not null) ExceptionDispatchInfo.Throw(thrown);
    }

    /// <summary>One subscription to the source, its latest value and those who listen to it.</summary>
    private sealed class Connection(ReplayLatest<T> owner) : IObserver<T>
    {
        private Roster<Subscription> _members;
        private Version<T> _latest = Version<T>.NewRoot();
        private SingleAssignmentDisposableValue _upstream;
        private IDisposable? _timer;
        private int _departures;
        private int _connectingThread;
        private Exception? _thrownWhileConnecting;

        internal Version<T> Latest => _latest;

        internal IDisposable? Join_NeedsLock(Subscription member)
        {
            _members.Add(member);
            member.Join(_latest);
            IDisposable? timer = _timer;
            _timer = null;
            return timer;
        }

        internal void Connect(IObservable<T> source)
        {
            _connectingThread = Environment.CurrentManagedThreadId;
            try
            {
                _upstream.Disposable = source.Subscribe(this);
            }
            catch (Exception error)
            {
                OnError(error);
            }

            _connectingThread = 0;
            Rethrow(_thrownWhileConnecting);
        }

        public void OnNext(T value) => Append(new Version<T>(value));

        public void OnError(Exception error) => Append(Version<T>.NewEnd(default!, error));

        public void OnCompleted() => Append(Version<T>.NewEnd(default!));

        private void Append(Version<T> version)
        {
            RosterSnapshot<Subscription> members;
            lock (owner._gate)
            {
                if (!IsCurrent) return;
                _latest.Append(version);
                _latest = version;
                members = _members.Snapshot;
                if (version.IsEnd) owner._current = null;
            }

            try
            {
                Serve(members);
            }
            finally
            {
                if (version.IsEnd) LetGo();
            }
        }

        /// <summary>
        /// What an observer throws goes to the emitter when all are served; while the source is being connected to, to the subscriber and only when the source has
        /// returned, because it is no failure of the source's.
        /// </summary>
        private void Serve(RosterSnapshot<Subscription> members)
        {
            Exception? thrown = null;
            foreach (Subscription? member in members)
            {
                member?.Drain();
                Exception? error = member?.TakeThrown();
                thrown ??= error;
            }

            if (_connectingThread == Environment.CurrentManagedThreadId) _thrownWhileConnecting ??= thrown;
            else Rethrow(thrown);
        }

        internal void Leave(Subscription member)
        {
            int departure;
            lock (owner._gate)
            {
                if (!_members.Remove(member) || _members.Count > 0 || !IsCurrent) return;
                departure = ++_departures;
            }

            if (owner.KeepTime == TimeSpan.Zero) Retire(departure);
            else if (!owner.KeepTime.IsForever) Keep(departure);
        }

        private void Keep(int departure)
        {
            IDisposable timer;
            try
            {
                timer = owner.Scheduler.ScheduleLong((this, departure), owner.KeepTime, static kept => kept.Item1.Retire(kept.departure));
            }
            catch (Exception)
            {
                Retire(departure);
                return;
            }

            lock (owner._gate)
            {
                if (IsUnwatchedSince_NeedsLock(departure))
                {
                    _timer = timer;
                    return;
                }
            }

            timer.Dispose();
        }

        private void Retire(int departure)
        {
            lock (owner._gate)
            {
                if (!IsUnwatchedSince_NeedsLock(departure)) return;
                owner._current = null;
                _latest = Version<T>.NewRoot(); // a subscription that somebody still holds must not hold the data
            }

            LetGo();
        }

        private bool IsCurrent => ReferenceEquals(owner._current, this);

        /// <summary>False when somebody came meanwhile, even if they have left again: then a later departure decides.</summary>
        private bool IsUnwatchedSince_NeedsLock(int departure) => IsCurrent && _members.Count == 0 && _departures == departure;

        private void LetGo()
        {
            _timer?.Dispose();
            _upstream.Dispose();
        }
    }

    private sealed class Subscription(Connection connection, IObserver<T> observer) : Receiver<T>, IRosterMember, IDisposable
    {
        private IObserver<T>? _observer = observer;
        private Exception? _thrown;

        public int Slot { get; set; }

        internal Exception? TakeThrown() => _thrown is null ? null : Interlocked.Exchange(ref _thrown, null);

        public void Dispose()
        {
            Stop();
            connection.Leave(this);
        }

        protected override void Deliver(T value, Version<T>? before)
        {
            try
            {
                _observer?.OnNext(value);
            }
            catch (Exception thrown)
            {
                _thrown ??= thrown;
            }
        }

        protected override void DeliverEnd(Exception? error)
        {
            try
            {
                if (error is null) _observer?.OnCompleted();
                else _observer?.OnError(error);
            }
            catch (Exception thrown)
            {
                _thrown = thrown;
            }
        }

        protected override void Forget() => _observer = null;
    }
}
