using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Model;

/// <summary>One subscriber, which trusts nobody.</summary>
internal sealed class EngineObserver(int id, int step, BehaviorSubject<bool>? enabling, List<string> complaints) : IDisposable
{
    private readonly List<int> _steps = [];
    private IDisposable? _subscription;
    private int _step = step;
    private int _atStep;

    public BehaviorSubject<bool>? Enabling => enabling;

    public List<Seen> States { get; } = [];

    public Seen? Last => States.Count == 0 ? null : States[^1];

    /// <summary>The states of the present step.</summary>
    public IEnumerable<Seen> SinceStep => States.Skip(_atStep);

    /// <summary>Whether a state of the present step showed no data though the one before it did.</summary>
    public bool LostData => SinceStep.Prepend(_atStep == 0 ? new("", null) : States[_atStep - 1]).Aggregate((Had: false, Lost: false), (seen, state) => (state.Data is not null, seen.Lost || (seen.Had && state.Data is null))).Lost;

    /// <summary>Each state and its letter, in order.</summary>
    public IEnumerable<(char Mark, Seen State)> Seen => States.Select((state, i) => ((char)('A' + (i % 26)), state));

    /// <summary>The letters of the states of one step, counted from 1.</summary>
    public string Marks(int step) => string.Concat(Seen.Zip(_steps).Where(seen => seen.Second == step).Select(seen => seen.First.Mark));

    public void BeforeStep()
    {
        _step++;
        _atStep = States.Count;
    }

    /// <summary>Whether the data of the present step went away, to something else, and came back.</summary>
    public bool Flashed
    {
        get
        {
            List<string?> data = [.. SinceStep.Prepend(_atStep == 0 ? new("", null) : States[_atStep - 1]).Select(state => state.Data)];
            return data.Where((shown, i) => i > 1 && shown != data[i - 1] && data.IndexOf(shown, 0, i - 1) >= 0).Any();
        }
    }

    public void Subscribe<T>(IObservable<QueryState<T>> states)
        where T : class
    {
        QueryState<T>? last = null;
        _subscription = states.Checked(violation => complaints.Add($"o{id}: {violation}")).Subscribe(
            state =>
            {
                Look(last, state);
                last = state;
                States.Add(new(Face<T>.Text(state), state.Data?.ToString()));
                _steps.Add(_step);
            },
            error => complaints.Add($"o{id}: OnError {error}"),
            () => complaints.Add($"o{id}: OnCompleted"));
        if (Last is null) complaints.Add($"o{id}: Subscribe returned without a first state");
    }

    public void Dispose() => _subscription?.Dispose();

    private void Look<T>(QueryState<T>? last, QueryState<T> state)
        where T : class
    {
        if (state.Equals(last)) complaints.Add($"o{id}: {state} twice in a row");
        if (last?.Data is { } data && data.Equals(state.Data) && !ReferenceEquals(data, state.Data))
            complaints.Add($"o{id}: equal data with another reference, {state}");
        if (state.FailureCount > 0 != state.FailureReason is not null) complaints.Add($"o{id}: {state.FailureCount} failures because of {state.FailureReason}");
    }
}

/// <summary>A state as text, and its data.</summary>
internal sealed record Seen(string Text, string? Data)
{
    public override string ToString() => Text;
}
