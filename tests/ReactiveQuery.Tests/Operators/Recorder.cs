namespace ReactiveQuery.Tests.Operators;

/// <summary>Writes down what it hears, and that it was told one thing after the other and nothing after the end.</summary>
internal sealed class Recorder<T>(Action<T>? onNext = null, Action? onEnd = null) : IObserver<T>
{
    private readonly List<T> _values = [];
    private int _inside;

    public IReadOnlyList<T> Values => _values;

    public Exception? Error { get; private set; }

    public bool Completed { get; private set; }

    public bool Ended => Completed || Error is not null;

    public List<string> Violations { get; } = [];

    public void OnNext(T value) => Hear(() =>
    {
        _values.Add(value);
        onNext?.Invoke(value);
    });

    public void OnError(Exception error) => Hear(() =>
    {
        Error = error;
        onEnd?.Invoke();
    });

    public void OnCompleted() => Hear(() =>
    {
        Completed = true;
        onEnd?.Invoke();
    });

    private void Hear(Action write)
    {
        if (Ended) Violations.Add("a notification after the end");
        if (Interlocked.Increment(ref _inside) != 1) Violations.Add("overlapping notifications");
        try
        {
            write();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
