using System.Collections;
using System.Reactive;
using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>The seed values of every option, used where no level sets one.</summary>
internal static class QueryDefaults
{
    public static readonly TimeSpan StaleTime = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan CacheTtl = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan GcTime = TimeSpan.FromMinutes(5);
}

/// <summary>All levels merged once: what actually holds, with no "not set" left. Not decided again where an option is read.</summary>
internal sealed class EffectiveOptions<T>
{
    private readonly bool _mayBeContainer; // To ask each value takes long, and for most types it can be told beforehand.
    private readonly EqualityComparer<T>? _plainEquality; // Of data that is shared by the default rules. To find it by its type takes longer than to compare (W13 in benchmarks/WORKLOADS.md).

    private EffectiveOptions(string name, QueryClientOptions client, ReadOnlySpan<QueryOptions> far, QueryOptions<T> own, WhenUnobserved whenUnobserved)
    {
        // From the farthest level to the nearest, each taking what it sets.
        TimeSpan? cacheTtl = null;
        WhenUnobserved = whenUnobserved;
        foreach (var level in far)
            Take(level, ref cacheTtl);
        Take(own, ref cacheTtl);

        CacheTtl = Freshness.Longer(cacheTtl ?? QueryDefaults.CacheTtl, StaleTime);
        InitialData = own.InitialData;
        InitialDataUpdatedAt = own.InitialDataUpdatedAt;
        PlaceholderData = own.PlaceholderData;
        RefetchIntervalFrom = own.RefetchIntervalFrom;
        FetchNextPageOn = own.FetchNextPageOn;
        FetchPreviousPageOn = own.FetchPreviousPageOn;
        DataComparer = own.DataComparer;
        ShareData = own.ShareData;
        if (!typeof(T).IsValueType && StructuralSharing && ShareData is null && DataComparer is null)
            _plainEquality = EqualityComparer<T>.Default;
        _mayBeContainer = !typeof(T).IsSealed || typeof(IEnumerable).IsAssignableFrom(typeof(T));
        OnSuccess = own.OnSuccess;
        OnError = own.OnError;
        HasTriggers = EnabledWhen is not null || RefetchOn is not null || FetchNextPageOn is not null || FetchPreviousPageOn is not null;
        HasHooks = OnSuccess is not null || OnError is not null || client.OnSuccess is not null || client.OnError is not null;
        IsFetchedPlainly =
            FetchScheduler is null && Timeout.IsForever && client.CompletionBoundary is null && (NetworkMode == NetworkMode.Always || client.Online is null);
        HasInterval = RefetchInterval is not null || RefetchIntervalFrom is not null;
        Remembered = new(name, StaleTime, CacheTtl, GcTime, CacheEnabled, OptimisticUpdates == false);
    }

    /// <summary>What an entry remembers of them; equal ones are, but for rare cases, one object.</summary>
    public RememberedOptions Remembered { get; }

    public TimeSpan StaleTime { get; private set; } = QueryDefaults.StaleTime;
    public TimeSpan CacheTtl { get; }
    public TimeSpan GcTime { get; private set; } = QueryDefaults.GcTime;
    public bool Enabled { get; private set; } = true;
    public IObservable<bool>? EnabledWhen { get; private set; }
    public RefetchPolicy RefetchOnMount { get; private set; }
    public RefetchPolicy RefetchOnFocus { get; private set; }
    public RefetchPolicy RefetchOnReconnect { get; private set; }
    public TimeSpan? RefetchInterval { get; private set; }
    public bool RefetchIntervalInBackground { get; private set; }
    public IObservable<Unit>? RefetchOn { get; private set; }
    public bool BackgroundRefetch { get; private set; } = true;
    public bool KeepPreviousData { get; private set; }
    public IScheduler? DispatchOn { get; private set; }
    public DispatchMode DispatchMode { get; private set; }
    public RetryPolicy Retry { get; private set; } = RetryPolicy.Default;
    public NetworkMode NetworkMode { get; private set; }
    public TimeSpan Timeout { get; private set; } = System.Threading.Timeout.InfiniteTimeSpan;
    public bool StructuralSharing { get; private set; } = true;
    public bool CacheEnabled { get; private set; } = true;
    public WhenUnobserved WhenUnobserved { get; private set; }
    public TimeSpan CancelDelay { get; private set; }
    public bool DedupeRequests { get; private set; } = true;
    public bool? OptimisticUpdates { get; private set; }
    public IScheduler? FetchScheduler { get; private set; }
    public object? Meta { get; private set; }

    public Func<T>? InitialData { get; }
    public DateTimeOffset? InitialDataUpdatedAt { get; }
    public Func<T>? PlaceholderData { get; }
    public Func<QueryState<T>, TimeSpan?>? RefetchIntervalFrom { get; }
    public IObservable<Unit>? FetchNextPageOn { get; }
    public IObservable<Unit>? FetchPreviousPageOn { get; }
    public IEqualityComparer<T>? DataComparer { get; }
    public Func<T, T, T>? ShareData { get; }
    public Action<T, QueryContext>? OnSuccess { get; }
    public Action<Exception, QueryContext>? OnError { get; }

    public bool HasTriggers { get; }

    public bool HasInterval { get; }

    /// <summary>Whether anybody is to be told how a fetch ended.</summary>
    public bool HasHooks { get; }

    /// <summary>Whether an attempt of a fetch is the call of the fetcher and nothing else: no timeout, no scheduler, no boundary, no network to wait for.</summary>
    public bool IsFetchedPlainly { get; }

    /// <summary>Merges the levels of options for a definition of this name, given from the farthest (client, then prefixes) to the nearest (definition or observer).</summary>
    public static EffectiveOptions<T> Merge(
        string name, QueryClientOptions client, ReadOnlySpan<QueryOptions> far, QueryOptions<T> own, WhenUnobserved whenUnobserved) =>
        new(name, client, far, own, whenUnobserved);

    /// <summary>The new value with what these options have it keep of the old one. What user code throws reaches the caller.</summary>
    /// <remarks>
    /// The rule is that of <see cref="ReactiveQuery.StructuralSharing"/>. What it comes to for data that is no container is done here, by the comparer at hand: called from code that all
    /// types share, a generic method and its comparer are looked up each time (W13 in <c>benchmarks/WORKLOADS.md</c>).
    /// </remarks>
    public T Share(T old, T value)
    {
        if (!StructuralSharing) return value;
        if (_plainEquality is not { } equality || ReferenceEquals(old, value) || old is null || value is null || (_mayBeContainer && value is IEnumerable))
            return ReactiveQuery.StructuralSharing.Share(old, value, ShareData, DataComparer);
        return equality.Equals(old, value) ? old : value;
    }

    private void Take(QueryOptions level, ref TimeSpan? cacheTtl)
    {
        StaleTime = level.StaleTime ?? StaleTime;
        cacheTtl = level.CacheTtl ?? cacheTtl;
        GcTime = level.GcTime ?? GcTime;
        Enabled = level.Enabled ?? Enabled;
        EnabledWhen = level.EnabledWhen ?? EnabledWhen;
        RefetchOnMount = level.RefetchOnMount ?? RefetchOnMount;
        RefetchOnFocus = level.RefetchOnFocus ?? RefetchOnFocus;
        RefetchOnReconnect = level.RefetchOnReconnect ?? RefetchOnReconnect;
        RefetchInterval = level.RefetchInterval is { } interval ? Freshness.IsInfinite(interval) ? null : interval : RefetchInterval;
        RefetchIntervalInBackground = level.RefetchIntervalInBackground ?? RefetchIntervalInBackground;
        RefetchOn = level.RefetchOn ?? RefetchOn;
        BackgroundRefetch = level.BackgroundRefetch ?? BackgroundRefetch;
        KeepPreviousData = level.KeepPreviousData ?? KeepPreviousData;
        DispatchOn = level.DispatchOn ?? DispatchOn;
        DispatchMode = level.DispatchMode ?? DispatchMode;
        Retry = level.Retry ?? Retry;
        NetworkMode = level.NetworkMode ?? NetworkMode;
        Timeout = level.Timeout ?? Timeout;
        StructuralSharing = level.StructuralSharing ?? StructuralSharing;
        CacheEnabled = level.CacheEnabled ?? CacheEnabled;
        WhenUnobserved = level.WhenUnobserved ?? WhenUnobserved;
        CancelDelay = level.CancelDelay ?? CancelDelay;
        DedupeRequests = level.DedupeRequests ?? DedupeRequests;
        OptimisticUpdates = level.OptimisticUpdates ?? OptimisticUpdates;
        FetchScheduler = level.FetchScheduler ?? FetchScheduler;
        Meta = level.Meta ?? Meta;
    }
}
