using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// A place for the one thing that a subscription currently holds, as a field without an object of its own. Putting something in does not dispose what was
/// there; after the slot's disposal whatever is put in is disposed at once. Must not be copied.
/// </summary>
internal struct DisposableSlot : IDisposable
{
    private static readonly IDisposable Closed = Disposable.Create(static () => { });

    private IDisposable? _current;

    internal readonly bool IsDisposed => ReferenceEquals(Volatile.Read(in _current), Closed);

    internal void Put(IDisposable? next)
    {
        IDisposable? seen = Volatile.Read(ref _current);
        while (!ReferenceEquals(seen, Closed))
        {
            IDisposable? found = Interlocked.CompareExchange(ref _current, next, seen);
            if (ReferenceEquals(found, seen)) return;
            seen = found;
        }

        next?.Dispose();
    }

    /// <summary>Puts something in unless there is something already, which stays; after the slot's disposal it is disposed at once.</summary>
    internal void PutUnlessTaken(IDisposable first)
    {
        if (ReferenceEquals(Interlocked.CompareExchange(ref _current, first, null), Closed)) first.Dispose();
    }

    public void Dispose()
    {
        IDisposable? last = Interlocked.Exchange(ref _current, Closed);
        if (!ReferenceEquals(last, Closed)) last?.Dispose();
    }
}
