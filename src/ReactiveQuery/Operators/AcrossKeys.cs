using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>A state, and by whose options it is to be shown; none for what belongs to no key.</summary>
internal readonly record struct KeyedState<T>(QueryState<T> State, QueryKey? Key, EffectiveOptions<T>? Options);

/// <summary>The states of one key. Cold; equal to any other of the same key.</summary>
internal class Keyed<T>(QueryClient client, QueryRequest<T> request) : QuerySource<T>(client, request), IEquatable<Keyed<T>>
{
    public bool Equals(Keyed<T>? other) => other is not null && Request.Key.Equals(other.Request.Key);

    public override bool Equals(object? obj) => Equals(obj as Keyed<T>);

    public override int GetHashCode() => Request.Key.GetHashCode();

    /// <summary>What follows these states, marked as this key's.</summary>
    public Follower<KeyedState<T>> FollowedBy(Switch<KeyedState<T>> parent) => new Marking(parent, this);

    private sealed class Marking(Switch<KeyedState<T>> parent, Keyed<T> states) : Follower<KeyedState<T>>(parent), IObserver<QueryState<T>>
    {
        public void OnNext(QueryState<T> value) => Post(new(value, states.Request.Key, states.Request.Options));

        public void OnError(Exception error) => Fail(error);

        public void OnCompleted() => End();

        protected override IDisposable Subscribe() => states.Subscribe(this);
    }
}

/// <summary>
/// One observer's view of a query whose key changes: previous data and placeholders as the options of the present key want them, never two equal states in a row.
/// </summary>
/// <remarks><see cref="KeepPreviousData{T}"/> and <see cref="WithPlaceholder{T}"/> in one, because each key has options of its own: defaults are set by prefix.</remarks>
internal sealed class AcrossKeys<T>(IObservable<KeyedState<T>> source, Action<Exception, UnobservedErrorOrigin, QueryKey?> report) : IObservable<QueryState<T>>
{
    public IDisposable Subscribe(IObserver<QueryState<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer, report);
        subscription.Run(source);
        return subscription;
    }

    private sealed class Subscription(IObserver<QueryState<T>> observer, Action<Exception, UnobservedErrorOrigin, QueryKey?> report)
        : Sink<QueryState<T>>(observer), IObserver<KeyedState<T>>
    {
        private SingleAssignmentDisposableValue _upstream;
        private QueryState<T>? _last;
        private T? _previous;
        private bool _hasPrevious;
        private QueryKey? _loadingKey;
        private T? _standIn;
        private bool _hasStandIn;

        internal void Run(IObservable<KeyedState<T>> source) => SubscribeTo(source, this, ref _upstream);

        public void OnNext(KeyedState<T> value)
        {
            if (IsStopped) return;
            var next = Project(value);
            if (IsRepeated(next, value.Key) || IsStopped) return;
            _last = next;
            ForwardNext(next);
        }

        public void OnError(Exception error) => ForwardError(error);

        public void OnCompleted() => ForwardCompleted();

        protected override void Release()
        {
            _upstream.Dispose();
            _last = null;
            (_previous, _standIn) = (default, default);
        }

        private QueryState<T> Project(KeyedState<T> value)
        {
            var state = value.State;
            if (state is { HasData: true, IsPlaceholder: false }) (_previous, _hasPrevious) = (state.Data, true);
            if (state is { HasData: false, Status: QueryStatus.Idle }) (_previous, _hasPrevious) = (default, false);
            if (state is not { HasData: false, Status: QueryStatus.Loading } || value.Options is not { } options)
            {
                (_standIn, _hasStandIn, _loadingKey) = (default, false, null);
                return state;
            }

            if (options.KeepPreviousData && _hasPrevious) return state.WithPlaceholder(_previous!);
            if (options.PlaceholderData is { } placeholder && value.Key != _loadingKey) MakeStandIn(placeholder, value.Key);
            return _hasStandIn ? state.WithPlaceholder(_standIn!) : state;
        }

        private void MakeStandIn(Func<T> placeholder, QueryKey? key)
        {
            (_standIn, _hasStandIn, _loadingKey) = (default, false, key);
            try
            {
                (_standIn, _hasStandIn) = (placeholder(), true);
            }
            catch (Exception error)
            {
                report(error, UnobservedErrorOrigin.Callback, key);
            }
        }

        /// <summary>Data that is a value type brings its own equality; where that throws, the state counts as a new one.</summary>
        private bool IsRepeated(QueryState<T> next, QueryKey? key)
        {
            if (_last is null || (!typeof(T).IsValueType && !ReferenceEquals(next.Data, _last.Data))) return false; // The usual case: other data.
            try
            {
                return next.Equals(_last);
            }
            catch (Exception error)
            {
                report(error, UnobservedErrorOrigin.Comparer, key);
                return false;
            }
        }
    }
}
