using System.Diagnostics.CodeAnalysis;
using System.Reactive;
using System.Reactive.Linq;

namespace ReactiveQuery;

/// <summary>What is known of a <see cref="Resource{T}"/>.</summary>
public enum ResourceStatus
{
    /// <summary>The source has not asked for anything yet.</summary>
    Pending,

    /// <summary>A fetch is running.</summary>
    Loading,

    /// <summary>The fetch brought data.</summary>
    Ready,

    /// <summary>The fetch failed.</summary>
    Error,
}

/// <summary>An immutable snapshot of a resource.</summary>
/// <typeparam name="T">The type of the data.</typeparam>
/// <param name="Status">What is known.</param>
/// <param name="Data">The data when ready, else <c>default</c>.</param>
/// <param name="Error">The fetcher's exception when failed, else null.</param>
public sealed record ResourceState<T>(ResourceStatus Status, T? Data = default, Exception? Error = null)
{
    /// <summary>Whether a fetch is running.</summary>
    public bool IsLoading => Status == ResourceStatus.Loading;

    /// <summary>Whether there is data.</summary>
    public bool IsReady => Status == ResourceStatus.Ready;

    /// <summary>Yields the data when there is some.</summary>
    /// <param name="data">The data, or <c>default</c>.</param>
    /// <returns>The value of <see cref="IsReady"/>.</returns>
    public bool TryGetData([MaybeNullWhen(false)] out T data)
    {
        data = Data!;
        return IsReady;
    }
}

/// <summary>
/// Asynchronous data without a cache: a source of arguments and a fetcher, for what nobody else asks for. Made by <see cref="Resource"/>.
/// </summary>
/// <typeparam name="T">The type of the data.</typeparam>
/// <remarks>
/// <para>Lazy and shared: the first subscriber subscribes the source, the last one to leave ends it and cancels the fetch; nothing is kept. A new argument, or
/// <see cref="Refetch"/>, cancels the running fetch; a late result of it is dropped. Begins with Pending, then Loading and Ready or Error for each fetch. Never ends
/// with an error: a fetcher that throws, and a source that fails, give an Error state. Completes never; a source that completes leaves its last fetch alive.</para>
/// <para>Safe from any thread; states come on the thread on which the fetch ended.</para>
/// </remarks>
public sealed class Resource<T> : IObservable<ResourceState<T>>
{
    private readonly LatestSubject<int> _refetches = new();
    private readonly IObservable<ResourceState<T>> _states;
    private ResourceState<T> _current = Resource.Pending<T>();
    private int _refetchCount;

    internal Resource(Func<LatestSubject<int>, IObservable<ResourceState<T>>> states)
    {
        _refetches.OnNext(0);
        _states = Observable.Create<ResourceState<T>>(observer =>
        {
            observer.OnNext(Resource.Pending<T>());
            return states(_refetches).Subscribe(observer);
        }).Do(state => Volatile.Write(ref _current, state)).ReplayLatest(TimeSpan.Zero, Resource.NoTime);
    }

    /// <summary>The state last shown; Pending before the first subscription.</summary>
    public ResourceState<T> Current => Volatile.Read(ref _current);

    /// <summary>Fetches again with the latest argument. Without subscribers, or before the first argument, does nothing but what the next subscription does anyway.</summary>
    public void Refetch() => _refetches.OnNext(Interlocked.Increment(ref _refetchCount));

    /// <summary>Subscribes to the states.</summary>
    /// <param name="observer">Receives the present state before this returns, then every later one.</param>
    /// <returns>Ends the subscription.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="observer"/> is null.</exception>
    public IDisposable Subscribe(IObserver<ResourceState<T>> observer) => new Guarded<ResourceState<T>>(_states, Resource.Report).Subscribe(observer);
}

/// <summary>Makes resources.</summary>
public static class Resource
{
    /// <summary>Sharing without a keep time asks no scheduler; this one is never used.</summary>
    internal static System.Reactive.Concurrency.IScheduler NoTime => System.Reactive.Concurrency.ImmediateScheduler.Instance;

    /// <summary>A resource that fetches for each argument of a source.</summary>
    /// <typeparam name="TSource">The arguments.</typeparam>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="source">The arguments over time; each cancels the fetch of the one before.</param>
    /// <param name="fetcher">Called for each argument on the thread that brought it, outside every lock; its token is cancelled when the fetch is superseded or nobody watches.</param>
    /// <returns>A resource that nothing has been asked of yet.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static Resource<T> Create<TSource, T>(IObservable<TSource> source, Func<TSource, CancellationToken, Task<T>> fetcher)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(fetcher);
        return new Resource<T>(refetches => Follow(source, refetches, fetcher));
    }

    /// <summary>A resource without arguments: fetches on the first subscription and at each <see cref="Resource{T}.Refetch"/>.</summary>
    /// <inheritdoc cref="Create{TSource, T}(IObservable{TSource}, Func{TSource, CancellationToken, Task{T}})"/>
    public static Resource<T> Create<T>(Func<CancellationToken, Task<T>> fetcher)
    {
        ArgumentNullException.ThrowIfNull(fetcher);
        return new Resource<T>(refetches => Latest(refetches, _ => Fetch(fetcher)));
    }

    internal static ResourceState<T> Pending<T>() => new(ResourceStatus.Pending);

    /// <summary>For each argument a fetch, and another at each refetch; whichever is latest.</summary>
    private static IObservable<ResourceState<T>> Follow<TSource, T>(
        IObservable<TSource> source, IObservable<int> refetches, Func<TSource, CancellationToken, Task<T>> fetcher) =>
        Latest(source, argument => Latest(refetches, _ => Fetch(token => fetcher(argument, token))));

    private static IObservable<ResourceState<T>> Latest<TArgument, T>(
        IObservable<TArgument> arguments, Func<TArgument, IObservable<ResourceState<T>>> fetch) =>
        new SwitchLatest<TArgument, ResourceState<T>>(
            arguments, (parent, argument) => new StreamFollower<ResourceState<T>>(parent, fetch(argument)), Failed<T>, Report);

    private static IObservable<ResourceState<T>> Fetch<T>(Func<CancellationToken, Task<T>> fetcher) =>
        Observable.Create<ResourceState<T>>(observer =>
        {
            observer.OnNext(new ResourceState<T>(ResourceStatus.Loading));
            var cancellation = new AttemptCancellation(Report);
            return TaskRun<T>.Start(
                () => fetcher(cancellation.Token),
                cancellation,
                Observer.Create<T>(
                    data => observer.OnNext(new ResourceState<T>(ResourceStatus.Ready, data)),
                    error => observer.OnNext(Failed<T>(error))),
                static what => new InvalidOperationException($"The fetcher of a resource returned a null {what}."));
        });

    private static ResourceState<T> Failed<T>(Exception error) => new(ResourceStatus.Error, default, error);

    /// <summary>A resource has no client and so no hook: what observers and token callbacks throw goes to the trace listeners.</summary>
    internal static void Report(Exception error) => Report(error, UnobservedErrorOrigin.Observer);

    private static void Report(Exception error, UnobservedErrorOrigin origin) => new UnobservedErrors(null).Report(error, origin);
}
