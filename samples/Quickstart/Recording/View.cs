using System.Collections.Immutable;

namespace Quickstart.Recording;

/// <summary>One subscriber of a query, as a part of a user interface would be. Disposing it is unmounting it.</summary>
internal sealed class View<T> : IDisposable
{
    private readonly string _name;
    private readonly Recorder _recorder;
    private readonly IDisposable _subscription;
    private ImmutableList<QueryState<T>> _states = [];

    public View(string name, IObservable<QueryState<T>> states, Recorder recorder)
    {
        _name = name;
        _recorder = recorder;
        _subscription = states.Subscribe(Show);
    }

    /// <summary>All that was shown, in order.</summary>
    public ImmutableList<QueryState<T>> States => Volatile.Read(ref _states);

    /// <summary>All that was shown, as letters.</summary>
    public string Letters => string.Concat(States.Select(StateLetter.Of));

    public QueryState<T> Latest => States.LastOrDefault() ?? QueryState<T>.Idle;

    public void Dispose()
    {
        _recorder.Note(Lane.View, _name, StateLetter.Left, StateLetter.MeaningOf(StateLetter.Left));
        _subscription.Dispose();
    }

    private void Show(QueryState<T> state)
    {
        var letter = StateLetter.Of(state);
        _recorder.Note(Lane.View, _name, letter, StateLetter.MeaningOf(letter));
        Volatile.Write(ref _states, _states.Add(state));
    }
}
