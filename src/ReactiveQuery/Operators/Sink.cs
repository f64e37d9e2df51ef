using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// The downstream half of one subscription of a hand-written operator, and the disposable its subscriber holds.
/// Forwards to one observer until the end or the disposal, whichever comes first, and then releases what the operator holds, once.
/// </summary>
/// <remarks>
/// Rx's <c>Observable.Create</c> would do this too, but puts <c>Subscribe</c> on the current thread's trampoline: inside a work item of
/// <c>CurrentThreadScheduler</c> a first value would then arrive only after <c>Subscribe</c> has returned.
/// What an observer throws goes back to whoever emitted, and the observer goes on receiving; it never comes round as an <c>OnError</c>. Only when it leaves the
/// source's own <c>Subscribe</c>, so that nobody holds that subscription, it ends this one.
/// </remarks>
internal abstract class Sink<TResult>(IObserver<TResult> observer) : IDisposable
{
    private IObserver<TResult>? _observer = observer;
    private Exception? _thrown;

    /// <summary>Whether an exception now in flight is the observer's, and so not the source's failure.</summary>
    protected bool IsOfObserver(Exception error) => ReferenceEquals(error, _thrown);

    protected bool IsStopped => Volatile.Read(ref _observer) is null;

    protected void ForwardNext(TResult value)
    {
        IObserver<TResult>? observer = Volatile.Read(ref _observer);
        if (observer is null) return;
        try
        {
            observer.OnNext(value);
        }
        catch (Exception error)
        {
            _thrown = error;
            throw;
        }
    }

    protected void ForwardError(Exception error)
    {
        IObserver<TResult>? observer = Interlocked.Exchange(ref _observer, null);
        if (observer is null) return;
        try
        {
            observer.OnError(error);
        }
        catch (Exception thrown)
        {
            _thrown = thrown;
            throw;
        }
        finally
        {
            Release();
        }
    }

    protected void ForwardCompleted()
    {
        IObserver<TResult>? observer = Interlocked.Exchange(ref _observer, null);
        if (observer is null) return;
        try
        {
            observer.OnCompleted();
        }
        catch (Exception thrown)
        {
            _thrown = thrown;
            throw;
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Subscribes and puts the subscription in <paramref name="slot"/>; a source whose <c>Subscribe</c> throws counts as one that failed.</summary>
    protected void SubscribeTo<TSource>(IObservable<TSource> source, IObserver<TSource> inner, ref SingleAssignmentDisposableValue slot)
    {
        try
        {
            slot.Disposable = source.Subscribe(inner);
        }
        catch (Exception error) when (!IsOfObserver(error))
        {
            inner.OnError(error);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gives back what the operator holds. Called once, on the thread that ended the subscription, perhaps before <c>Subscribe</c> has returned.</summary>
    protected abstract void Release();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _observer, null) is not null) Release();
    }
}
