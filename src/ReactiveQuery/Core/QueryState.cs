using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>An immutable snapshot of a query: what is known of it, what runs for it, its data and its error.</summary>
/// <typeparam name="T">The type of the query's data. A null value is data like any other.</typeparam>
/// <remarks>
/// <para>
/// Two snapshots are equal when their data and errors are the same references (value types: equal values) and all
/// statuses, flags and counts are equal. The two instants do not count: a state equal to the last one delivered is not
/// delivered again.
/// </para>
/// <para>Immutable, hence safe to read from any thread.</para>
/// </remarks>
public sealed partial record QueryState<T>
{
    /// <summary>The state of a query that was never asked, or is disabled: no data, no error, nothing running.</summary>
    public static QueryState<T> Idle { get; } = new();

    /// <summary>What follows <see cref="Idle"/> when a first fetch begins; one for all, for each query of many passes through it (W4 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    internal static QueryState<T> LoadingFromIdle { get; } = new() { Status = QueryStatus.Loading, FetchStatus = FetchStatus.Fetching, Before = Idle };

    // Two states are made by every fetch and one is kept by every query: they are packed (W4 and W8 in benchmarks/WORKLOADS.md).
    private readonly byte _status;
    private readonly byte _fetchStatus;
    private readonly byte _direction;
    private readonly StateFlags _flags;
    private readonly short _dataOffset;
    private readonly long _dataTicks;
    private readonly StateAside? _aside;

    internal QueryState()
    {
    }

    /// <remarks>By hand: most of these references are null, and the collector's barrier watches each that is stored, null or not (W9 in <c>benchmarks/WORKLOADS.md</c>).</remarks>
    private QueryState(QueryState<T> origin)
    {
        (_status, _fetchStatus, _direction, _flags) = (origin._status, origin._fetchStatus, origin._direction, origin._flags);
        (_dataOffset, _dataTicks, DataElapsed) = (origin._dataOffset, origin._dataTicks, origin.DataElapsed);
        Data = origin.Data;
        if (origin._aside is not null) _aside = origin._aside;
        if (origin.Fold is not null) Fold = origin.Fold;
    }

    private QueryState(
        StateAside? aside, FetchStatus fetchStatus, in QueryInstant instant, T data, StateFlags flags, QueryStatus status = QueryStatus.Success, PageDirection direction = PageDirection.None)
    {
        (_status, _fetchStatus, _direction, _flags) = ((byte)status, (byte)fetchStatus, (byte)direction, flags);
        (DataElapsed, _dataTicks, _dataOffset) = (instant.Elapsed, instant.WallTicks, instant.WallOffset);
        Data = data;
        if (aside is not null) _aside = aside;
    }

    /// <summary>What is known: idle, loading, success or error.</summary>
    public QueryStatus Status { get => (QueryStatus)_status; internal init => _status = (byte)value; }

    /// <summary>What runs: nothing, a fetch, a fetch that waits for the network, or a live stream.</summary>
    public FetchStatus FetchStatus { get => (FetchStatus)_fetchStatus; internal init => _fetchStatus = (byte)value; }

    /// <summary>
    /// The data last received, also beside an <see cref="Error"/>; <c>default</c> when <see cref="HasData"/> is false.
    /// </summary>
    public T? Data { get; internal init; }

    /// <summary>Whether <see cref="Data"/> holds a value: received, set, placeholder or previous. A null value counts.</summary>
    public bool HasData { get => Has(StateFlags.HasData); internal init => _flags = With(StateFlags.HasData, value); }

    /// <summary>The fetcher's own exception when <see cref="Status"/> is <see cref="QueryStatus.Error"/>, otherwise null.</summary>
    public Exception? Error { get => _aside?.Error; internal init => Put(ref _aside, StateAside.WithError(_aside, value)); }

    /// <summary>The wall-clock instant at which the data arrived or was set; null without received data. For display only.</summary>
    public DateTimeOffset? DataUpdatedAt
    {
        get => PackedInstant.Unpack(_dataTicks, _dataOffset);
        internal init => (_dataTicks, _dataOffset) = (PackedInstant.TicksOf(value), PackedInstant.OffsetOf(value));
    }

    /// <summary>The wall-clock instant of the last failed fetch; null when none has failed. For display only.</summary>
    public DateTimeOffset? ErrorUpdatedAt
    {
        get => _aside?.ErrorUpdatedAt;
        internal init => Put(ref _aside, StateAside.WithErrorUpdatedAt(_aside, value));
    }

    /// <summary>How many attempts of the present (or last) fetch have failed so far; 0 after a success.</summary>
    public int FailureCount { get => _aside?.FailureCount ?? 0; internal init => Put(ref _aside, StateAside.WithFailureCount(_aside, value)); }

    /// <summary>The exception of the last failed attempt while the fetch goes on, or of the failed fetch; otherwise null.</summary>
    public Exception? FailureReason { get => _aside?.FailureReason; internal init => Put(ref _aside, StateAside.WithFailureReason(_aside, value)); }

    /// <summary>
    /// Whether the data was older than the observer's stale time, or invalidated, when this state was emitted. False
    /// without data, for placeholders, and while a live query streams.
    /// </summary>
    public bool IsStale { get => Has(StateFlags.Stale); internal init => _flags = With(StateFlags.Stale, value); }

    /// <summary>Whether <see cref="Data"/> is a stand-in (placeholder or the previous key's data) that the cache does not hold.</summary>
    public bool IsPlaceholder { get => Has(StateFlags.Placeholder); internal init => _flags = With(StateFlags.Placeholder, value); }

    /// <summary>Whether at least one optimistic patch awaits its confirmation; <see cref="Data"/>, where there is some, shows it.</summary>
    public bool IsOptimistic { get => Has(StateFlags.Optimistic); internal init => _flags = With(StateFlags.Optimistic, value); }

    /// <summary>What went wrong, and <see cref="Before"/>; null for nothing of it.</summary>
    internal StateAside? Aside => _aside;

    /// <summary>Which page the running fetch is for; none for a fetch of the whole data.</summary>
    internal PageDirection Direction { get => (PageDirection)_direction; init => _direction = (byte)value; }

    /// <summary>The monotonic instant at which the data arrived; meaningless without received data.</summary>
    internal TimeSpan DataElapsed { get; init; }

    /// <summary><see cref="DataElapsed"/> and <see cref="DataUpdatedAt"/>, as they are kept.</summary>
    internal QueryInstant DataInstant
    {
        get => new(DataElapsed, _dataTicks, _dataOffset);
        init => (DataElapsed, _dataTicks, _dataOffset) = (value.Elapsed, value.WallTicks, value.WallOffset);
    }

    /// <summary>Whether the data was invalidated, so that no stale time makes it fresh.</summary>
    internal bool IsInvalidated { get => Has(StateFlags.Invalidated); init => _flags = With(StateFlags.Invalidated, value); }

    /// <summary>What a silent cancel of the running fetch returns to; null when no fetch runs, or when this state without the fetch is just that.</summary>
    internal QueryState<T>? Before { get => (QueryState<T>?)_aside?.Before; init => Put(ref _aside, StateAside.WithBefore(_aside, value)); }

    /// <summary>
    /// In an entry: what the pending patches make of <see cref="Data"/>, which is then the base; null without patches or data. A state that is shown
    /// carries the folded data itself.
    /// </summary>
    internal OptimisticFold<T>? Fold { get; init; }

    /// <summary>The state as it is shown: with the pending patches folded in. Runs user code.</summary>
    internal QueryState<T> Shown => Fold?.Show(this) ?? this;

    /// <summary>Data that came. Of this state nothing is left but when it last failed, so that none of it is copied (W13 in <c>benchmarks/WORKLOADS.md</c>).</summary>
    /// <summary>The state in which a fetch has begun behind data, with nothing beside that data.</summary>
    internal QueryState<T> Begun(FetchStatus fetchStatus, PageDirection direction, bool isInvalidated)
    {
        var begun = new QueryState<T>(null, fetchStatus, DataInstant, Data!, isInvalidated ? _flags | StateFlags.Invalidated | StateFlags.Stale : _flags, Status, direction);
        return Fold is null ? begun : begun with { Fold = Fold };
    }

    internal QueryState<T> Received(T data, in QueryInstant instant, FetchStatus fetchStatus, bool isInvalidated, bool isStale) =>
        new(_aside?.Past, fetchStatus, instant, data, StateFlags.HasData | (isInvalidated ? StateFlags.Invalidated : 0) | (isStale ? StateFlags.Stale : 0));

    /// <summary>Yields the data when there is some.</summary>
    /// <param name="data">The data, or <c>default</c>.</param>
    /// <returns>The value of <see cref="HasData"/>.</returns>
    public bool TryGetData([MaybeNullWhen(false)] out T data)
    {
        data = Data!;
        return HasData;
    }

    /// <summary>Turns the state into one value by its <see cref="Status"/>.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="idle">Called for <see cref="QueryStatus.Idle"/>.</param>
    /// <param name="loading">Called for <see cref="QueryStatus.Loading"/>.</param>
    /// <param name="success">Called with the data for <see cref="QueryStatus.Success"/>, placeholders included.</param>
    /// <param name="error">Called with the error for <see cref="QueryStatus.Error"/>, whether old data was kept or not.</param>
    /// <returns>What the called function returned.</returns>
    /// <exception cref="ArgumentNullException">One of the functions is null.</exception>
    public TResult Match<TResult>(Func<TResult> idle, Func<TResult> loading, Func<T, TResult> success, Func<Exception, TResult> error)
    {
        ArgumentNullException.ThrowIfNull(idle);
        ArgumentNullException.ThrowIfNull(loading);
        ArgumentNullException.ThrowIfNull(success);
        ArgumentNullException.ThrowIfNull(error);
        return Status switch
        {
            QueryStatus.Idle => idle(),
            QueryStatus.Loading => loading(),
            QueryStatus.Success => success(Data!),
            _ => error(Error!),
        };
    }

    /// <summary>The same state with other data: every status, flag, count and instant is kept.</summary>
    /// <typeparam name="TResult">The type of the projected data.</typeparam>
    /// <param name="selector">Called once with the data when there is some; what it throws is thrown to the caller.</param>
    /// <returns>A new state. To project a whole stream, memoised and with errors as states, use <c>SelectData</c>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public QueryState<TResult> Select<TResult>(Func<T, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return WithData(HasData ? selector(Data!) : default);
    }

    /// <summary>The same state around data of another type.</summary>
    internal QueryState<TResult> WithData<TResult>(TResult? data) => new()
    {
        Status = Status,
        FetchStatus = FetchStatus,
        Data = data,
        HasData = HasData,
        Error = Error,
        DataUpdatedAt = DataUpdatedAt,
        ErrorUpdatedAt = ErrorUpdatedAt,
        FailureCount = FailureCount,
        FailureReason = FailureReason,
        IsStale = IsStale,
        IsPlaceholder = IsPlaceholder,
        IsOptimistic = IsOptimistic,
        Direction = Direction,
        DataElapsed = DataElapsed,
        IsInvalidated = IsInvalidated,
    };

    /// <summary>The state as a stand-in shows it while the first fetch runs: success, placeholder, still fetching.</summary>
    internal QueryState<T> WithPlaceholder(T data) =>
        this with { Status = QueryStatus.Success, Data = data, HasData = true, IsPlaceholder = true, IsStale = false };

    /// <summary>Whether two snapshots show the same; see the remarks of the type.</summary>
    /// <param name="other">The state to compare with, or null.</param>
    /// <returns>True when a subscriber could not tell the two apart but for their instants.</returns>
    public bool Equals(QueryState<T>? other) =>
        ReferenceEquals(this, other) || (other is not null && IsSameBut(other) && IsSameData(Data, other.Data));

    /// <summary>Whether two snapshots, of data of whatever type, show the same but for their data.</summary>
    internal bool IsSameBut<TOther>(QueryState<TOther> other) =>
        _status == other._status
        && _fetchStatus == other._fetchStatus
        && _direction == other._direction
        && ((_flags ^ other._flags) & ~StateFlags.Invalidated) == 0
        && (ReferenceEquals(_aside, other.Aside)
            || (FailureCount == other.FailureCount && ReferenceEquals(Error, other.Error) && ReferenceEquals(FailureReason, other.FailureReason)));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        Status, FetchStatus, HasData, FailureCount, IsStale, IsPlaceholder,
        typeof(T).IsValueType ? EqualityComparer<T?>.Default.GetHashCode(Data!) : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Data),
        System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Error));

    private static void Put(ref StateAside? place, StateAside? aside)
    {
        if (place != (object?)aside)
            place = aside;
    }

    private bool Has(StateFlags flag) => (_flags & flag) != 0;

    private StateFlags With(StateFlags flag, bool isSet) => isSet ? _flags | flag : _flags & ~flag;

    /// <summary>Whether it has data that is valid and that no patch lies over, and nothing runs; a fetch may have failed since.</summary>
    internal bool IsPlainData => _flags == StateFlags.HasData && _fetchStatus == (byte)FetchStatus.Idle && Fold is null;

    /// <summary>Whether no patch lies over it.</summary>
    internal bool IsBare => Fold is null && !IsOptimistic;

    /// <summary>Whether everybody can tell the two apart, whatever the type's own equality (new data, or a fetch that begins or ends), and no patch lies over either.</summary>
    internal bool IsVisiblyOtherThan(QueryState<T> other) =>
        Fold is null && other.Fold is null && ((!typeof(T).IsValueType && !ReferenceEquals(Data, other.Data)) || FetchStatus != other.FetchStatus);

    internal static bool IsSameData(T? left, T? right) =>
        typeof(T).IsValueType ? EqualityComparer<T?>.Default.Equals(left, right) : ReferenceEquals(left, right);

    /// <summary>A short text for logs and failed tests, such as <c>Success+Fetching(42, stale)</c>.</summary>
    /// <returns>The two statuses, then data, error, failures, the last of them unless it is the error, and flags, where there are any.</returns>
    public override string ToString()
    {
        List<string> parts = [];
        if (HasData) parts.Add(Data?.ToString() ?? "null");
        if (Error is not null) parts.Add($"error: {Error.Message}");
        if (FailureCount > 0) parts.Add($"failures: {FailureCount}");
        if (FailureReason is not null && !ReferenceEquals(FailureReason, Error)) parts.Add($"last failure: {FailureReason.Message}");
        if (IsStale) parts.Add("stale");
        if (IsPlaceholder) parts.Add("placeholder");
        if (IsOptimistic) parts.Add("optimistic");
        return parts.Count == 0 ? $"{Status}+{FetchStatus}" : $"{Status}+{FetchStatus}({string.Join(", ", parts)})";
    }
}

/// <summary>The flags of a state, packed.</summary>
[Flags]
internal enum StateFlags : byte
{
    None = 0,
    HasData = 1,
    Stale = 2,
    Placeholder = 4,
    Optimistic = 8,

    /// <summary>Nothing that is seen by itself: two states that differ in it alone are equal.</summary>
    Invalidated = 16,
}
