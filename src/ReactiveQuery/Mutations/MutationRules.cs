namespace ReactiveQuery;

/// <summary>The options of a call merged with the client's: what actually holds, with no "not set" left. Made once for each mutation (W9 in <c>benchmarks/WORKLOADS.md</c>).</summary>
internal sealed class MutationRules<TArgs, T>
{
    public MutationRules(MutationOptions<TArgs, T> options, MutationDefaults defaults)
    {
        Options = options;
        Callbacks = options.Callbacks.Behind(defaults);
        NetworkMode = options.NetworkMode ?? defaults.NetworkMode ?? default;
        Retry = options.Retry ?? defaults.Retry ?? RetryPolicy.None;
        DueTime = options.Timeout ?? defaults.Timeout ?? Timeout.InfiniteTimeSpan;
        GcTime = options.GcTime ?? defaults.GcTime ?? QueryDefaults.GcTime;
        IsRetried = Retry is not { MaxRetries: 0, ShouldRetry: null };
        HasInvalidations = Array.Exists(options.Effects, static effect => effect.HasInvalidations);
    }

    public MutationOptions<TArgs, T> Options { get; }

    public MutationEffect<TArgs, T>[] Effects => Options.Effects;

    public MutationCallbacks<TArgs, T> Callbacks { get; }

    public NetworkMode NetworkMode { get; }

    public RetryPolicy Retry { get; }

    public TimeSpan DueTime { get; }

    public TimeSpan GcTime { get; }

    /// <summary>Whether no time limit stands between an attempt and the function.</summary>
    public bool IsAttemptedDirectly => DueTime.IsForever;

    /// <summary>Whether a failed attempt may be made again.</summary>
    public bool IsRetried { get; }

    public bool HasInvalidations { get; }
}
