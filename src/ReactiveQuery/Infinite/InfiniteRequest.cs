using System.Reactive.Disposables;

namespace ReactiveQuery;

/// <summary>An infinite query asked by somebody. A fetch of it walks all pages there are; a page is fetched by itself and joined to what is there when it lands.</summary>
internal sealed class InfiniteRequest<TParams, TCursor, TPage>(
    string name,
    Fetcher<PageParams<TParams, TCursor>, TPage> fetcher,
    Paging<TCursor, TPage> paging,
    TParams parameters,
    QueryKey key,
    EffectiveOptions<InfiniteData<TCursor, TPage>> options) : QueryRequest<InfiniteData<TCursor, TPage>>(key, options, isLive: false)
    where TParams : notnull
{
    public override string Name => name;

    private Paging<TCursor, TPage> Paging => paging;

    private Fetcher<PageParams<TParams, TCursor>, TPage> Fetcher => fetcher;

    private TParams Parameters => parameters;

    public override FetchRun<InfiniteData<TCursor, TPage>> Begin(QueryState<InfiniteData<TCursor, TPage>> state) =>
        new Walk(this, PageWalk<TCursor, TPage>.Over(paging, state.Data));

    public override FetchRun<InfiniteData<TCursor, TPage>>? BeginPage(PageDirection direction, QueryState<InfiniteData<TCursor, TPage>> state)
    {
        var data = state.Data ?? InfiniteData<TCursor, TPage>.Empty;
        try
        {
            return paging.CursorOf(direction, data) is { } cursor ? new Page(this, direction, cursor.Value!, data) : null;
        }
        catch (Exception error)
        {
            return new Failing(direction, error);
        }
    }

    /// <summary>What calls the fetcher for one page after the other, or for one alone.</summary>
    private abstract class PageRun(InfiniteRequest<TParams, TCursor, TPage> request, PageDirection direction, Legs? legs) : FetchRun<InfiniteData<TCursor, TPage>>(direction, legs)
    {
        /// <summary>Of the page to be fetched next.</summary>
        protected abstract TCursor Cursor { get; }

        protected Paging<TCursor, TPage> Paging => request.Paging;

        public sealed override IDisposable Run(
            QueryRequest<InfiniteData<TCursor, TPage>> asked, QueryClient client, int attempt, Interest? interest, IObserver<InfiniteData<TCursor, TPage>> observer)
        {
            var context = new Attempt(client, request.Key, request.Options.Meta, attempt, interest);
            var parameters = new PageParams<TParams, TCursor>(request.Parameters, Cursor);
            if (!request.Fetcher.IsLive) return request.Fetcher.Run(parameters, context, new OnlyPage(this, observer));
            var first = new FirstPage(this, observer);
            first.Run(request.Fetcher, parameters, context);
            return first;
        }

        /// <summary>The form in which the flight takes the page that came.</summary>
        public abstract InfiniteData<TCursor, TPage> Take(TPage page);
    }

    /// <summary>The first load, or a refetch: one leg for each page.</summary>
    private sealed class Walk(InfiniteRequest<TParams, TCursor, TPage> request, PageWalk<TCursor, TPage> walk) : PageRun(request, PageDirection.None, new())
    {
        private PageWalk<TCursor, TPage> _walk = walk;

        protected override TCursor Cursor => _walk.Cursor!.Value.Value!;

        /// <remarks>The walk knows under which cursor, when it takes the page in: one that comes too late must not ask for it.</remarks>
        public override InfiniteData<TCursor, TPage> Take(TPage page) => InfiniteData<TCursor, TPage>.Of(default!, page);

        public override bool Gather(ref InfiniteData<TCursor, TPage> value)
        {
            _walk = _walk.Step(value.PageAt(0));
            value = _walk.Walked;
            return _walk.IsWhole;
        }
    }

    /// <summary>One page more at one end.</summary>
    private sealed class Page(InfiniteRequest<TParams, TCursor, TPage> request, PageDirection direction, TCursor cursor, InfiniteData<TCursor, TPage> before)
        : PageRun(request, direction, legs: null)
    {
        protected override TCursor Cursor => cursor;

        /// <remarks>With the list for which it was asked: mostly that is still there when it lands, and nothing is left to be joined (W10 in <c>benchmarks/WORKLOADS.md</c>).</remarks>
        public override InfiniteData<TCursor, TPage> Take(TPage page) => Paging.Add(Direction, before, cursor, page);

        public override InfiniteData<TCursor, TPage> Land(QueryState<InfiniteData<TCursor, TPage>> seen, InfiniteData<TCursor, TPage> value)
        {
            var present = seen.Data ?? InfiniteData<TCursor, TPage>.Empty;
            if (ReferenceEquals(present, before)) return value;
            var page = value.PageAt(Direction == PageDirection.Previous ? 0 : value.Count - 1);
            return Paging.Land(Direction, present, cursor, page, Paging<TCursor, TPage>.Edge(Direction, before));
        }
    }

    /// <summary>A page whose cursor could not be found, because the cursor function threw.</summary>
    private sealed class Failing(PageDirection direction, Exception error) : FetchRun<InfiniteData<TCursor, TPage>>(direction)
    {
        public override IDisposable Run(
            QueryRequest<InfiniteData<TCursor, TPage>> asked, QueryClient client, int attempt, Interest? interest, IObserver<InfiniteData<TCursor, TPage>> observer)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }
    }

    /// <summary>One attempt of a fetcher that brings one page or fails, once.</summary>
    private sealed class OnlyPage(PageRun run, IObserver<InfiniteData<TCursor, TPage>> observer) : IObserver<TPage>
    {
        public void OnNext(TPage page) => observer.OnNext(run.Take(page));

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();
    }

    /// <summary>One attempt of a fetcher that may bring many: the first counts, and ends the attempt.</summary>
    private sealed class FirstPage(PageRun run, IObserver<InfiniteData<TCursor, TPage>> observer) : IObserver<TPage>, IDisposable
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
            observer.OnNext(run.Take(page));
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
