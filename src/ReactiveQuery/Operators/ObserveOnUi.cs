namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Passes the values of <paramref name="source"/> on at <paramref name="boundary"/>. To a subscriber who is there already the first value comes before
    /// <c>Subscribe</c> returns, so that a view shows cached data in its first frame; Rx's <c>ObserveOn</c> would post it.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The stream to observe; subscribed to on the thread that subscribes.</param>
    /// <param name="boundary">Where the observer is called, typically the thread of the user interface; see <see cref="UiBoundary"/>.</param>
    /// <param name="mode">
    /// <see cref="DispatchMode.EveryState"/> (the default) passes every value on; <see cref="DispatchMode.LatestState"/> drops what the boundary was too slow
    /// for, as <see cref="ObserveLatestOn{T}"/> does.
    /// </param>
    /// <returns>A stream as hot or cold as <paramref name="source"/>. Completion comes after the last value.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="boundary"/> is <see langword="null"/>; thrown at the call.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mode"/> is none of <see cref="DispatchMode"/>; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term>the first value, during <c>Subscribe</c>, on the boundary</term><description>is delivered at once, by the subscriber's call</description></item>
    /// <item><term>any other value</term><description>is posted; one work item at a time, so that the boundary gets to other work in between</description></item>
    /// <item><term>a value while one is pending, with <see cref="DispatchMode.LatestState"/></term><description>takes its place</description></item>
    /// <item><term>completion</term><description>is delivered after the pending values, in the work item of the last</description></item>
    /// <item><term>an error</term><description>takes the place of the pending values, as with <c>ObserveOn</c>; with <see cref="DispatchMode.LatestState"/> it comes after
    /// the one pending value</description></item>
    /// <item><term>disposal</term><description>pending values are not delivered</description></item>
    /// <item><term>the boundary's scheduler throws when given work (a dispatcher that has shut down)</term><description>nothing is delivered any more and
    /// <paramref name="source"/> is disposed; the exception does not reach whoever emitted</description></item>
    /// </list>
    /// <para>Deliveries come in order and never overlap, even where the observer runs a message loop of its own or the scheduler uses several threads.</para>
    /// </remarks>
    public static IObservable<T> ObserveOnUi<T>(this IObservable<T> source, IUiBoundary boundary, DispatchMode mode = DispatchMode.EveryState)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(boundary);
        if (!Enum.IsDefined(mode))
            throw new ArgumentOutOfRangeException(nameof(mode), mode, $"{nameof(mode)} must be one of {string.Join(", ", Enum.GetNames<DispatchMode>())}.");
        return new Crossing<T>(source, boundary.Scheduler, mode, boundary);
    }
}
