using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;

namespace Quickstart;

/// <summary>The time of the sample: that of a query client with default options, hence one clock for everything on stage.</summary>
internal static class RealTime
{
    public static IScheduler Scheduler { get; } = new QueryClientOptions().Scheduler;

    public static IStopwatch Clock() => Scheduler.StartStopwatch();

    public static Task Delay(TimeSpan time, CancellationToken token = default) => Observable.Timer(time, Scheduler).ToTask(token);

    public static TimeSpan Ms(this int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
