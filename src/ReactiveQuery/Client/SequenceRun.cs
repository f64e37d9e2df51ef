namespace ReactiveQuery;

/// <summary>One attempt of a sequence fetcher: asks for one value after the other and hands them on until the end.</summary>
/// <remarks>
/// Driven by continuations rather than <c>await foreach</c>, for the reasons <see cref="InlineContinuation"/> gives. Values that are there already are taken in a loop, so that a long
/// synchronous sequence needs no stack.
/// </remarks>
internal sealed class SequenceRun<T> : IDisposable
{
    private readonly IAsyncEnumerator<T> _values;
    private readonly GuardedCancellation _cancellation;
    private readonly Attempt _attempt;
    private readonly IObserver<T> _observer;

    private SequenceRun(IAsyncEnumerator<T> values, GuardedCancellation cancellation, IObserver<T> observer, Attempt attempt)
    {
        _values = values;
        _cancellation = cancellation;
        _observer = observer;
        _attempt = attempt;
    }

    public static IDisposable Start(
        IAsyncEnumerable<T> sequence, GuardedCancellation cancellation, IObserver<T> observer, Attempt attempt)
    {
        var run = new SequenceRun<T>(sequence.GetAsyncEnumerator(cancellation.Token), cancellation, observer, attempt);
        run.Advance();
        return run;
    }

    /// <summary>Cancels the token. The enumerator is disposed when its pending step has ended: disposing it before is not allowed.</summary>
    public void Dispose() => _cancellation.Dispose();

    private void Advance()
    {
        while (IsWanted())
        {
            Task<bool> step;
            try
            {
                step = _values.MoveNextAsync().AsTask();
            }
            catch (Exception error)
            {
                step = Task.FromException<bool>(error);
            }

            if (!step.IsCompleted)
            {
                step.ContinueInline(static (ended, run) => ((SequenceRun<T>)run!).Resume((Task<bool>)ended), this);
                return;
            }

            if (!Take(step)) return;
        }

        End();
    }

    /// <summary>
    /// While values are taken in a loop inside <see cref="Start"/>, nobody holds this run and could dispose it: a fetch that has what it wanted after the first
    /// of them would be given all of a long sequence, and an endless one would never return.
    /// </summary>
    private bool IsWanted()
    {
        if (!_cancellation.IsDisposed && _attempt.Interest is { IsLost: true })
            _cancellation.Dispose();
        return !_cancellation.IsDisposed;
    }

    private void Resume(Task<bool> step)
    {
        if (Take(step))
            Advance();
    }

    /// <summary>Hands on what a step brought; false at the end.</summary>
    private bool Take(Task<bool> step)
    {
        _ = step.Exception; // Looked at, so that the failure of an abandoned sequence is not an unobserved one.
        if (step is { IsCompletedSuccessfully: true, Result: true })
        {
            if (!_cancellation.IsDisposed)
                _observer.OnNext(_values.Current);
            return true;
        }

        End();
        if (_cancellation.IsDisposed) return false;
        if (step.IsCompletedSuccessfully)
            _observer.OnCompleted();
        else
            _observer.OnError(TaskRun<T>.ErrorOf(step));
        return false;
    }

    private void End()
    {
        try
        {
            var disposal = _values.DisposeAsync().AsTask();
            if (!disposal.IsCompletedSuccessfully)
                disposal.ContinueInline(static (ended, run) => ((SequenceRun<T>)run!).Disposed(ended), this);
        }
        catch (Exception error)
        {
            _attempt.ReportCancellation(error);
        }
    }

    private void Disposed(Task disposal)
    {
        if (disposal.Exception is { } failure)
            _attempt.ReportCancellation(failure.InnerException ?? failure);
    }
}
