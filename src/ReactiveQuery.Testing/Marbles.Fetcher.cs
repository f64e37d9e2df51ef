namespace ReactiveQuery.Testing;

public sealed partial class Marbles
{
    /// <summary>A fetcher of strings by strings; see <see cref="Fetcher{TParams, T}(string[])"/>.</summary>
    /// <inheritdoc cref="Fetcher{TParams, T}(string[])"/>
    public MarbleFetcher<string, string> Fetcher(params string[] scripts) => Fetcher<string, string>(scripts);

    /// <summary>A fetcher whose successive calls play successive diagrams from the frame of the call, the last one for every further call.</summary>
    /// <typeparam name="TParams">The type of the argument.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="scripts">The diagrams; none if each argument gets its own by <see cref="MarbleFetcher{TParams, T}.For"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="scripts"/> is null.</exception>
    /// <exception cref="MarbleSyntaxException">A diagram cannot be read.</exception>
    public MarbleFetcher<TParams, T> Fetcher<TParams, T>(params string[] scripts)
    {
        ArgumentNullException.ThrowIfNull(scripts);
        var fetcher = new MarbleFetcher<TParams, T>(_clock, scripts);
        _logs.Add(fetcher.Calls);
        return fetcher;
    }
}
