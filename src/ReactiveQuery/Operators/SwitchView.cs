namespace ReactiveQuery;

/// <summary>What one subscription of a <see cref="Switch{T}"/> shows in place of the values that it follows. It is asked for one value after the other, may run user code, and never throws.</summary>
internal abstract class SwitchView<T>
{
    /// <summary>What is to be shown for a value; false when it is what was shown last.</summary>
    public abstract bool Changes(IFollower<T> from, ref T value);

    /// <summary>This is about to be shown.</summary>
    public abstract void Remember(T shown);

    /// <summary>Nothing will be shown any more.</summary>
    public abstract void Forget();
}

/// <summary>Shows the values as they are, and never two equal ones in a row.</summary>
/// <param name="comparer">Which are equal; may be user code. Where it throws, the value counts as a new one.</param>
/// <param name="report">Takes what the comparer throws.</param>
internal sealed class DistinctView<T>(IEqualityComparer<T> comparer, Action<Exception, UnobservedErrorOrigin> report) : SwitchView<T>
{
    private T? _shown;
    private bool _hasShown;

    public override bool Changes(IFollower<T> from, ref T value)
    {
        if (!_hasShown) return true;
        try
        {
            return !comparer.Equals(_shown, value);
        }
        catch (Exception error)
        {
            report(error, UnobservedErrorOrigin.Comparer);
            return true;
        }
    }

    public override void Remember(T shown) => (_shown, _hasShown) = (shown, true);

    public override void Forget() => _shown = default;
}
