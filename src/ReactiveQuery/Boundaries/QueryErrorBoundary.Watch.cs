namespace ReactiveQuery;

/// <content>Streams below the boundary.</content>
public sealed partial class QueryErrorBoundary
{
    /// <summary>The states of a query that belongs to the boundary while it is subscribed to.</summary>
    /// <inheritdoc cref="QueryClient.Observe{TParams, T}(QueryDefinition{TParams, T}, TParams, Func{QueryOptions{T}, QueryOptions{T}})"/>
    public IObservable<QueryState<T>> Watch<TParams, T>(
        QueryDefinition<TParams, T> definition, TParams parameters, Func<QueryOptions<T>, QueryOptions<T>>? configure = null)
        where TParams : notnull
    {
        ArgumentNullException.ThrowIfNull(definition);
        var states = _client.Observe(definition, parameters, configure);
        return new Watched<T>(this, states, definition.KeyOf(parameters), () => _client.Refetch(definition, parameters));
    }

    /// <summary>Any stream of states, such as a store or a query driven by parameters, which belongs to the boundary while it is subscribed to.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="states">The stream; passed on as it is.</param>
    /// <param name="retry">What <see cref="Reset"/> calls when the stream's last state is an error: <c>store.Refetch</c>. Called outside every lock; what it throws is reported.</param>
    /// <returns>A stream as hot or cold as <paramref name="states"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public IObservable<QueryState<T>> Watch<T>(IObservable<QueryState<T>> states, Action retry)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(retry);
        return new Watched<T>(this, states, null, retry);
    }

    private void NoteStream(object subscription, WatchedFailure? failure)
    {
        lock (_gate)
        {
            var before = _watched.GetValueOrDefault(subscription)?.Error;
            if (failure?.Error is null) _watched.Remove(subscription);
            else _watched[subscription] = failure;
            if (ReferenceEquals(before, failure?.Error)) return;
            _failures.Post(List_NeedsLock());
        }

        _failures.Drain();
    }

    private sealed class Watched<T>(QueryErrorBoundary boundary, IObservable<QueryState<T>> states, QueryKey? key, Action retry) : IObservable<QueryState<T>>
    {
        public IDisposable Subscribe(IObserver<QueryState<T>> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var subscription = new Subscription<T>(observer, boundary, key, retry);
            subscription.Run(states);
            return subscription;
        }
    }

    private sealed class Subscription<T>(IObserver<QueryState<T>> observer, QueryErrorBoundary boundary, QueryKey? key, Action retry)
        : Sink<QueryState<T>>(observer), IObserver<QueryState<T>>
    {
        private System.Reactive.Disposables.SingleAssignmentDisposableValue _upstream;

        public void Run(IObservable<QueryState<T>> states) => SubscribeTo(states, this, ref _upstream);

        public void OnNext(QueryState<T> value)
        {
            if (IsStopped) return;
            boundary.NoteStream(this, value.Error is null ? null : new(key, value.Error, retry));
            if (IsStopped) boundary.NoteStream(this, null); // Disposed meanwhile, before the note was made.
            ForwardNext(value);
        }

        public void OnError(Exception error) => ForwardError(error);

        public void OnCompleted() => ForwardCompleted();

        protected override void Release()
        {
            _upstream.Dispose();
            boundary.NoteStream(this, null);
        }
    }
}
