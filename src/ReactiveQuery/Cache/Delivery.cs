namespace ReactiveQuery;

/// <summary>One committed value and a link to the one committed after it.</summary>
/// <remarks>
/// Links point forward only, so a version is kept alive by the slowest receiver that has yet to pass it and by nobody else.
/// </remarks>
internal class Version<T>(T value)
{
    private Version<T>? _next;

    /// <summary>A beginning without a value, for chains whose first value is still to come.</summary>
    public static Version<T> NewRoot() => new RootVersion();

    /// <summary>A link that only says that nothing follows, with an error or by completion when it is null.</summary>
    public static Version<T> NewEnd(T value, Exception? error = null) => new EndVersion(value, error);

    public T Value { get; } = value;

    public virtual bool IsRoot => false;

    public virtual bool IsEnd => false;

    /// <summary>The error of an end, or null for completion.</summary>
    public virtual Exception? Error => null;

    public Version<T>? Next => Volatile.Read(ref _next);

    /// <summary>Links the next version; the owner calls it under its own lock.</summary>
    public void Append(Version<T> next) => Volatile.Write(ref _next, next);

    /// <summary>
    /// Lets go of the next version, once nobody has yet to pass from here to there. A version that is garbage, but old enough to await a full collection,
    /// would otherwise keep every later one alive until then.
    /// </summary>
    public void Unlink() => Volatile.Write(ref _next, null);

    // Kinds rather than fields: a version is made by every commit and kept by every query.
    private sealed class RootVersion() : Version<T>(default!)
    {
        public override bool IsRoot => true;
    }

    private sealed class EndVersion(T value, Exception? error) : Version<T>(value)
    {
        public override bool IsEnd => true;

        public override Exception? Error => error;
    }
}

/// <summary>
/// One observer's place in a chain of versions; none while it is in step with all others of its entry. Delivery is serialized per receiver, in version order, outside every lock:
/// whoever finds the receiver idle delivers, and what is committed meanwhile is delivered by whoever is delivering already.
/// A slow observer therefore delays itself, and a re-entrant commit cannot overtake the version being delivered.
/// </summary>
internal abstract class Receiver<T>
{
    private Version<T>? _position;
    private bool _hasCurrent;
    private int _work;
    private volatile bool _isStopped;

    /// <summary>Whether the observer has left or has seen the end.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>The version last delivered; meaningful inside <see cref="Deliver"/> and <see cref="Refresh"/>.</summary>
    protected Version<T>? Position => _position;

    /// <summary>
    /// Takes the place before <paramref name="current"/>, which will be delivered first. The owner calls it under its lock, at the
    /// moment the receiver joins its roster, and then calls <see cref="DeliverFirst"/> outside the lock: until then the
    /// receiver counts as busy, so that no other thread delivers anything ahead of the first version.
    /// </summary>
    /// <param name="current">The latest version.</param>
    /// <param name="startsAfter">Whether only what follows it is of interest.</param>
    public void Join(Version<T> current, bool startsAfter = false)
    {
        _position = current;
        _hasCurrent = !current.IsRoot && !startsAfter;
        _work = 1;
    }

    /// <summary>Delivers the version joined at and whatever was committed since, on this thread.</summary>
    public void DeliverFirst() => DeliverAll();

    /// <summary>Delivers what is due, unless somebody is doing so already; then they will see to it.</summary>
    /// <returns>Whether it is done; false when it is left to somebody else.</returns>
    public bool Drain()
    {
        if (Interlocked.Increment(ref _work) != 1) return false;
        DeliverAll();
        return true;
    }

    /// <summary>Whether somebody delivers, or has claimed to.</summary>
    public bool IsClaimed => Volatile.Read(ref _work) != 0;

    /// <summary>Claims it for a thread that may be delivering without a claim, unless somebody else has; <see cref="DeliverClaimed"/> ends the claim.</summary>
    public bool TryClaim() => Interlocked.CompareExchange(ref _work, 1, 0) == 0;

    public void DeliverClaimed() => DeliverAll();

    /// <summary>The same as <see cref="Drain"/> for a caller who knows that nobody else delivers (<see cref="DeliveringEntry{T}"/>).</summary>
    public void DeliverUnclaimed() => DeliverChain();

    /// <summary>Whether it has seen everything up to <paramref name="tail"/> and nobody delivers to it; asked, and acted upon, when nobody can begin to.</summary>
    public bool CanFallInStep(Version<T> tail) => !IsClaimed && (_position is null || _position == tail);

    /// <summary>Gives up its place: it goes with the others who are in step (<see cref="DeliveringEntry{T}"/>).</summary>
    public void FallInStep() => _position = null;

    /// <summary>Gets a place of its own, unless it has one.</summary>
    public void StandApart(Version<T> place)
    {
        if (_position is null && !_isStopped)
            Volatile.Write(ref _position, place);
    }

    /// <summary>Passes the next version, which it was shown without moving. The caller has claimed it.</summary>
    public void StepOver() => _position = _position?.Next;

    /// <summary>Nothing is delivered once this has returned, but for a call that is already running on another thread.</summary>
    protected void Stop()
    {
        _isStopped = true;
        Drain();
    }

    /// <summary>Hands one version to the observer. Must not throw.</summary>
    /// <param name="value">The version's.</param>
    /// <param name="before">The version delivered before it; null for none.</param>
    protected abstract void Deliver(T value, Version<T>? before);

    /// <summary>Called after each round, when nothing is left in the chain. Must not throw.</summary>
    protected virtual void Refresh()
    {
    }

    /// <summary>Tells the observer that nothing follows. Must not throw.</summary>
    protected abstract void DeliverEnd(Exception? error);

    /// <summary>
    /// Called when nothing will be delivered any more, by whoever delivered last: the place to let go of the observer, so that a
    /// subscription somebody still holds keeps neither observer nor data alive.
    /// </summary>
    protected virtual void Forget()
    {
    }

    private void DeliverAll()
    {
        var seen = Volatile.Read(ref _work);
        while (seen != 0)
        {
            DeliverRound();
            if (_isStopped) return; // Nothing will ever be delivered again: the claim is kept.
            seen = Interlocked.Add(ref _work, -seen);
        }
    }

    private void DeliverRound()
    {
        if (DeliverChain())
            Refresh();
    }

    /// <returns>Whether more may follow.</returns>
    private bool DeliverChain()
    {
        while (!_isStopped && TakeNext(out var before) is { } version)
        {
            if (version.IsEnd)
            {
                _isStopped = true;
                DeliverEnd(version.Error);
            }
            else
            {
                Deliver(version.Value, before);
            }
        }

        if (!_isStopped) return true;
        _position = null;
        Forget();
        return false;
    }

    private Version<T>? TakeNext(out Version<T>? before)
    {
        before = _position;
        if (_hasCurrent)
        {
            _hasCurrent = false;
            before = null;
            return _position;
        }

        if (before?.Next is not { } next)
            return null;
        _position = next;
        return next;
    }
}
