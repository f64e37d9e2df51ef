using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>An infinite query asked by somebody. A fetch of it walks all pages there are; a page is fetched by itself and joined to what is there when it lands.</summary>
internal sealed class InfiniteRequest<TParams, TCursor, TPage>(
    string name,
    Fetcher<PageParams<TParams, TCursor>, TPage> fetcher,
    Paging<TCursor, TPage> paging,
    TParams parameters,
    QueryKey key,
    EffectiveOptions<InfiniteData<TCursor, TPage>> options) : QueryRequest<InfiniteData<TCursor, TPage>>(key, options)
    where TParams : notnull
{
    public override string Name => name;

    public override bool IsLive => false;

    private Paging<TCursor, TPage> Paging => paging;

    public override FetchRun<InfiniteData<TCursor, TPage>> Begin(QueryState<InfiniteData<TCursor, TPage>> state) =>
        new Walk(this, PageWalk<TCursor, TPage>.Over(paging, state.Data));

    public override FetchRun<InfiniteData<TCursor, TPage>>? BeginPage(PageDirection direction, QueryState<InfiniteData<TCursor, TPage>> state)
    {
        var data = state.Data ?? InfiniteData<TCursor, TPage>.Empty;
        try
        {
            return paging.CursorOf(direction, data) is { } cursor
                ? new Page(this, direction, cursor.Value!, Paging<TCursor, TPage>.Edge(direction, data))
                : null;
        }
        catch (Exception error)
        {
            return new Failing(direction, error);
        }
    }

    private IDisposable Fetch(TCursor cursor, QueryClient client, int number, Interest? interest, IObserver<InfiniteData<TCursor, TPage>> observer)
    {
        var attempt = new OnePage(cursor, observer);
        attempt.Run(fetcher, new(parameters, cursor), new Attempt(client, Key, Options.Meta, number, interest));
        return attempt;
    }

    /// <summary>The first load, or a refetch: one leg for each page.</summary>
    private sealed class Walk(InfiniteRequest<TParams, TCursor, TPage> request, PageWalk<TCursor, TPage> walk) : FetchRun<InfiniteData<TCursor, TPage>>
    {
        private PageWalk<TCursor, TPage> _walk = walk;

        public override bool HasLegs => true;

        public override IDisposable Run(
            QueryRequest<InfiniteData<TCursor, TPage>> asked, QueryClient client, int attempt, Interest? interest, IObserver<InfiniteData<TCursor, TPage>> observer) =>
            request.Fetch(_walk.Cursor!.Value.Value!, client, attempt, interest, observer);

        public override bool Gather(ref InfiniteData<TCursor, TPage> value)
        {
            _walk = _walk.Step(value.PageAt(0));
            value = _walk.Walked;
            return _walk.IsWhole;
        }
    }

    /// <summary>One page more at one end.</summary>
    private sealed class Page(InfiniteRequest<TParams, TCursor, TPage> request, PageDirection direction, TCursor cursor, PageCursor<TCursor>? edge)
        : FetchRun<InfiniteData<TCursor, TPage>>
    {
        public override PageDirection Direction => direction;

        public override IDisposable Run(
            QueryRequest<InfiniteData<TCursor, TPage>> asked, QueryClient client, int attempt, Interest? interest, IObserver<InfiniteData<TCursor, TPage>> observer) =>
            request.Fetch(cursor, client, attempt, interest, observer);

        public override InfiniteData<TCursor, TPage> Land(QueryState<InfiniteData<TCursor, TPage>> seen, InfiniteData<TCursor, TPage> value) =>
            request.Paging.Land(direction, seen.Data ?? InfiniteData<TCursor, TPage>.Empty, cursor, value.PageAt(0), edge);
    }

    /// <summary>A page whose cursor could not be found, because the cursor function threw.</summary>
    private sealed class Failing(PageDirection direction, Exception error) : FetchRun<InfiniteData<TCursor, TPage>>
    {
        public override PageDirection Direction => direction;

        public override IDisposable Run(
            QueryRequest<InfiniteData<TCursor, TPage>> asked, QueryClient client, int attempt, Interest? interest, IObserver<InfiniteData<TCursor, TPage>> observer)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }
    }

    /// <summary>One attempt at one page: the first value counts, and ends the attempt.</summary>
    private sealed class OnePage(TCursor cursor, IObserver<InfiniteData<TCursor, TPage>> observer) : IObserver<TPage>, IDisposable
    {
        private SingleAssignmentDisposableValue _upstream;
        private bool _hasEnded;

        public void Run(Fetcher<PageParams<TParams, TCursor>, TPage> fetcher, PageParams<TParams, TCursor> parameters, in Attempt attempt) =>
            _upstream.Disposable = fetcher.Run(parameters, attempt, this);

        public void OnNext(TPage page)
        {
            if (_hasEnded) return;
            _hasEnded = true;
            _upstream.Dispose();
            observer.OnNext(InfiniteData<TCursor, TPage>.Of(cursor, page));
            observer.OnCompleted();
        }

        public void OnError(Exception error)
        {
            if (_hasEnded) return;
            _hasEnded = true;
            _upstream.Dispose();
            observer.OnError(error);
        }

        public void OnCompleted()
        {
            if (!_hasEnded) observer.OnCompleted();
            _hasEnded = true;
        }

        public void Dispose() => _upstream.Dispose();
    }
}

/// <summary>What the fetcher of a page is given.</summary>
internal readonly record struct PageParams<TParams, TCursor>(TParams Parameters, TCursor Cursor);
