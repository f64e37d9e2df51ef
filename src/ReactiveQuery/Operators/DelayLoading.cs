using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>
    /// Shows loading only when it takes a while, and then long enough to be seen: no spinner flashes up for a fast answer, and none vanishes the moment it has come.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="source">The states of a query, or of several as one.</param>
    /// <param name="delay">How long a load may take unseen; zero or more. Until then the last state stays, and if there was none, nothing is shown.</param>
    /// <param name="minimum">How long loading stays once it is shown; zero or more. What comes meanwhile is held back, the latest of it is shown at the end.</param>
    /// <param name="scheduler">Measures both, typically the client's. Holds one timer at the most, and none while nothing loads.</param>
    /// <returns>
    /// A stream as hot or cold as <paramref name="source"/>. States come on the thread of the source or the scheduler, one after the other, outside every lock, never two equal ones in a row.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="scheduler"/> is <see langword="null"/>; thrown at the call.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is negative; thrown at the call.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>behaviour</description></listheader>
    /// <item><term>a loading state without data, paused ones too</term><description>is held back for <paramref name="delay"/>; later loading states take its place and do not prolong it</description></item>
    /// <item><term>any other state in that time</term><description>is shown at once, loading never</description></item>
    /// <item><term>any other state within <paramref name="minimum"/> of a loading state that is shown</term><description>is held back to its end</description></item>
    /// <item><term>a loading state while loading is shown</term><description>is shown at once (its failure count may have changed), unless another state is held back</description></item>
    /// <item><term>a refetch behind data</term><description>is no loading: shown at once</description></item>
    /// <item><term>completion</term><description>what is held back is shown, then the stream completes</description></item>
    /// <item><term>an error</term><description>is passed on at once</description></item>
    /// </list>
    /// <para>When another key begins to load, its predecessor's data stays for <paramref name="delay"/>; put <c>KeepPreviousData</c> before this operator to have it marked.</para>
    /// </remarks>
    public static IObservable<QueryState<T>> DelayLoading<T>(this IObservable<QueryState<T>> source, TimeSpan delay, TimeSpan minimum, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimum, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(scheduler);
        return new DelayLoading<T>(source, delay, minimum, scheduler);
    }
}

internal sealed class DelayLoading<T>(IObservable<QueryState<T>> source, TimeSpan delay, TimeSpan minimum, IScheduler scheduler) : IObservable<QueryState<T>>
{
    public IDisposable Subscribe(IObserver<QueryState<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(delay, minimum, scheduler);
        subscription.Run(source, observer);
        return subscription;
    }

    private enum Phase
    {
        /// <summary>What is shown is not loading, or nothing is shown yet.</summary>
        Open,

        /// <summary>A loading state is held back; the timer ends the delay.</summary>
        Waiting,

        /// <summary>Loading is shown and must stay; the timer ends the minimum.</summary>
        Shown,

        /// <summary>Loading is shown and may go.</summary>
        MayGo,
    }

    /// <remarks>Decided under the lock, delivered outside it by the subject: source and timer may come from two threads at once.</remarks>
    private sealed class Subscription(TimeSpan delay, TimeSpan minimum, IScheduler scheduler) : IObserver<QueryState<T>>, IDisposable
    {
        private readonly object _gate = new();
        private readonly LatestSubject<QueryState<T>> _output = new();
        private readonly SerialDisposable _timer = new();
        private readonly CompositeDisposable _ends = [];
        private Phase _phase;
        private QueryState<T>? _held;
        private int _armed;

        internal void Run(IObservable<QueryState<T>> source, IObserver<QueryState<T>> observer)
        {
            _ends.Add(_timer);
            _ends.Add(new Distinct(observer).Run(_output));
            try
            {
                _ends.Add(source.Subscribe(this));
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public void OnNext(QueryState<T> value)
        {
            TimeSpan? wait;
            int number;
            lock (_gate)
            {
                wait = Take_NeedsLock(value);
                number = wait is null ? _armed : ++_armed;
            }

            Continue(wait, number);
        }

        public void OnError(Exception error) => _output.End(error);

        public void OnCompleted()
        {
            lock (_gate)
            {
                _armed++;
                if (_held is not null) _output.Post(_held);
                _held = null;
            }

            _timer.Dispose();
            _output.End();
        }

        public void Dispose() => _ends.Dispose();

        /// <summary>What becomes of a state; gives the time to wait if a wait begins.</summary>
        private TimeSpan? Take_NeedsLock(QueryState<T> state)
        {
            switch (_phase)
            {
                case Phase.Open when IsLoading(state) && delay > TimeSpan.Zero:
                    (_held, _phase) = (state, Phase.Waiting);
                    return delay;
                case Phase.Open when IsLoading(state):
                    return Show_NeedsLock(state);
                case Phase.Waiting when IsLoading(state):
                case Phase.Shown when _held is not null || !IsLoading(state):
                    _held = state;
                    return null;
                case Phase.Waiting:
                    _armed++;
                    _held = null;
                    break;
            }

            if (!IsLoading(state)) _phase = Phase.Open;
            _output.Post(state);
            return null;
        }

        private TimeSpan? Show_NeedsLock(QueryState<T> state)
        {
            _output.Post(state);
            _phase = minimum > TimeSpan.Zero ? Phase.Shown : Phase.MayGo;
            return minimum > TimeSpan.Zero ? minimum : null;
        }

        private void Ring(int number)
        {
            TimeSpan? wait = null;
            lock (_gate)
            {
                if (number != _armed) return;
                var held = _held;
                _held = null;
                if (_phase == Phase.Waiting)
                {
                    wait = Show_NeedsLock(held!);
                }
                else
                {
                    _phase = held is null || IsLoading(held) ? Phase.MayGo : Phase.Open;
                    if (held is not null) _output.Post(held);
                }

                number = ++_armed;
            }

            Continue(wait, number);
        }

        private void Continue(TimeSpan? wait, int number)
        {
            if (wait is { } time)
            {
                var slot = new SingleAssignmentDisposable();
                _timer.Disposable = slot; // Taken before the timer is set: one that rings at once must not be overwritten by its forerunner.
                slot.Disposable = scheduler.ScheduleLong((Subscription: this, number), time, static due => due.Subscription.Ring(due.number));
            }
            else if (!IsTimerNeeded())
            {
                _timer.Disposable = Disposable.Empty;
            }

            _output.Drain();
        }

        private bool IsTimerNeeded()
        {
            lock (_gate) return _phase is Phase.Waiting or Phase.Shown;
        }

        private static bool IsLoading(QueryState<T> state) => state is { Status: QueryStatus.Loading, HasData: false };
    }

    /// <summary>Passes states on, but for one that is equal to the last.</summary>
    private sealed class Distinct(IObserver<QueryState<T>> observer) : StateSink<T, T>(observer)
    {
        protected override QueryState<T> Project(QueryState<T> state) => state;
    }
}
