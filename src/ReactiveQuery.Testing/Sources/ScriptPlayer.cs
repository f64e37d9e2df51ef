using System.Reactive;
using System.Reactive.Disposables;

namespace ReactiveQuery.Testing;

internal static class ScriptPlayer
{
    /// <summary>Plays a script from now. All of it is scheduled at once, as timers would be, so that earlier subscriptions come first within a frame.</summary>
    public static IDisposable Play<T>(FrameClock clock, MarbleScript<T> script, Action<Notification<T>> deliver)
    {
        var stopped = new BooleanDisposable();
        var work = new CompositeDisposable { stopped };
        foreach (var (frame, notifications) in script.Frames)
        {
            work.Add(clock.PlayAfter(frame, () =>
            {
                foreach (var notification in notifications)
                {
                    if (!stopped.IsDisposed) deliver(notification);
                }
            }));
        }

        return work;
    }
}
