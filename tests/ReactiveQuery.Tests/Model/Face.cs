using System.Globalization;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Model;

/// <summary>What programs do with one query of a client, whatever the type of its data.</summary>
internal abstract class Face
{
    public abstract QueryKey Key { get; }

    /// <summary>What <c>GetState</c> shows.</summary>
    public abstract string State { get; }

    public abstract string? Data { get; }

    public abstract string? BaseData { get; }

    public abstract string Patches { get; }

    public abstract void Observe(EngineObserver observer, ObserverSetup setup);

    public abstract Task FetchAsync(CancellationToken token);

    public abstract Task EnsureAsync(CancellationToken token);

    public abstract void Refetch();

    public abstract Task RefetchAsync();

    public abstract void Set(string data);

    public abstract void Update(string suffix);

    public abstract OptimisticHandle Mutate(string mark);

    public abstract void Commit(OptimisticHandle handle, string data);

    public abstract void RollbackAll();

    public abstract void Invalidate();

    public abstract Task InvalidateAsync();

    public abstract void Cancel();

    public abstract void Reset();

    public abstract void Remove();

    public abstract MutationOptions<Write, string> Declare(WriteEffects effects, MutationOptions<Write, string> options);
}

internal class Face<T>(QueryClient client, TestKey key, QueryDefinition<int, T> query, Func<string, T> parse) : Face
    where T : class
{
    private readonly int _id = key.Id;

    protected QueryClient Client => client;

    public override QueryKey Key => query.KeyOf(_id);

    public override string State => Text(client.GetState(query, _id));

    public override string? Data => client.TryGetData(query, _id, out var data) ? data.ToString() : null;

    public override string? BaseData => client.TryGetBaseData(query, _id, out var data) ? data.ToString() : null;

    public override string Patches => string.Join("; ", client.GetPatches(query, _id).Select(Text));

    public static string Text(QueryState<T> state)
    {
        var text = state.ToString();
        var page = state.IsFetchingNextPage ? "next page" : state.IsFetchingPreviousPage ? "previous page" : null;
        return page is null ? text : text.EndsWith(')') ? $"{text[..^1]}, {page})" : $"{text}({page})";
    }

    public override void Observe(EngineObserver observer, ObserverSetup setup) => observer.Subscribe(client.Observe(query, _id, o => o with
    {
        StaleTime = EngineDriver.Span(setup.StaleTime),
        Enabled = setup.IsSwitched ? null : setup.Enabled,
        EnabledWhen = observer.Enabling,
        RefetchOnMount = setup.OnMount,
        RefetchOnFocus = setup.OnFocus,
        RefetchOnReconnect = setup.OnReconnect,
        RefetchInterval = setup.Interval == Setup.Never ? null : EngineDriver.Span(setup.Interval),
        RefetchIntervalInBackground = setup.InBackground,
    }));

    public override Task FetchAsync(CancellationToken token) => client.FetchAsync(query, _id, token);

    public override Task EnsureAsync(CancellationToken token) => client.EnsureAsync(query, _id, token);

    public override void Refetch() => client.Refetch(query, _id);

    public override Task RefetchAsync() => client.RefetchAsync(query, _id);

    public override void Set(string data) => client.SetData(query, _id, parse(data));

    public override void Update(string suffix) => client.UpdateData(query, _id, data => Marked(data, suffix));

    public override OptimisticHandle Mutate(string mark) => client.Mutate(query, _id, data => Marked(data, mark));

    public override void Commit(OptimisticHandle handle, string data) => ((OptimisticHandle<T>)handle).Commit(parse(data));

    public override void RollbackAll() => client.RollbackAll(query, _id);

    public override void Invalidate() => client.Invalidate(query, _id);

    public override Task InvalidateAsync() => client.InvalidateAsync(query, _id);

    public override void Cancel() => client.Cancel(query, _id);

    public override void Reset() => client.Reset(query, _id);

    public override void Remove() => client.Remove(query, _id);

    public override MutationOptions<Write, string> Declare(WriteEffects effects, MutationOptions<Write, string> options)
    {
        options = options.Optimistic(query, write => write.Key.Id, (data, write) => Marked(data, write.Mark));
        if (effects.HasFlag(WriteEffects.Sets))
            options = options.SetsData(
                query, (write, _) => write.Key.Id, (old, write, _) => old is null ? parse(Answers.Written(key, write.Id)) : Marked(old, write.Mark));
        return effects.HasFlag(WriteEffects.Invalidates) ? options.Invalidates(query, write => write.Key.Id) : options;
    }

    private static string Text(OptimisticPatch patch) => string.Create(
        CultureInfo.InvariantCulture,
        $"{patch.Id} of {(patch.AppliedAt - MarbleScheduler.Epoch).TotalMilliseconds} ms{(patch.IsSettled ? ", settled" : "")}");

    private T Marked(T data, string mark) => parse(PageText.Marked(key, data.ToString()!, mark));
}

internal sealed class PagesFace(QueryClient client, TestKey key, InfiniteQueryDefinition<int, int, string> query)
    : Face<InfiniteData<int, string>>(client, key, query, PageText.Parse)
{
    private readonly int _id = key.Id;

    public void FetchPage(PageDirection direction)
    {
        if (direction == PageDirection.Next) Client.FetchNextPage(query, _id);
        else Client.FetchPreviousPage(query, _id);
    }

    public Task FetchPageAsync(PageDirection direction) =>
        direction == PageDirection.Next ? Client.FetchNextPageAsync(query, _id) : Client.FetchPreviousPageAsync(query, _id);
}
