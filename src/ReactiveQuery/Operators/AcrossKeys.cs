namespace ReactiveQuery;

/// <summary>The states of one key. Cold; equal to any other of the same key.</summary>
internal class Keyed<T>(QueryClient client, QueryRequest<T> request) : QuerySource<T>(client, request), IEquatable<Keyed<T>>
{
    public bool Equals(Keyed<T>? other) => other is not null && Request.Key.Equals(other.Request.Key);

    public override bool Equals(object? obj) => Equals(obj as Keyed<T>);

    public override int GetHashCode() => Request.Key.GetHashCode();
}

/// <summary>A switch's place in the entry of the key that it follows: what is committed there goes to the switch without an observer in between (W11b in <c>benchmarks/WORKLOADS.md</c>).</summary>
/// <remarks>A key that is left in its own first state is not fetched any more, for it is dismounted before the fetch begins; any other observer has nothing to dispose of by then.</remarks>
internal sealed class KeyedMount<T>(Switch<QueryState<T>> parent, Keyed<T> states) : Mount<T>(states.Request, observer: null), IFollower<QueryState<T>>
{
    private bool _isMounted;
    private int _isLeft;

    /// <summary>What it asked, also when it has let go of it.</summary>
    public QueryRequest<T> Asked => states.Request;

    public void Begin()
    {
        var mounted = states.Subscribe(this);
        if (Volatile.Read(ref _isLeft) != 0) mounted.Dispose(); // Perhaps for the second time.
    }

    public void Leave()
    {
        Interlocked.Exchange(ref _isLeft, 1); // With a fence: either this finds that it is mounted, or Begin that it was left.
        if (Volatile.Read(ref _isMounted)) Dispose();
    }

    public override void Complete() => parent.EndOf(this);

    protected override void Show(QueryState<T> state, QueryState<T>? last)
    {
        if (!_isMounted) Volatile.Write(ref _isMounted, true);
        parent.Post(this, state);
    }
}

/// <summary>
/// One observer's view of a query whose key changes: previous data and placeholders as the options of the present key want them, never two equal states in a row.
/// </summary>
/// <remarks>
/// <see cref="KeepPreviousData{T}"/> and <see cref="WithPlaceholder{T}"/> in one, because each key has options of its own: defaults are set by prefix. Not an operator behind
/// the switch, which would be one more observer for every state (W11b in <c>benchmarks/WORKLOADS.md</c>).
/// </remarks>
internal sealed class AcrossKeys<T>(Action<Exception, UnobservedErrorOrigin, QueryKey?> report) : SwitchView<QueryState<T>>
{
    private QueryState<T>? _last;
    private T? _previous;
    private bool _hasPrevious;
    private QueryKey? _loadingKey;
    private T? _standIn;
    private bool _hasStandIn;

    public override bool Changes(IFollower<QueryState<T>> from, ref QueryState<T> value)
    {
        if (value is { HasData: true, IsPlaceholder: false }) (_previous, _hasPrevious) = (value.Data, true);
        if (value is { HasData: false, Status: QueryStatus.Idle }) (_previous, _hasPrevious) = (default, false);
        if (value is { HasData: false, Status: QueryStatus.Loading } && RequestOf(from) is { } request)
            value = StandIn(value, request);
        else if (_loadingKey is not null)
            (_standIn, _hasStandIn, _loadingKey) = (default, false, null);
        return !IsRepeated(value, from);
    }

    public override void Remember(QueryState<T> shown) => _last = shown;

    public override void Forget() => (_last, _previous, _standIn, _loadingKey) = (null, default, default, null);

    /// <summary>By whose options it is to be shown; null for what belongs to no key.</summary>
    private static QueryRequest<T>? RequestOf(IFollower<QueryState<T>> from) => (from as KeyedMount<T>)?.Asked;

    private QueryState<T> StandIn(QueryState<T> loading, QueryRequest<T> request)
    {
        if (request.Options.KeepPreviousData && _hasPrevious) return loading.WithPlaceholder(_previous!);
        if (request.Options.PlaceholderData is { } placeholder && request.Key != _loadingKey) MakeStandIn(placeholder, request.Key);
        return _hasStandIn ? loading.WithPlaceholder(_standIn!) : loading;
    }

    private void MakeStandIn(Func<T> placeholder, QueryKey key)
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
    private bool IsRepeated(QueryState<T> next, IFollower<QueryState<T>> from)
    {
        if (_last is null || (!typeof(T).IsValueType && !ReferenceEquals(next.Data, _last.Data))) return false; // The usual case: other data.
        try
        {
            return next.Equals(_last);
        }
        catch (Exception error)
        {
            report(error, UnobservedErrorOrigin.Comparer, RequestOf(from)?.Key);
            return false;
        }
    }
}
