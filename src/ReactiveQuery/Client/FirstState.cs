namespace ReactiveQuery;

/// <summary>What a new observer would be shown first, worked out without taking one in: nothing is mounted, fetched or written.</summary>
internal static class FirstState
{
    public static QueryState<T> Of<T>(QueryClient client, QueryRequest<T> request)
    {
        var options = request.Options;
        var now = client.Cache.Clock.Now;
        var state = client.Cache.TryGet<T>(request.Key)?.ReadBase(options) ?? QueryState<T>.Idle;
        if (!state.HasData && options.InitialData is { } initial && TryMake(client, request.Key, initial, out var data))
            state = QueryReducer.Reduce(state, new DataSet<T>(options.InitialDataUpdatedAt is { } at ? QueryClock.At(at, now) : now, data));
        if (state.FetchStatus == FetchStatus.Idle && Fetches(options, state, now.Elapsed))
            state = QueryReducer.Reduce(state, new FetchStarted(now, options.NetworkMode == NetworkMode.Online && client.Environment.IsKnownOffline));
        state = (state with { IsStale = Freshness.IsStale(state, options.StaleTime, now.Elapsed) }).Shown;
        return state is { HasData: false, Status: QueryStatus.Loading }
            && options.PlaceholderData is { } placeholder
            && TryMake(client, request.Key, placeholder, out var standIn)
            ? state.WithPlaceholder(standIn)
            : state;
    }

    /// <summary>Whether a mount would start a fetch, as far as it can be told without subscribing to <see cref="QueryOptions.EnabledWhen"/>.</summary>
    private static bool Fetches<T>(EffectiveOptions<T> options, QueryState<T> state, TimeSpan now) =>
        options is { Enabled: true, EnabledWhen: null }
        && (!state.HasData || (options.BackgroundRefetch && options.RefetchOnMount switch
        {
            RefetchPolicy.Always => true,
            RefetchPolicy.Never => false,
            _ => Freshness.IsDue(state, options.StaleTime, now),
        }));

    private static bool TryMake<T>(QueryClient client, QueryKey key, Func<T> make, out T made)
    {
        try
        {
            made = make();
            return true;
        }
        catch (Exception error)
        {
            client.Errors.Report(error, UnobservedErrorOrigin.Callback, key);
            made = default!;
            return false;
        }
    }
}
