namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// While a new key loads, shows the last data of this stream in its place, so that a list does not flash empty between two pages.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="source">The states of a query whose key changes over time.</param>
    /// <returns>A stream as hot or cold as <paramref name="source"/>. A loading state without data becomes <see cref="QueryStatus.Success"/> with the previous data and
    /// <see cref="QueryState{T}.IsPlaceholder"/>, still fetching or paused; all others are passed on. A state equal to the last one delivered is not delivered again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>state of the source</term><description>behaviour</description></listheader>
    /// <item><term>with data of its own</term><description>passed on; this data is the previous data from now on, unless it is a placeholder</description></item>
    /// <item><term>loading without data</term><description>shown with the previous data, if there is any</description></item>
    /// <item><term>error without data</term><description>passed on; the previous data is shown again by the next loading state</description></item>
    /// <item><term>idle without data (disabled, cleared, reset)</term><description>passed on; the previous data is forgotten, so that what was cleared cannot come back</description></item>
    /// </list>
    /// <para>Each subscription remembers data of its own. The rule is the query caches' <c>placeholderData: keepPreviousData</c>.</para>
    /// </remarks>
    public static IObservable<QueryState<T>> KeepPreviousData<T>(this IObservable<QueryState<T>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new KeepPreviousData<T>(source);
    }
}

internal sealed class KeepPreviousData<T>(IObservable<QueryState<T>> source) : IObservable<QueryState<T>>
{
    public IDisposable Subscribe(IObserver<QueryState<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Subscription(observer).Run(source);
    }

    private sealed class Subscription(IObserver<QueryState<T>> observer) : StateSink<T, T>(observer)
    {
        private T? _previous;
        private bool _hasPrevious;

        protected override QueryState<T> Project(QueryState<T> state)
        {
            if (state is { HasData: false, Status: QueryStatus.Loading } && _hasPrevious) return state.WithPlaceholder(_previous!);
            if (state is { HasData: true, IsPlaceholder: false }) (_previous, _hasPrevious) = (state.Data, true);
            if (state is { HasData: false, Status: QueryStatus.Idle }) (_previous, _hasPrevious) = (default, false);
            return state;
        }
    }
}
