using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <summary>A write that can be made many times: a stream of the state of its latest call. Made by <see cref="QueryClient.CreateMutation{TArgs, T}(MutationDefinition{TArgs, T}, Func{MutationOptions{TArgs, T}, MutationOptions{TArgs, T}}?)"/>.</summary>
/// <typeparam name="TArgs">The arguments.</typeparam>
/// <typeparam name="T">The result.</typeparam>
/// <remarks>
/// <para>Nothing runs before <see cref="Execute"/> is subscribed or <see cref="Start(TArgs)"/> is called. The policies <see cref="MutationPolicy.LatestWins"/> and
/// <see cref="MutationPolicy.IgnoreWhileBusy"/> look at the calls of this object alone; scopes are shared by all mutations of the client.</para>
/// <para>Disposal is unmount: subscriptions end silently, no more calls can be made, ended calls leave the client's view; calls under way run to their end, for a write
/// must not be lost because a view has gone. To cancel a call, use its handle or the subscription of <see cref="Execute"/>.</para>
/// <para>Safe from any thread. States come on the thread that made the change, outside every lock, one at a time for each observer.</para>
/// </remarks>
public sealed class Mutation<TArgs, T> : IObservable<MutationState<TArgs, T>>, IDisposable, IMutationStream
{
    private readonly MutationRules<TArgs, T> _rules;
    private readonly CompositeDisposable _subscriptions = [];
    private LatestSubject<MutationState<TArgs, T>>? _states;
    private MutationCall<TArgs, T>? _latest;
    private int _underWay;
    private int _watchers;

    internal Mutation(QueryClient client, MutationDefinition<TArgs, T> definition, MutationOptions<TArgs, T> options)
    {
        (Client, Ledger) = (client, client.Ledger);
        Definition = definition;
        _rules = new(options, client.Options.Mutations);
    }

    /// <summary>The name of the mutation.</summary>
    public string Name => Definition.Name;

    /// <summary>The state of the latest call; Idle before the first, after <see cref="Reset"/> and when the latest call was cancelled.</summary>
    public MutationState<TArgs, T> State => Volatile.Read(ref _latest)?.State ?? MutationState<TArgs, T>.Idle;

    internal QueryClient Client { get; }

    internal MutationLedger Ledger { get; }

    internal MutationDefinition<TArgs, T> Definition { get; }

    internal bool IsDisposed => _subscriptions.IsDisposed;

    /// <summary>The states of the latest call, from the first time that somebody observes them.</summary>
    private LatestSubject<MutationState<TArgs, T>> States
    {
        get
        {
            lock (Ledger.Gate)
            {
                if (_states is null)
                {
                    var states = new LatestSubject<MutationState<TArgs, T>>(Client.ReportObserver);
                    states.Post(State);
                    Volatile.Write(ref _states, states);
                }

                return _states;
            }
        }
    }

    /// <summary>A call as a stream, for <c>ReactiveCommand.CreateFromObservable&lt;TArgs, T&gt;(mutation.Execute)</c> and wherever an observable goes.</summary>
    /// <param name="args">What the call is made with.</param>
    /// <returns>
    /// Cold: each subscription makes a call. The result, then completion; or the fetcher's own exception. Completes without a value when the call was cancelled
    /// elsewhere, superseded, refused, or ended by the client's disposal. Disposing the subscription cancels that call. Errors with <see cref="ObjectDisposedException"/>
    /// when the mutation or the client was disposed before the subscription.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The mutation or the client is disposed.</exception>
    public IObservable<T> Execute(TArgs args)
    {
        ThrowIfDisposed();
        return Observable.Create<T>(observer => Call(args, observer));
    }

    /// <summary>Makes a call, now.</summary>
    /// <param name="args">What the call is made with.</param>
    /// <returns>The call: awaitable, cancellable, observable. Dropping it changes nothing.</returns>
    /// <exception cref="ObjectDisposedException">The mutation or the client is disposed.</exception>
    /// <remarks>
    /// When this returns, the state is shown, patches are applied and <c>OnMutate</c> has run as far as it runs without waiting; the fetcher has been called if nothing is to
    /// be waited for. What user code throws does not come out here: it fails the call.
    /// </remarks>
    public MutationHandle<TArgs, T> Start(TArgs args) => Begin(args, _rules).Handle;

    /// <summary>Makes a call with options of its own, now.</summary>
    /// <inheritdoc cref="Start(TArgs)"/>
    /// <param name="args">What the call is made with.</param>
    /// <param name="configure">Given the mutation's options, returns those of this call; callbacks and effects are added behind the mutation's. Called once, now.</param>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="configure"/> returned null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; it is named.</exception>
    public MutationHandle<TArgs, T> Start(TArgs args, Func<MutationOptions<TArgs, T>, MutationOptions<TArgs, T>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Begin(args, new MutationRules<TArgs, T>(_rules.Options.Configured(configure, Name), Client.Options.Mutations)).Handle;
    }

    /// <summary>Shows Idle until the next call. Calls under way run on, unshown.</summary>
    /// <remarks>After disposal: does nothing.</remarks>
    public void Reset()
    {
        lock (Ledger.Gate)
        {
            if (ReferenceEquals(State, MutationState<TArgs, T>.Idle)) return;
            Volatile.Write(ref _latest, null);
            _states?.Post(State);
        }

        Deliver();
    }

    /// <summary>Subscribes to the states of the latest call.</summary>
    /// <param name="observer">
    /// Receives the present state before this returns, then every later one; never errors; completes when the client is disposed. After disposal of the mutation: nothing
    /// is delivered.
    /// </param>
    /// <returns>Ends the subscription; calls run on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="observer"/> is null.</exception>
    public IDisposable Subscribe(IObserver<MutationState<TArgs, T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (IsDisposed) return Disposable.Empty;
        Watch();
        var subscription = new SingleAssignmentDisposable();
        var own = Disposable.Create(() => Unwatch(subscription));
        _subscriptions.Add(own);
        subscription.Disposable = States.Subscribe(observer);
        return Disposable.Create((_subscriptions, own), static it => it._subscriptions.Remove(it.own));
    }

    /// <summary>Ends every subscription; see the remarks. Again: does nothing.</summary>
    public void Dispose()
    {
        _subscriptions.Dispose();
        Ledger.Forget(this);
    }

    void IMutationStream.End() => States.End();

    internal MutationCall<TArgs, T> Begin(TArgs args, MutationRules<TArgs, T> rules, bool isExecuted = false)
    {
        ThrowIfDisposed();
        Client.Environment.Connect();
        var scope = ScopeFor(args, rules.Options, out var scopeError);
        var turn = scope is null ? null : new MutationTurn(scope);
        var call = new MutationCall<TArgs, T>(this, args, rules, turn, Client.Cache.Clock.Now);
        call.IsExecuted = isExecuted;
        List<MutationCall>? superseded = null;
        lock (Ledger.Gate)
        {
            if (_underWay > 0 && rules.Options.Policy == MutationPolicy.LatestWins)
                superseded = Ledger.UnderWay_NeedsLock(this);
            call.Enlist_NeedsLock(isRefused: _underWay > 0 && rules.Options.Policy == MutationPolicy.IgnoreWhileBusy);
        }

        superseded?.ForEach(static older => older.Cancel());
        call.Begin(scopeError);
        return call;
    }

    internal void Added_NeedsLock(MutationCall<TArgs, T> call)
    {
        _underWay++;
        Volatile.Write(ref _latest, call);
    }

    internal void Removed_NeedsLock() => _underWay--;

    internal void Show_NeedsLock(MutationCall<TArgs, T> call)
    {
        if (_latest == call)
            _states?.Post(call.State_NeedsLock);
    }

    /// <summary>Whether somebody who observes the mutation sees this call; earlier calls they do not see.</summary>
    internal bool IsSeen_NeedsLock(MutationCall<TArgs, T> call) => _watchers > 0 && _latest == call;

    internal void Deliver() => Volatile.Read(ref _states)?.Drain();

    private IDisposable Call(TArgs args, IObserver<T> observer)
    {
        try
        {
            var call = Begin(args, _rules, isExecuted: true);
            var states = call.States.Subscribe(System.Reactive.Observer.Create<MutationState<TArgs, T>>(state => Tell(observer, state)));
            return Disposable.Create((call, states), static own =>
            {
                own.states.Dispose();
                own.call.IsExecuted = false; // Too late to cancel a call that has failed already: its callbacks run, and then it is told elsewhere.
                own.call.Cancel();
            });
        }
        catch (ObjectDisposedException disposed)
        {
            observer.OnError(disposed);
            return Disposable.Empty;
        }
    }

    private static void Tell(IObserver<T> observer, MutationState<TArgs, T> state)
    {
        if (state.IsUnderWay) return;
        if (state.Error is { } error)
        {
            observer.OnError(error);
            return;
        }

        if (state.HasData)
            observer.OnNext(state.Data!);
        observer.OnCompleted();
    }

    private QueryKey? ScopeFor(TArgs args, MutationOptions<TArgs, T> options, out Exception? error)
    {
        error = null;
        try
        {
            return options.ScopeFor(Name, args);
        }
        catch (Exception thrown)
        {
            error = thrown;
            return null;
        }
    }

    private void Watch()
    {
        lock (Ledger.Gate)
            _watchers++;
        Ledger.Watch(this);
    }

    private void Unwatch(SingleAssignmentDisposable subscription)
    {
        lock (Ledger.Gate)
        {
            if (--_watchers == 0)
                Ledger.Unwatch_NeedsLock(this);
        }

        subscription.Dispose();
    }

    private void ThrowIfDisposed()
    {
        Client.ThrowIfDisposed();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
    }
}
