namespace ReactiveQuery.Testing;

public sealed partial class Marbles
{
    private long _lastAction;

    /// <summary>Has an action run in a frame; actions of one frame run in the order in which they were given.</summary>
    /// <param name="frame">The frame, counted from the beginning of the test; the current one is allowed, an earlier one is not.</param>
    /// <param name="action">The action.</param>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frame"/> has passed.</exception>
    public void At(long frame, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(frame, Frame);
        _lastAction = Math.Max(_lastAction, frame);
        _clock.At(frame, action);
    }

    /// <summary>Runs everything that is due up to and including a frame, and leaves the clock there.</summary>
    /// <param name="frame">The frame, counted from the beginning of the test; the current one runs what is due in it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frame"/> has passed.</exception>
    public void AdvanceTo(long frame)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frame, Frame);
        _clock.AdvanceTo(frame);
    }

    /// <summary>Runs everything that is due in the next frames, and leaves the clock there; 0 runs what is due in this one.</summary>
    /// <param name="frames">Zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frames"/> is negative.</exception>
    public void AdvanceBy(long frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        _clock.AdvanceTo(Frame + frames);
    }

    /// <summary>Runs until nothing is scheduled. The clock stays at what ran last.</summary>
    /// <remarks>A scheduler that does not tell what is scheduled runs <see cref="Patience"/> past the last action given to <see cref="At"/>.</remarks>
    /// <exception cref="InvalidOperationException">The run does not end: <see cref="MarbleScheduler.MaxWorkItems"/> is exceeded.</exception>
    public void Run()
    {
        if (Scheduler is MarbleScheduler marbles) marbles.Start();
        else RunPast(_lastAction);
    }

    /// <summary>Runs a scene: asynchronous test code whose awaits continue in virtual time, on the test's thread, in the frame they are due.</summary>
    /// <param name="scene">The code; it starts in the current frame. Use <see cref="Delay"/> to wait inside.</param>
    /// <remarks>Time runs until the scene has ended, and no further.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="scene"/> is null.</exception>
    /// <exception cref="MarbleAssertionException">Nothing is scheduled any more and the scene still waits.</exception>
    public void Play(Func<Task> scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        Task? playing = null;
        _clock.Context.Post(_ =>
        {
            playing = scene();
            playing.ContinueWith(_ => Scheduler.Stop(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }, null);
        Scheduler.Start();
        if (playing is not { IsCompleted: true }) throw new MarbleAssertionException($"The scene still waits, but nothing is scheduled after frame {Frame}.");
        playing.GetAwaiter().GetResult();
    }

    /// <summary>A task that completes so many frames from now, in virtual time and on the test's thread.</summary>
    /// <param name="frames">Zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frames"/> is negative.</exception>
    public Task Delay(long frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        var reached = new TaskCompletionSource();
        _clock.PlayAfter(frames, () => reached.SetResult());
        return reached.Task;
    }

    /// <summary>Runs to <see cref="Patience"/> past the end of a diagram, or until nothing is left.</summary>
    internal void RunPast(long frame) => _clock.RunUntilQuiet(Math.Max(frame, Frame) + Patience);
}
