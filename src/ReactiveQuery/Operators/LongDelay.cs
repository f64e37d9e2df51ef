using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>
/// Delays of any length on any scheduler. The timers of .NET, and so Rx's real schedulers, refuse more than 49.7 days
/// (2^32 - 2 milliseconds); a longer wait is made of pieces of a day, which is exact under virtual time as well.
/// </summary>
internal static class LongDelay
{
    internal static readonly TimeSpan LongestPiece = TimeSpan.FromDays(1);

    /// <summary>Runs <paramref name="action"/> once after <paramref name="dueTime"/>; infinite and <see cref="TimeSpan.MaxValue"/> mean never, and schedule nothing.</summary>
    internal static IDisposable ScheduleLong<TState>(this IScheduler scheduler, TState state, TimeSpan dueTime, Action<TState> action)
    {
        if (dueTime.IsForever) return Disposable.Empty;
        if (dueTime <= LongestPiece)
            return scheduler.Schedule((state, action), dueTime, static (_, work) => { work.action(work.state); return Disposable.Empty; });

        var wait = new LongWait<TState>(state, dueTime, action);
        wait.Arm(scheduler);
        return wait;
    }

    extension(TimeSpan time)
    {
        /// <summary>Whether this span stands for "never" or "without end".</summary>
        internal bool IsForever => time == Timeout.InfiniteTimeSpan || time == TimeSpan.MaxValue;
    }

    private sealed class LongWait<TState>(TState state, TimeSpan remaining, Action<TState> action) : IDisposable
    {
        private TimeSpan _remaining = remaining;
        private DisposableSlot _piece;

        internal void Arm(IScheduler scheduler)
        {
            TimeSpan piece = _remaining < LongestPiece ? _remaining : LongestPiece;
            _remaining -= piece;

            // The slot is taken before the piece is scheduled: one that ends before Schedule has returned must not be overwritten by its forerunner.
            var slot = new SingleAssignmentDisposable();
            _piece.Put(slot);
            slot.Disposable = scheduler.Schedule(this, piece, static (scheduler, wait) => { wait.PieceEnded(scheduler); return Disposable.Empty; });
        }

        private void PieceEnded(IScheduler scheduler)
        {
            if (_piece.IsDisposed) return;
            if (_remaining > TimeSpan.Zero) Arm(scheduler);
            else action(state);
        }

        public void Dispose() => _piece.Dispose();
    }
}
