namespace ReactiveQuery;

public static partial class QueryObservable
{
    /// <summary>While a query loads for the first time, shows a stand-in that a function supplies.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="source">The states of a query.</param>
    /// <param name="placeholder">Supplies the stand-in; <see langword="null"/> is one like any other. Called once for each time of loading (from the first loading state without
    /// data up to the next other one), on the thread that delivers the state.</param>
    /// <param name="onError">Hears what <paramref name="placeholder"/> throws; there is then no stand-in for this time of loading. <see langword="null"/> (the
    /// default): nobody hears it.</param>
    /// <returns>A stream as hot or cold as <paramref name="source"/>. A loading state without data becomes <see cref="QueryStatus.Success"/> with the stand-in and
    /// <see cref="QueryState{T}.IsPlaceholder"/>, still fetching or paused; all others are passed on. A state equal to the last one delivered is not delivered again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="placeholder"/> is <see langword="null"/>; thrown at the call.</exception>
    /// <remarks>After <see cref="KeepPreviousData{T}"/> it fills in only where there is no previous data.</remarks>
    public static IObservable<QueryState<T>> WithPlaceholder<T>(
        this IObservable<QueryState<T>> source, Func<T> placeholder, Action<Exception>? onError = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(placeholder);
        return new WithPlaceholder<T>(source, placeholder, onError);
    }
}

internal sealed class WithPlaceholder<T>(IObservable<QueryState<T>> source, Func<T> placeholder, Action<Exception>? onError) : IObservable<QueryState<T>>
{
    public IDisposable Subscribe(IObserver<QueryState<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Subscription(observer, placeholder, onError).Run(source);
    }

    private sealed class Subscription(IObserver<QueryState<T>> observer, Func<T> placeholder, Action<Exception>? onError) : StateSink<T, T>(observer)
    {
        private Func<T>? _make = placeholder;
        private bool _isLoading;
        private bool _hasPlaceholder;
        private T? _placeholder;

        protected override QueryState<T> Project(QueryState<T> state)
        {
            bool wasLoading = _isLoading;
            _isLoading = state is { HasData: false, Status: QueryStatus.Loading };
            if (!_isLoading) (_placeholder, _hasPlaceholder) = (default, false);
            else if (!wasLoading) Make();
            return _hasPlaceholder ? state.WithPlaceholder(_placeholder!) : state;
        }

        protected override void Release()
        {
            base.Release();
            _make = null; // It may capture a view-model, and the subscription may be held for longer than it.
            _placeholder = default;
        }

        private void Make()
        {
            if (_make is not { } make) return;
            try
            {
                (_placeholder, _hasPlaceholder) = (make(), true);
            }
            catch (Exception error)
            {
                onError?.Invoke(error);
            }
        }
    }
}
