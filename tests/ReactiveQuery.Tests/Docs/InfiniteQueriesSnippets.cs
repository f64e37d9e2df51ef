using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Docs;

/// <summary>The C# of docs/infinite-queries.md and the README's recipe, compiled.</summary>
public class InfiniteQueriesSnippets
{
    #region definition
    private static readonly InfiniteQueryDefinition<string, int, PostPage> Posts = Query.DefineInfinite(
        "posts",
        (string topic, int cursor, CancellationToken ct) => Api.GetPostsAsync(topic, cursor, ct),
        firstCursor: 0,
        nextCursor: page => page.Next);
    #endregion

    #region both ends
    private static readonly InfiniteQueryDefinition<string, string?, MessagePage> Messages = Query.DefineInfinite(
        "messages",
        (string room, string? cursor, CancellationToken ct) => Api.GetMessagesAsync(room, cursor, ct),
        firstCursor: null,                                  // the server begins where it likes
        nextCursor: page => page.Newer,
        previousCursor: page => page.Older)
        .WithMaxPages(5);
    #endregion

    #region all pages
    private static readonly InfiniteQueryDefinition<Unit, int, IReadOnlyList<string>> Log = Query
        .DefineInfinite("log", (int skip) => Api.GetLogAsync(skip), firstCursor: 0, nextCursor: _ => null)
        .WithCursors((last, data) => last.Count == 0 ? null : data.Pages.Sum(page => page.Count));
    #endregion

    #region opened pages
    private static readonly InfiniteQueryDefinition<string, int, PostPage> SharedPosts = Posts.With(o => o with
    {
        ShareData = (before, after) => after.SharedWith(before, (a, b) => b with { Items = StructuralSharing.Share(a.Items, b.Items) }),
    });
    #endregion

    [Fact]
    public void The_store_runs()
    {
        List<object> seen = [];
        void Show(IReadOnlyList<Post> posts) => seen.Add(posts.Count);
        void Spin(bool isOn) => seen.Add(isOn);
        using var client = new QueryClient();
        using var scrolledToEnd = new Subject<Unit>();

        #region store
        using var store = client.CreateInfiniteStore(Posts, initialParams: "rx");
        store.Data.Select(data => data.Flatten(page => page.Items)).Subscribe(posts => Show(posts));
        store.IsFetchingNextPage.Subscribe(isOn => Spin(isOn));

        store.FetchNextPageOn(scrolledToEnd);   // IObservable<Unit>; or store.FetchNextPage()
        #endregion

        scrolledToEnd.OnNext(Unit.Default);
        Assert.Equal([2, false, true, 4, false], seen);
    }

    [Fact]
    public void The_stream_runs()
    {
        using var client = new QueryClient();
        var topics = Observable.Return("rx").Concat(Observable.Never<string>());
        var scrolledToEnd = Observable.Never<Unit>();

        #region stream
        IObservable<QueryState<IReadOnlyList<Post>>> posts = topics
            .ObserveInfinite(client, Posts, o => o with { FetchNextPageOn = scrolledToEnd, KeepPreviousData = true })
            .SelectData(data => data.Flatten(page => page.Items));
        #endregion

        using var subscription = posts.Subscribe();
        Assert.Equal(2, client.GetState(Posts, "rx").Data!.Flatten(page => page.Items).Count);
    }

    [Fact]
    public async Task The_client_runs()
    {
        using var client = new QueryClient();

        #region client
        InfiniteData<int, PostPage> first = await client.FetchAsync(Posts, "rx");
        await client.FetchNextPageAsync(Posts, "rx");
        bool hasMore = client.TryGetData(Posts, "rx", out var pages) && Posts.HasNextPage(pages);
        client.Invalidate(Posts, "rx");
        #endregion

        Assert.Equal((1, 2, true), (first.Count, pages!.Count, hasMore));
    }

    [Fact]
    public void A_patch_of_an_item_runs()
    {
        using var client = new QueryClient();
        using var store = client.CreateInfiniteStore(Posts, "rx");
        using var watching = store.Subscribe();
        var id = 1;

        #region patch
        using var patch = store.Mutate(data => data.UpdateItems(
            page => page.Items,
            (page, items) => page with { Items = items },
            post => post.Id == id ? post with { IsLiked = true } : post));
        #endregion

        Assert.True(store.Current.Data!.Flatten(page => page.Items)[1].IsLiked);
    }

    [Fact]
    public async Task Both_ends_all_pages_and_opened_pages_run()
    {
        using var client = new QueryClient();
        await client.FetchAsync(Messages, "room");
        await client.FetchPreviousPageAsync(Messages, "room");
        Assert.Equal(["older", "newest"], client.GetState(Messages, "room").Data!.Pages.Select(page => page.Text));

        await client.FetchAsync(Log, Unit.Default);
        await client.FetchNextPageAsync(Log, Unit.Default);
        Assert.Equal([0, 2], client.GetState(Log, Unit.Default).Data!.Cursors);

        var before = await client.FetchAsync(SharedPosts, "rx");
        await client.RefetchAsync(SharedPosts, "rx");
        Assert.Same(before, client.GetState(SharedPosts, "rx").Data);
    }

    private sealed record Post(int Id, bool IsLiked = false);

    private sealed record PostPage(IReadOnlyList<Post> Items, int? Next);

    private sealed record MessagePage(string Text, string? Newer, string? Older);

    private static class Api
    {
        public static Task<PostPage> GetPostsAsync(string topic, int cursor, CancellationToken token) =>
            token.IsCancellationRequested
                ? Task.FromCanceled<PostPage>(token)
                : Task.FromResult(new PostPage(new List<Post> { new(cursor * topic.Length), new((cursor * topic.Length) + 1) }, cursor < 9 ? cursor + 1 : null));

        public static Task<MessagePage> GetMessagesAsync(string room, string? cursor, CancellationToken token) =>
            token.IsCancellationRequested
                ? Task.FromCanceled<MessagePage>(token)
                : Task.FromResult(cursor is null ? new MessagePage("newest", null, room) : new MessagePage("older", "", null));

        public static Task<IReadOnlyList<string>> GetLogAsync(int skip) =>
            Task.FromResult<IReadOnlyList<string>>(skip > 2 ? [] : [$"{skip}", $"{skip + 1}"]);
    }
}
