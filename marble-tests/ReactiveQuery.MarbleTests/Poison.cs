using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.PlatformServices;
using System.Runtime.CompilerServices;

namespace ReactiveQuery.MarbleTests;

/// <summary>
/// In the process of these tests Rx's default scheduler, its timers, its threads and its wall clock throw. Whatever passes here takes every instant and every delay
/// from the scheduler it was given.
/// </summary>
internal sealed class Poison : IConcurrencyAbstractionLayer, IPlatformEnlightenmentProvider, ISystemClock
{
    private static bool _isSpread;

    private Poison()
    {
    }

    public bool SupportsLongRunning => throw Used();

    public DateTimeOffset UtcNow => throw Used();

    /// <summary>Before any test: Rx asks once for each service and keeps what it got.</summary>
    [ModuleInitializer]
    internal static void Spread()
    {
        PlatformEnlightenmentProvider.Current = new Poison();

        // Rx's own schedulers keep a housekeeping timer from the moment the first of them exists, also those that have no time of their own.
        _ = CurrentThreadScheduler.Instance;
        _isSpread = true;
    }

    public T? GetService<T>(params object[] args)
        where T : class => this as T;

    public IDisposable StartTimer(Action<object?> action, object? state, TimeSpan dueTime) => throw Used();

    public IDisposable StartPeriodicTimer(Action action, TimeSpan period) => _isSpread ? throw Used() : Disposable.Empty;

    public IDisposable QueueUserWorkItem(Action<object?> action, object? state) => throw Used();

    public void Sleep(TimeSpan timeout) => throw Used();

    public IStopwatch StartStopwatch() => throw Used();

    public void StartThread(Action<object?> action, object? state) => throw Used();

    private static InvalidOperationException Used([CallerMemberName] string member = "") => new($"{member}: a default of Rx was used under virtual time.");
}
