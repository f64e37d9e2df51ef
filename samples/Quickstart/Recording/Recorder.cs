using System.Collections.Immutable;
using System.Reactive.Concurrency;

namespace Quickstart.Recording;

/// <summary>Who does what is on a line; the diagram shows them in this order.</summary>
internal enum Lane
{
    User,
    View,
    Server,
}

/// <summary>Something that happened on a line of the diagram. Without a meaning it needs no legend.</summary>
internal sealed record Mark(Lane Lane, string Line, TimeSpan At, char Letter, string? Meaning);

/// <summary>Notes what happened and when, from any thread, on one time axis.</summary>
internal sealed class Recorder
{
    private readonly IStopwatch _clock = RealTime.Clock();
    private readonly Lock _gate = new();
    private ImmutableList<Mark> _marks = [];

    public ImmutableList<Mark> Marks => Volatile.Read(ref _marks);

    public void Note(Lane lane, string line, char letter, string? meaning = null)
    {
        lock (_gate)
            _marks = _marks.Add(new Mark(lane, line, _clock.Elapsed, letter, meaning));
    }
}
