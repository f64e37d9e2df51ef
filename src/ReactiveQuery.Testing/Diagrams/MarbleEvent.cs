using System.Reactive;

namespace ReactiveQuery.Testing;

/// <summary>A notification and the frame it came in.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="Frame">The frame, counted from the beginning of the test.</param>
/// <param name="Notification">What was called on the observer.</param>
public readonly record struct MarbleEvent<T>(long Frame, Notification<T> Notification);

/// <summary>A diagram whose characters have become notifications.</summary>
internal sealed class MarbleScript<T>
{
    private MarbleScript(MarbleDiagram diagram, IReadOnlyList<MarbleEvent<T>> events)
    {
        Diagram = diagram;
        Events = events;
        Frames = [.. events.GroupBy(e => e.Frame).Select(frame => (frame.Key, frame.Select(e => e.Notification).ToArray()))];
    }

    public MarbleDiagram Diagram { get; }

    public IReadOnlyList<MarbleEvent<T>> Events { get; }

    /// <summary>The events frame by frame: those of one group are delivered together.</summary>
    public IReadOnlyList<(long Frame, Notification<T>[] Notifications)> Frames { get; }

    public static MarbleScript<T> Of(MarbleDiagram diagram, Func<char, T> map, Exception? error)
    {
        var failure = error ?? new MarbleErrorException();
        return new(diagram, [.. diagram.Marks.Select(mark => new MarbleEvent<T>(mark.Frame, mark.Symbol switch
        {
            '|' => Notification.CreateOnCompleted<T>(),
            '#' => Notification.CreateOnError<T>(failure),
            _ => Notification.CreateOnNext(map(mark.Symbol))
        }))]);
    }
}
