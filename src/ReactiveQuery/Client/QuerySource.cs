using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>A query as a cold description: each subscription mounts an observer on the shared entry of its key.</summary>
/// <param name="client">The client.</param>
/// <param name="request">What is asked.</param>
internal class QuerySource<T>(QueryClient client, QueryRequest<T> request) : IObservable<QueryState<T>>
{
    public QueryRequest<T> Request { get; } = request;

    public IDisposable Subscribe(IObserver<QueryState<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Subscribe(new Mount<T>(Request, observer));
    }

    /// <summary>Subscribes an observer that is its own place in the entry.</summary>
    public IDisposable Subscribe(Mount<T> mount)
    {
        try
        {
            Mount(mount);
            return mount;
        }
        catch (ObjectDisposedException) when (client.IsDisposed)
        {
            Complete(mount);
            return Disposable.Empty;
        }
    }

    private void Complete(Mount<T> mount)
    {
        try
        {
            mount.Complete();
        }
        catch (Exception error)
        {
            client.Errors.Report(error, UnobservedErrorOrigin.Observer, Request.Key);
        }
    }

    private void Mount(Mount<T> mount)
    {
        client.Environment.Connect();
        client.Environment.LetQueriesGo();
        while (true)
        {
            var entry = client.Cache.GetOrAdd(Request);
            mount.Entry = entry;
            if (!Request.Options.HasTriggers)
            {
                if (!entry.TryMount(mount)) continue;
            }
            else if (!TryMountWithTriggers(entry, mount))
            {
                continue;
            }

            entry.PlanInterval(mount);
            return;
        }
    }

    /// <summary>
    /// The enabling stream is subscribed before the mount, so that a value it has at hand decides the first state; the triggers after it.
    /// </summary>
    private bool TryMountWithTriggers(QueryEntry<T> entry, Mount<T> mount)
    {
        if (Request.Options.EnabledWhen is not null)
            mount.WantsEnabled = false; // It may have been on its way to an entry that left the cache meanwhile.
        var enabling = Listen(Request.Options.EnabledWhen, isEnabled =>
        {
            mount.WantsEnabled = isEnabled && Request.Options.Enabled;
            entry.TakeOverEnabled(mount);
        });
        if (Request.Options.EnabledWhen is not null)
            mount.IsEnabled = mount.WantsEnabled;
        if (!entry.TryMount(mount))
        {
            enabling.Dispose();
            return false;
        }

        if (Request.Options.EnabledWhen is not null)
            entry.TakeOverEnabled(mount);
        var refetching = Listen<Unit>(Request.Options.RefetchOn, _ => entry.OnObserverTrigger(mount));
        var nextPages = Listen<Unit>(Request.Options.FetchNextPageOn, _ => entry.OnPageTrigger(mount, PageDirection.Next));
        var previousPages = Listen<Unit>(Request.Options.FetchPreviousPageOn, _ => entry.OnPageTrigger(mount, PageDirection.Previous));
        mount.Own(StableCompositeDisposable.Create(enabling, refetching, nextPages, previousPages));
        return true;
    }

    private IDisposable Listen<TValue>(IObservable<TValue>? source, Action<TValue> onNext)
    {
        if (source is null) return Disposable.Empty;
        try
        {
            var subscription = source.Subscribe(Observer.Create(onNext, error => client.Errors.Report(error, UnobservedErrorOrigin.Trigger, Request.Key)));
            return new GuardedDisposable(subscription, error => client.Errors.Report(error, UnobservedErrorOrigin.Cancellation, Request.Key));
        }
        catch (Exception error)
        {
            client.Errors.Report(error, UnobservedErrorOrigin.Trigger, Request.Key);
            return Disposable.Empty;
        }
    }
}
