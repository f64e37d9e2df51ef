using System.Reactive;
using System.Reactive.Disposables;
using System.Runtime.CompilerServices;

namespace ReactiveQuery.Testing;

public sealed partial class MarbleFetcher<TParams, T>
{
    /// <summary>A call that plays its diagram into a task.</summary>
    private sealed class TaskCall
    {
        // Continuations run where the diagram completes the task: in virtual time, on the test's thread.
        private readonly TaskCompletionSource<T> _answer = new();
        private readonly IDisposable _playing;
        private readonly CancellationTokenRegistration _registration;
        private readonly MarbleFetcher<TParams, T> _fetcher;
        private readonly int _call;
        private (T Value, bool HasValue) _last;

        public TaskCall(MarbleFetcher<TParams, T> fetcher, TParams parameter, CancellationToken token)
        {
            _fetcher = fetcher;
            (var script, _call) = fetcher.Begin(parameter);
            _playing = ScriptPlayer.Play(fetcher._clock, script, Play);
            _registration = token.UnsafeRegister(_ => fetcher._clock.OnTestThread(() => Cancel(token)), null);
        }

        public Task<T> Task => _answer.Task;

        private void Play(Notification<T> notification)
        {
            if (notification.HasValue)
            {
                _last = (notification.Value, true);
                return;
            }

            _fetcher._record.End(_call);
            _registration.Dispose();
            if (notification.Kind == NotificationKind.OnError) _answer.TrySetException(notification.Exception!);
            else if (_last.HasValue) _answer.TrySetResult(_last.Value);
            else _answer.TrySetException(new InvalidOperationException("The diagram completes without a value: a task has no result for that."));
        }

        private void Cancel(CancellationToken token)
        {
            if (_answer.Task.IsCompleted) return;
            _fetcher.Leave(_call, _playing);
            if (_fetcher._honoursCancellation) _answer.TrySetCanceled(token);
        }
    }

    /// <summary>Each subscription is a call. Not made by Rx, which would silence a call that ignores its disposal.</summary>
    private sealed class CallObservable(MarbleFetcher<TParams, T> fetcher, TParams parameter) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var (script, call) = fetcher.Begin(parameter);
            var playing = ScriptPlayer.Play(fetcher._clock, script, notification =>
            {
                if (notification.Kind != NotificationKind.OnNext) fetcher._record.End(call);
                notification.Accept(observer);
            });
            return Disposable.Create(() => fetcher.Leave(call, playing));
        }
    }

    private async IAsyncEnumerable<T> Enumerate(TParams parameter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (script, call) = Begin(parameter);
        var come = new Queue<Notification<T>>();
        var news = new TaskCompletionSource();
        using var playing = ScriptPlayer.Play(_clock, script, notification =>
        {
            if (notification.Kind != NotificationKind.OnNext) _record.End(call);
            come.Enqueue(notification);
            news.TrySetResult();
        });
        using var registration = cancellationToken.UnsafeRegister(_ => _clock.OnTestThread(() =>
        {
            Leave(call, playing);
            if (_honoursCancellation) news.TrySetCanceled(cancellationToken);
        }), null);

        try
        {
            while (true)
            {
                await news.Task.ConfigureAwait(false);
                while (come.TryDequeue(out var notification))
                {
                    if (notification.Kind == NotificationKind.OnCompleted) yield break;
                    if (notification.Kind == NotificationKind.OnError) throw notification.Exception!;
                    yield return notification.Value;
                }

                news = new TaskCompletionSource();
                if (_honoursCancellation) cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            if (_record.Calls[call].Ended is null) Leave(call, playing);
            _record.End(call);
        }
    }
}
