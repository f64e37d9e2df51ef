using System.Reactive;
using System.Reactive.Concurrency;

namespace ReactiveQuery;

/// <content>Task scopes.</content>
public sealed partial class QueryClient
{
    /// <summary>A scope in the client's time whose stray errors go to the client's hook.</summary>
    /// <param name="ui">Where results are delivered; null (the default): the client's <see cref="QueryOptions.DispatchOn"/> if it has one, else the thread on which a task ends.</param>
    /// <returns>A scope that is unmounted with the client at the latest. The client keeps it until then, or until it is disposed.</returns>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public TaskScope CreateScope(IScheduler? ui = null)
    {
        ThrowIfDisposed();
        var scope = new TaskScope(new TaskScopeOptions
        {
            Scheduler = Options.Scheduler,
            Ui = ui ?? Options.Defaults.DispatchOn,
            OnUnobservedError = Errors.Report,
            ContinuesInline = ContinuesInline,
        });
        var life = Lifetime.Subscribe(Observer.Create<Unit>(static _ => { }, scope.Dispose));
        scope.EndWith(life.Dispose);
        return scope;
    }
}
