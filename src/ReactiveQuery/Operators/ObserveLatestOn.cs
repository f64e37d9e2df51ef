using System.Reactive.Concurrency;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Passes the values of <paramref name="source"/> on by way of <paramref name="scheduler"/>, and drops what the scheduler was too slow for: when its turn
    /// comes it gets the latest value, however many there were. Rx's <c>ObserveOn</c> would queue them all.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The stream to observe; subscribed to on the thread that subscribes.</param>
    /// <param name="scheduler">Where the observer is called, typically that of the user interface. Holds one pending work item of this stream at the most.</param>
    /// <returns>A stream as hot or cold as <paramref name="source"/>. Its last value always arrives, then the error or completion.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term>a value while none is pending</term><description>a work item is scheduled</description></item>
    /// <item><term>a value while one is pending</term><description>takes its place</description></item>
    /// <item><term>a value while the observer is busy with one</term><description>is delivered by a new work item, so that the scheduler gets to other work in between</description></item>
    /// <item><term>error or completion</term><description>is delivered after the pending value, in the same work item</description></item>
    /// <item><term>disposal</term><description>the pending value is not delivered</description></item>
    /// <item><term>the scheduler throws when given work (a dispatcher that has shut down)</term><description>nothing is delivered any more and <paramref name="source"/> is disposed;
    /// the exception does not reach whoever emitted</description></item>
    /// </list>
    /// <para>Deliveries are serialized even where the scheduler uses several threads. Long-running work of a scheduler is not used: no thread per stream.</para>
    /// </remarks>
    public static IObservable<T> ObserveLatestOn<T>(this IObservable<T> source, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        return new Crossing<T>(source, scheduler, DispatchMode.LatestState);
    }
}
