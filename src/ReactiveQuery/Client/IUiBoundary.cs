using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <summary>A place where work must run, such as a UI thread: how to get there, and whether one is there already.</summary>
/// <remarks>Implementations must be safe to ask from any thread.</remarks>
public interface IUiBoundary
{
    /// <summary>Runs work at the place, later.</summary>
    IScheduler Scheduler { get; }

    /// <summary>Whether the calling thread is at the place.</summary>
    bool IsCurrent { get; }
}
