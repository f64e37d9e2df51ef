using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>One subscription of <see cref="SwitchLatest{TSource, T}"/>, whatever its source: which stream it follows, and what is shown of it.</summary>
internal abstract class Switch<T> : Receiver<Switch<T>.Waiting>, IDisposable
{
    private readonly object _gate = new();
    private Func<Exception, T>? _fromError;
    private readonly Action<Exception, UnobservedErrorOrigin> _report;
    private readonly SwitchView<T>? _view;
    private readonly SingleAssignmentDisposable _upstream = new();
    private readonly SingleAssignmentDisposable _lifetime = new();
    private IObserver<T>? _observer;
    private Version<Waiting> _tail = Version<Waiting>.NewRoot();
    private IFollower<T>? _current;

    protected Switch(Func<Exception, T> fromError, Action<Exception, UnobservedErrorOrigin> report, SwitchView<T>? view, IObserver<T> observer)
    {
        _fromError = fromError;
        _report = report;
        _view = view;
        _observer = observer;
        Join(_tail);
        DeliverFirst();
    }

    public void Dispose()
    {
        Stop();
        Leave();
    }

    public bool IsCurrent(IFollower<T> follower) => ReferenceEquals(follower, Volatile.Read(ref _current));

    /// <summary>
    /// Shows a value. When nobody is delivering, all before it has been: it then needs no place in the chain, which is an allocation and a lock
    /// (W11b in <c>benchmarks/WORKLOADS.md</c>).
    /// </summary>
    public void Post(IFollower<T> from, T value)
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

    /// <summary>Shows an error in place of a stream's values.</summary>
    public void PostError(IFollower<T> from, Exception error)
    {
        if (IsCurrent(from) && _fromError is { } fromError) Post(from, fromError(error));
    }

    /// <summary>Ends with the stream that is followed.</summary>
    public void EndOf(IFollower<T> follower)
    {
        if (IsCurrent(follower)) End();
    }

    protected void EndWith(IObservable<Unit>? lifetime) => _lifetime.Disposable = lifetime?.Subscribe(Observer.Create<Unit>(static _ => { }, End));

    /// <summary>The subscription to the source of streams; it ends with this one.</summary>
    protected void Own(IDisposable source) => _upstream.Disposable = new GuardedDisposable(source, error => _report(error, UnobservedErrorOrigin.Cancellation));

    /// <summary>Leaves the stream followed so far, of which nothing is shown from then on, and begins to follow another.</summary>
    protected void Follow(IFollower<T> follower)
    {
        Begin(follower); // Leaves the old stream before the new one begins.
        if (!IsCurrent(follower)) return;
        try
        {
            follower.Begin();
        }
        catch (Exception error)
        {
            PostError(follower, error);
        }
    }

    protected void Fail(Exception error)
    {
        var follower = new StreamFollower<T>(this, System.Reactive.Linq.Observable.Empty<T>());
        Begin(follower);
        PostError(follower, error);
    }

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
        _fromError = null;
        _view?.Forget();
        Leave();
        lock (_gate)
            _tail = Version<Waiting>.NewEnd(Waiting.Nothing); // What was still waiting is not to be kept.
    }

    private void Show(IFollower<T> from, T value)
    {
        if (!IsCurrent(from) || _view?.Changes(from, ref value) == false) return;
        if (IsStopped || (_view is not null && !IsCurrent(from))) return; // It may have run user code.
        _view?.Remember(value);
        try
        {
            _observer?.OnNext(value);
        }
        catch (Exception error)
        {
            _report(error, UnobservedErrorOrigin.Observer);
        }
    }

    private void Leave()
    {
        _upstream.Dispose();
        LeaveCurrent(null);
        _lifetime.Dispose();
    }

    /// <summary>Makes place for another stream. From then on nothing of the one before it is shown.</summary>
    private void Begin(IFollower<T> follower)
    {
        LeaveCurrent(follower);
        if (IsStopped) LeaveCurrent(null); // Whoever disposed may have looked before this one was there.
    }

    private void LeaveCurrent(IFollower<T>? next) => Interlocked.Exchange(ref _current, next)?.Leave();

    private void Append_NeedsLock(Version<Waiting> version)
    {
        _tail.Append(version);
        _tail = version;
    }

    /// <summary>A value that came while another was being delivered. The chain keeps the last one until the next; so it is emptied when it is shown.</summary>
    internal sealed class Waiting(IFollower<T>? from, T value)
    {
        public static readonly Waiting Nothing = new(null, default!);

        private IFollower<T>? _from = from;
        private T? _value = value;

        public (IFollower<T> From, T Value) Take()
        {
            var taken = (_from!, _value!);
            (_from, _value) = (null, default);
            return taken;
        }
    }
}

/// <summary>
/// The observer of one of the streams that a <see cref="Switch{T}"/> follows, and the subscription to it. What it observes may be of another type than what is shown, and it may
/// be more than an observer, so that nothing is needed in between (W11b in <c>benchmarks/WORKLOADS.md</c>).
/// </summary>
internal interface IFollower<T>
{
    /// <summary>Subscribes to the stream. Called once.</summary>
    void Begin();

    /// <summary>Ends the subscription, now or as soon as there is one. Called once, by whoever took its place.</summary>
    void Leave();
}

/// <summary>Follows a stream whose values are shown as they are.</summary>
internal sealed class StreamFollower<T>(Switch<T> parent, IObservable<T> stream) : IFollower<T>, IObserver<T>
{
    private DisposableSlot _subscription;

    public void Begin() => _subscription.Put(stream.Subscribe(this)); // It may have been left in the meantime.

    public void Leave() => _subscription.Dispose();

    public void OnNext(T value) => parent.Post(this, value);

    public void OnError(Exception error) => parent.PostError(this, error);

    public void OnCompleted() => parent.EndOf(this);
}
