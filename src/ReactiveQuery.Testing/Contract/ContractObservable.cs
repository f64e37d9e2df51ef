using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

/// <summary>Watches the observer contract from inside any chain.</summary>
/// <threadsafety>Static; the operators may be used from any thread.</threadsafety>
public static class ContractObservable
{
    /// <summary>The source, unchanged; what it does against the observer contract is collected by <paramref name="checker"/>.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source to watch.</param>
    /// <param name="checker">Where violations are collected; one checker can watch many chains.</param>
    /// <returns>An observable that is as hot or cold as the source and passes every call on, also those that are violations.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>a call</term><description>is a violation</description></listheader>
    /// <item><term>while another call is running</term><description>always: on another thread, or from inside that call</description></item>
    /// <item><term>after <c>OnCompleted</c> or <c>OnError</c></term><description>always</description></item>
    /// <item><term>after <c>Dispose</c>, on the thread that called it</term><description>always, from the moment <c>Dispose</c> was called</description></item>
    /// <item><term>after <c>Dispose</c> returned, on another thread</term><description>from the second on: the first may have been on its way</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IObservable<T> Checked<T>(this IObservable<T> source, ContractChecker checker)
    {
        ArgumentNullException.ThrowIfNull(checker);
        return source.Checked(checker.Report);
    }

    /// <summary>The source, unchanged; each violation is handed to <paramref name="onViolation"/> at once, on the thread of the call and before the call is passed on.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="source">The source to watch.</param>
    /// <param name="onViolation">May throw: the exception goes to whoever made the call.</param>
    /// <inheritdoc cref="Checked{T}(IObservable{T}, ContractChecker)"/>
    public static IObservable<T> Checked<T>(this IObservable<T> source, Action<ContractViolation> onViolation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(onViolation);
        return new CheckedObservable<T>(source, onViolation);
    }

    private sealed class CheckedObservable<T>(IObservable<T> source, Action<ContractViolation> onViolation) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var subscription = new Subscription<T>(observer, onViolation);
            subscription.Run(source);
            return subscription;
        }
    }

    private sealed class Subscription<T>(IObserver<T> observer, Action<ContractViolation> onViolation) : IObserver<T>, IDisposable
    {
        private readonly SingleAssignmentDisposable _upstream = new();
        private int _callingThread;
        private int _disposingThread;
        private bool _isDisposed;
        private int _callsOnTheirWay;
        private int _ended;

        public void Run(IObservable<T> source) => _upstream.Disposable = source.Subscribe(this);

        public void OnNext(T value) => Call(() => $"OnNext({MarbleValues.Text(value)})", ends: false, () => observer.OnNext(value));

        public void OnError(Exception error) => Call(() => $"OnError({MarbleValues.Text(error)})", ends: true, () => observer.OnError(error));

        public void OnCompleted() => Call(() => "OnCompleted()", ends: true, observer.OnCompleted);

        public void Dispose()
        {
            Interlocked.CompareExchange(ref _disposingThread, Environment.CurrentManagedThreadId, 0);
            _upstream.Dispose();
            Volatile.Write(ref _isDisposed, true);
        }

        private void Call(Func<string> call, bool ends, Action deliver)
        {
            var thread = Environment.CurrentManagedThreadId;
            var running = Interlocked.CompareExchange(ref _callingThread, thread, 0);
            try
            {
                if (Broken(thread, running, ends) is { } rule) onViolation(new ContractViolation(rule, call(), thread));
                deliver();
            }
            finally
            {
                // Only the call that came first says that nobody is inside any more.
                if (running == 0) Volatile.Write(ref _callingThread, 0);
            }
        }

        private ContractRule? Broken(int thread, int running, bool ends)
        {
            var ended = ends ? Interlocked.Exchange(ref _ended, 1) : Volatile.Read(ref _ended);
            if (ended != 0) return ContractRule.AfterEnd;
            if (DisposedFor(thread)) return ContractRule.AfterDispose;
            if (running == 0) return null;
            return running == thread ? ContractRule.Reentrant : ContractRule.Overlapping;
        }

        private bool DisposedFor(int thread)
        {
            var disposedBy = Volatile.Read(ref _disposingThread);
            return disposedBy != 0 && (disposedBy == thread || (Volatile.Read(ref _isDisposed) && Interlocked.Increment(ref _callsOnTheirWay) > 1));
        }
    }
}
