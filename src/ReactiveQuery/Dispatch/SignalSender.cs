using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Subjects;

namespace ReactiveQuery;

/// <summary>Makes senders: the way of values from any thread to something that lives on the thread of the user interface.</summary>
/// <remarks>Safe from any thread.</remarks>
public static class SignalSender
{
    /// <summary>A sender onto an observer. Its <see cref="SignalSender{T}.Update"/> is refused: an observer cannot be read.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="target">Receives the values; never an error or a completion.</param>
    /// <param name="scheduler">Where the target is called, typically a <see cref="UiDispatchQueue"/> or <see cref="UiBoundary"/>.</param>
    /// <param name="onUnobservedError">Receives what the target or an update throws, outside every lock. Null (the default): it goes to <see cref="System.Diagnostics.Trace"/>.</param>
    /// <returns>A sender that nothing was sent through.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> or <paramref name="scheduler"/> is null.</exception>
    public static SignalSender<T> To<T>(IObserver<T> target, IScheduler scheduler, Action<UnobservedError>? onUnobservedError = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return New<T>(target.OnNext, null, scheduler, onUnobservedError);
    }

    /// <summary>A sender onto a subject that knows its value.</summary>
    /// <inheritdoc cref="To{T}(IObserver{T}, IScheduler, Action{UnobservedError})"/>
    public static SignalSender<T> To<T>(BehaviorSubject<T> target, IScheduler scheduler, Action<UnobservedError>? onUnobservedError = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return New<T>(target.OnNext, update => target.OnNext(update(target.Value)), scheduler, onUnobservedError);
    }

    /// <summary>A sender onto a property.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="setter">Sets the property: <c>value => vm.Title = value</c>. Called on the scheduler.</param>
    /// <param name="getter">Reads the property, on the scheduler as well; null if <see cref="SignalSender{T}.Update"/> is not needed, which is then refused.</param>
    /// <param name="scheduler">Where the property lives, typically a <see cref="UiDispatchQueue"/> or <see cref="UiBoundary"/>.</param>
    /// <param name="onUnobservedError">Receives what the accessors or an update throw, outside every lock. Null (the default): it goes to <see cref="System.Diagnostics.Trace"/>.</param>
    /// <returns>A sender that nothing was sent through.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="setter"/> or <paramref name="scheduler"/> is null.</exception>
    public static SignalSender<T> To<T>(Action<T> setter, Func<T>? getter, IScheduler scheduler, Action<UnobservedError>? onUnobservedError = null)
    {
        ArgumentNullException.ThrowIfNull(setter);
        return New(setter, getter is null ? null : update => setter(update(getter())), scheduler, onUnobservedError);
    }

    /// <summary>A sender onto the data of a query: what was sent becomes one write into the cache for each turn of the scheduler.</summary>
    /// <typeparam name="TParams">The parameters.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="client">Holds the query; its hook receives what goes wrong. After its disposal values are dropped.</param>
    /// <param name="definition">Which query.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="scheduler">Where the cache is written, typically a <see cref="UiDispatchQueue"/> or <see cref="UiBoundary"/>.</param>
    /// <returns>
    /// A sender that nothing was sent through. An update without a pending value works on the data that the cache holds then, as <see cref="QueryClient.UpdateData"/>
    /// does; if there is none, nothing is written.
    /// </returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">A parameter has no value equality.</exception>
    public static SignalSender<T> To<TParams, T>(QueryClient client, QueryDefinition<TParams, T> definition, TParams parameters, IScheduler scheduler)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(scheduler);
        var key = definition.KeyOf(parameters);
        return new(
            data => IfAlive(client, () => client.SetData(definition, parameters, data)),
            update => IfAlive(client, () => client.UpdateData(definition, parameters, update)),
            scheduler,
            (error, origin) => client.Errors.Report(error, origin, key));
    }

    private static SignalSender<T> New<T>(Action<T> set, Action<Func<T, T>>? update, IScheduler scheduler, Action<UnobservedError>? hook)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        var errors = new UnobservedErrors(hook);
        return new(set, update, scheduler, (error, origin) => errors.Report(error, origin));
    }

    private static void IfAlive(QueryClient client, Action write)
    {
        try
        {
            write();
        }
        catch (ObjectDisposedException) when (client.IsDisposed)
        {
            // The query has gone with its client, and whoever would read the data too.
        }
    }
}

/// <summary>
/// Sends values from any thread to one target on a scheduler, at most one for each turn of it: however much is sent in between, the target gets the last. Made by
/// <see cref="SignalSender"/>.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// <para>Safe from any thread. Nothing is called under a lock: there is none.</para>
/// <para><b>Order.</b> The first value after a delivery takes a place in the scheduler's queue; later ones take its place, not one of their own. So relative to other work of
/// the scheduler a value may come earlier than its <c>Set</c> was called, never later than its turn. Values of one sender never overtake each other; two senders
/// to one target are two queues, and the one that took its place first is served first.</para>
/// <para>On a <see cref="UiDispatchQueue"/> the target gets at most one value a drain, also from a drain with a budget: what is sent while the queue is being drained waits for the
/// next drain, behind whatever else came in meanwhile.</para>
/// <list type="table">
/// <listheader><term>event</term><description>behaviour</description></listheader>
/// <item><term>the target throws</term><description>reported; the next value is delivered</description></item>
/// <item><term>an update that waited for its turn throws</term><description>reported; it and the updates that waited with it are not written</description></item>
/// <item><term>the scheduler refuses work (a dispatcher that has shut down)</term><description>reported, what was pending is dropped; the next value tries again</description></item>
/// </list>
/// </remarks>
public sealed class SignalSender<T>
{
    private readonly Action<T> _set;
    private readonly Action<Func<T, T>>? _update;
    private readonly IScheduler _scheduler;
    private readonly Action<Exception, UnobservedErrorOrigin> _report;
    private Pending? _pending;

    internal SignalSender(Action<T> set, Action<Func<T, T>>? update, IScheduler scheduler, Action<Exception, UnobservedErrorOrigin> report)
    {
        _set = set;
        _update = update;
        _scheduler = scheduler;
        _report = report;
    }

    /// <summary>Whether something was sent that the target has not received yet.</summary>
    public bool IsPending => Volatile.Read(ref _pending) is not null;

    /// <summary>Sends a value. It replaces whatever is pending, updates included.</summary>
    /// <param name="value">The value; null is one.</param>
    public void Set(T value)
    {
        if (Interlocked.Exchange(ref _pending, new PendingValue(value)) is null) Schedule();
    }

    /// <summary>Sends what a function makes of the value before it; no update is lost, from however many threads.</summary>
    /// <param name="update">
    /// Must be pure. While a value is pending it is applied to that at once, on the calling thread, and again if another thread sent meanwhile; what it throws is thrown to the caller, and
    /// nothing is sent. Otherwise it is kept and applied, once, to what the target holds when its turn comes, on the scheduler.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="update"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The target cannot be read.</exception>
    public void Update(Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        if (_update is null)
            throw new InvalidOperationException("This SignalSender cannot update: its target cannot be read. Make it with a getter, or onto a BehaviorSubject.");
        while (true)
        {
            var seen = Volatile.Read(ref _pending);
            Pending next = seen is PendingValue pending ? new PendingValue(update(pending.Value)) : new PendingUpdate(update, (PendingUpdate?)seen);
            if (!ReferenceEquals(Interlocked.CompareExchange(ref _pending, next, seen), seen)) continue;
            if (seen is null) Schedule();
            return;
        }
    }

    private void Schedule()
    {
        try
        {
            if (_scheduler is UiDispatchQueue queue)
                queue.ScheduleForNextDrain(this, static sender => sender.Deliver());
            else
                _scheduler.Schedule(this, static (_, sender) => { sender.Deliver(); return Disposable.Empty; });
        }
        catch (Exception error)
        {
            Volatile.Write(ref _pending, null);
            _report(error, UnobservedErrorOrigin.Scheduler);
        }
    }

    private void Deliver()
    {
        try
        {
            switch (Interlocked.Exchange(ref _pending, null))
            {
                case PendingValue value:
                    _set(value.Value);
                    break;
                case PendingUpdate updates:
                    _update!(updates.Apply);
                    break;
            }
        }
        catch (Exception error)
        {
            _report(error, UnobservedErrorOrigin.Callback);
        }
    }

    private abstract class Pending;

    private sealed class PendingValue(T value) : Pending
    {
        public T Value { get; } = value;
    }

    /// <summary>The last of the updates that wait for their turn, with those before it.</summary>
    private sealed class PendingUpdate(Func<T, T> update, PendingUpdate? before) : Pending
    {
        public T Apply(T value)
        {
            Stack<Func<T, T>> inOrder = new();
            for (var link = this; link is not null; link = link.Before) inOrder.Push(link.Function);
            return inOrder.Aggregate(value, (current, function) => function(current));
        }

        private Func<T, T> Function { get; } = update;

        private PendingUpdate? Before { get; } = before;
    }
}
