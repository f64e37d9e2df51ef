using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests.Operators;

/// <summary>Words of the operators' tests.</summary>
internal static class Given
{
    /// <summary>A span of so many frames.</summary>
    public static TimeSpan Frames(int count) => TimeSpan.FromMilliseconds(count);

    /// <summary>A source whose n-th subscription is one to the n-th of these.</summary>
    public static IObservable<T> Attempts<T>(params IObservable<T>[] attempts)
    {
        int next = 0;
        return Observable.Defer(() => attempts[next++]);
    }
}
