using System.Reactive;
using System.Reactive.Linq;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Infinite;

/// <summary>Definitions, and what the ordinary calls of the client do to infinite queries.</summary>
public class InfiniteQueryTests : ClientTest
{
    private sealed record NumberPage(int Number, int? Next, int? Previous = null);

    private sealed record TextPage(string Text, string? Next);

    [Fact]
    public async Task A_page_that_is_asked_for_while_writes_resume_ends_the_queries_wait_for_them()
    {
        using var online = new System.Reactive.Subjects.BehaviorSubject<bool>(false);
        var client = NewClient(o => o with { Online = online });
        var query = Query.DefineInfinite("numbers", (int cursor) => Task.FromResult(cursor), firstCursor: 0, nextCursor: page => page + 1);
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0));
        var unanswered = new TaskCompletionSource<int>();
        _ = client.CreateMutation((Unit _) => unanswered.Task).Start(Unit.Default);

        online.OnNext(true);
        var page = client.FetchNextPageAsync(query, Unit.Default);
        Assert.True(page.IsCompletedSuccessfully);
        await page;
        Assert.True(client.TryGetData(query, Unit.Default, out var data));
        Assert.Equal([0, 1], data.Cursors);
    }

    [Fact]
    public async Task Cursors_may_be_values()
    {
        var query = Query.DefineInfinite(
            "numbers",
            (string _, int cursor, CancellationToken _) => Task.FromResult(new NumberPage(cursor, cursor < 2 ? cursor + 1 : null, cursor - 1)),
            firstCursor: 0,
            nextCursor: page => page.Next,
            previousCursor: page => page.Previous);
        Assert.Equal([-1, 0, 1, 2], (await Walked(query, "x")).Cursors);
    }

    [Fact]
    public async Task Cursors_may_be_objects_and_the_first_one_null()
    {
        var query = Query.DefineInfinite(
            "texts",
            (string _, string? cursor) => Task.FromResult(new TextPage(cursor ?? "first", cursor is null ? "second" : null)),
            firstCursor: null,
            nextCursor: page => page.Next);
        Assert.Equal(["first", "second"], (await Walked(query, "x")).Pages.Select(page => page.Text));
    }

    [Fact]
    public async Task Cursors_may_be_nullable_values()
    {
        var query = Query.DefineInfinite("nullable", (int? cursor) => Task.FromResult(cursor ?? 0), firstCursor: null, nextCursor: page => page < 1 ? page + 1 : null);
        Assert.Equal([null, 1], (await Walked(query, Unit.Default)).Cursors);
    }

    [Fact]
    public async Task Fetchers_take_all_forms_with_parameters_and_without()
    {
        InfiniteQueryDefinition<string, int, int>[] withParameters =
        [
            Query.DefineInfinite("a", (string _, int cursor, CancellationToken _) => Task.FromResult(cursor), 0, page => page + 1),
            Query.DefineInfinite("b", (string _, int cursor) => Task.FromResult(cursor), 0, page => page + 1),
            Query.DefineInfinite("c", (string _, int cursor) => Observable.Return(cursor), 0, page => page + 1),
            Query.DefineInfinite("d", (string _, int cursor, CancellationToken _) => AsyncEnumerableOf(cursor), 0, page => page + 1),
        ];
        InfiniteQueryDefinition<Unit, int, int>[] without =
        [
            Query.DefineInfinite("e", (int cursor, CancellationToken _) => Task.FromResult(cursor), 0, page => page + 1),
            Query.DefineInfinite("f", (int cursor) => Task.FromResult(cursor), 0, page => page + 1),
            Query.DefineInfinite("g", (int cursor) => Observable.Return(cursor), 0, page => page + 1),
            Query.DefineInfinite("h", (int cursor, CancellationToken _) => AsyncEnumerableOf(cursor), 0, page => page + 1),
        ];
        var client = NewClient();
        foreach (var query in withParameters)
        {
            await client.FetchAsync(query, "x");
            await client.FetchNextPageAsync(query, "x");
            Assert.Equal([0, 1], client.GetState(query, "x").Data!.Pages);
        }

        foreach (var query in without)
        {
            await client.FetchAsync(query, Unit.Default);
            await client.FetchNextPageAsync(query, Unit.Default);
            Assert.Equal([0, 1], client.GetState(query, Unit.Default).Data!.Pages);
        }
    }

    [Fact]
    public void What_becomes_of_an_unobserved_page_is_decided_by_the_form_of_its_fetcher()
    {
        Assert.Equal(WhenUnobserved.Cancel, Query.DefineInfinite("a", (int cursor, CancellationToken _) => Task.FromResult(cursor), 0, _ => null).WhenUnobserved);
        Assert.Equal(WhenUnobserved.Complete, Query.DefineInfinite("b", (int cursor) => Task.FromResult(cursor), 0, _ => null).WhenUnobserved);
        Assert.Equal(WhenUnobserved.Cancel, Query.DefineInfinite("c", (int cursor) => Observable.Return(cursor), 0, _ => null).WhenUnobserved);
    }

    [Fact]
    public async Task An_infinite_query_is_a_query_for_every_call_of_the_client()
    {
        var client = NewClient();
        var query = Numbers().WithKey(id => QueryKey.Of("lists", id)).With(o => o with { StaleTime = TimeSpan.FromHours(1) }).WithMaxPages(5);
        Assert.Equal((5, TimeSpan.FromHours(1)), (query.MaxPages, query.Options.StaleTime));
        Assert.Equal(QueryKey.Of("lists", "x"), query.KeyOf("x"));

        Assert.Equal([0], (await client.FetchAsync(query, "x")).Pages);
        Assert.Equal([0], (await client.EnsureAsync(query, "x")).Pages);
        await client.FetchNextPageAsync(query, "x");
        Assert.True(client.TryGetData(query, "x", out var data));
        Assert.Equal([0, 1], data.Pages);
        Assert.True(client.UpdateData(query, "x", pages => pages.Select(page => page * 10)));
        Assert.Equal([0, 10], client.GetState(query, "x").Data!.Pages);
        client.Invalidate(QueryKey.Of("lists"));
        Assert.True(client.GetState(query, "x").IsStale);
        Assert.Equal([0, 1], (await client.FetchAsync(query, "x")).Pages);
        client.SetData(query, "x", InfiniteData<int, int>.Empty.Append(7, 7));
        await client.FetchPreviousPageAsync(query, "x");
        Assert.Equal([6, 7], client.GetState(query, "x").Data!.Pages);
        client.Remove(query, "x");
        Assert.False(client.TryGetData(query, "x", out _));
    }

    [Fact]
    public async Task The_first_page_follows_a_list_without_pages()
    {
        var client = NewClient();
        var query = Numbers();
        client.SetData(query, "x", InfiniteData<int, int>.Empty);
        await client.FetchPreviousPageAsync(query, "x");
        Assert.Empty(client.GetState(query, "x").Data!.Pages);
        await client.FetchNextPageAsync(query, "x");
        Assert.Equal([0], client.GetState(query, "x").Data!.Pages);
    }

    [Fact]
    public async Task A_refetch_of_ten_thousand_pages_needs_no_stack()
    {
        var client = NewClient();
        var query = Numbers();
        client.SetData(query, "x", Enumerable.Range(0, 10_000).Aggregate(InfiniteData<int, int>.Empty, (data, page) => data.Append(page, page)));
        await client.RefetchAsync(query, "x");
        Assert.Equal(10_000, client.GetState(query, "x").Data!.Count);
    }

    [Fact]
    public async Task Hooks_are_called_once_for_each_page_and_once_for_each_walk()
    {
        var (seen, failed) = (new List<int>(), new List<Exception>());
        var fails = false;
        var client = NewClient();
        var query = Query
            .DefineInfinite("q", (int cursor) => fails ? Task.FromException<int>(Boom) : Task.FromResult(cursor), 0, page => page + 1)
            .With(o => o with { OnSuccess = (data, _) => seen.Add(data.Count), OnError = (error, _) => failed.Add(error) });
        await client.FetchAsync(query, Unit.Default);
        await client.FetchNextPageAsync(query, Unit.Default);
        await client.RefetchAsync(query, Unit.Default);
        fails = true;
        await client.FetchNextPageAsync(query, Unit.Default);
        Assert.Equal([1, 2, 2], seen);
        Assert.Same(Boom, Assert.Single(failed));
        Assert.Equal(2, client.GetState(query, Unit.Default).Data!.Count);
    }

    [Fact]
    public async Task Next_cursors_that_throw_fail_the_walk_and_keep_the_pages()
    {
        var client = NewClient();
        var fails = false;
        var query = Query.DefineInfinite("q", (int cursor) => Task.FromResult(cursor), 0, page => fails ? throw Boom : page + 1);
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0).Append(1, 1));
        fails = true;
        await client.RefetchAsync(query, Unit.Default);
        var state = client.GetState(query, Unit.Default);
        Assert.Same(Boom, state.Error);
        Assert.Equal([0, 1], state.Data!.Pages);
        Assert.False(state.IsFetching);
    }

    [Fact]
    public async Task Failures_of_an_earlier_page_are_not_counted_for_the_one_that_fails()
    {
        var client = NewClient();
        var outcomes = new Queue<Func<Task<int>>>(
        [
            () => Task.FromException<int>(Boom),
            () => Task.FromResult(0),
            () => Task.FromException<int>(new NotSupportedException()),
        ]);
        var query = Query
            .DefineInfinite("q", (int _) => outcomes.Dequeue()(), 0, page => page + 1)
            .With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.Zero) with { ShouldRetry = error => error == Boom } });
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0).Append(1, 1));
        await client.RefetchAsync(query, Unit.Default);
        var state = client.GetState(query, Unit.Default);
        Assert.IsType<NotSupportedException>(state.Error);
        Assert.Equal(1, state.FailureCount);
    }

    [Fact]
    public void An_observer_that_asks_for_the_next_page_at_each_state_gets_them_all()
    {
        var client = NewClient();
        var query = Query.DefineInfinite("q", (int cursor, CancellationToken _) => Task.FromResult(cursor), 0, page => page < 999 ? page + 1 : null);
        var counts = new List<int>();
        using var watching = client.ObserveInfinite(query).Subscribe(state =>
        {
            if (state is { HasData: true, IsFetching: false })
                counts.Add(state.Data!.Count);
            client.FetchNextPage(query, Unit.Default);
        });
        Assert.Equal(Enumerable.Range(1, 1_000), counts);
        Assert.Empty(Unobserved);
    }

    [Fact]
    public void A_page_that_comes_on_a_foreign_thread_is_followed_by_the_next_at_the_clients_place()
    {
        var client = NewClient();
        var here = Environment.CurrentManagedThreadId;
        var answers = new[] { new TaskCompletionSource<int>(), new TaskCompletionSource<int>() };
        var threads = new List<int>();
        var query = Query.DefineInfinite(
            "q",
            (int cursor, CancellationToken _) =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                return answers[cursor].Task;
            },
            0,
            page => page + 1);
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0).Append(1, 10));
        client.Refetch(query, Unit.Default);
        var foreign = new Thread(() => answers[0].SetResult(0));
        foreign.Start();
        Assert.True(foreign.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal([here], threads);
        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1));
        Assert.Equal([here, here], threads);
        answers[1].SetResult(1);
        Assert.Equal([0, 1], client.GetState(query, Unit.Default).Data!.Pages);
    }

    [Fact]
    public void A_callers_token_ends_its_own_wait_only()
    {
        var client = NewClient();
        var answer = new TaskCompletionSource<int>();
        var query = Query.DefineInfinite("q", (int cursor, CancellationToken _) => cursor == 0 ? Task.FromResult(0) : answer.Task, 0, page => page + 1);
        using var watching = client.ObserveInfinite(query).Subscribe();
        using var impatience = new CancellationTokenSource();
        var impatient = client.FetchNextPageAsync(query, Unit.Default, impatience.Token);
        var patient = client.FetchNextPageAsync(query, Unit.Default);
        impatience.Cancel();
        Assert.True(impatient.IsCanceled);
        Assert.False(patient.IsCompleted);
        Assert.True(client.GetState(query, Unit.Default).IsFetchingNextPage);
        answer.SetResult(1);
        Assert.True(patient.IsCompletedSuccessfully);
        Assert.True(client.FetchNextPageAsync(query, Unit.Default, impatience.Token).IsCanceled);
    }

    [Fact]
    public void The_last_caller_to_give_up_abandons_the_page()
    {
        var client = NewClient();
        var token = CancellationToken.None;
        var query = Query.DefineInfinite(
            "q",
            (int cursor, CancellationToken ct) =>
            {
                token = ct;
                return cursor == 0 ? Task.FromResult(0) : new TaskCompletionSource<int>().Task;
            },
            0,
            page => page + 1);
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0));
        using var impatience = new CancellationTokenSource();
        _ = client.FetchNextPageAsync(query, Unit.Default, impatience.Token);
        Assert.True(client.GetState(query, Unit.Default).IsFetchingNextPage);
        impatience.Cancel();
        Assert.True(token.IsCancellationRequested);
        Assert.False(client.GetState(query, Unit.Default).IsFetching);
    }

    [Fact]
    public async Task A_list_that_is_written_while_the_cursor_is_sought_is_asked_for_it_again()
    {
        var client = NewClient();
        var asked = new List<int>();
        InfiniteQueryDefinition<Unit, int, int> query = null!;
        query = Query.DefineInfinite("q", (int cursor) => Task.FromResult(cursor), 0, page =>
        {
            asked.Add(page);
            if (page == 0)
                client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(5, 5));
            return page + 1;
        });
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0));
        await client.FetchNextPageAsync(query, Unit.Default);
        Assert.Equal([0, 5], asked);
        Assert.Equal([5, 6], client.GetState(query, Unit.Default).Data!.Pages);
    }

    [Theory]
    [InlineData(false, new[] { 0, 10, 2 })]
    [InlineData(true, new[] { -1, 0, 10 })]
    public async Task A_list_that_is_written_while_a_page_is_fetched_keeps_what_was_written(bool isPrevious, int[] expected)
    {
        var client = NewClient();
        var answer = new TaskCompletionSource<int>();
        var query = Query.DefineInfinite("q", (int _) => answer.Task, 0, page => page + 1, page => page - 1);
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0).Append(1, 1));
        var page = isPrevious ? client.FetchPreviousPageAsync(query, Unit.Default) : client.FetchNextPageAsync(query, Unit.Default);
        Assert.True(client.UpdateData(query, Unit.Default, data => data.WithPage(1, 10)));
        answer.SetResult(expected[isPrevious ? 0 : ^1]);
        await page;
        Assert.Equal(expected, client.GetState(query, Unit.Default).Data!.Pages);
    }

    [Fact]
    public void A_page_is_not_a_refetch_and_survives_projection()
    {
        var client = NewClient();
        var answer = new TaskCompletionSource<int>();
        var query = Query.DefineInfinite("q", (int cursor) => cursor == 0 ? Task.FromResult(0) : answer.Task, 0, page => page + 1, page => page - 1);
        var states = new List<QueryState<int>>();
        using var watching = client.ObserveInfinite(query).SelectData(data => data.Count).Subscribe(states.Add);
        client.FetchPreviousPage(query, Unit.Default);
        Assert.True(states[^1] is { IsFetching: true, IsFetchingPreviousPage: true, IsFetchingNextPage: false, IsRefetching: false });
        answer.SetResult(-1);
        Assert.True(states[^1] is { IsFetching: false, IsFetchingPreviousPage: false, Data: 2 });
    }

    [Fact]
    public void Bad_arguments_are_refused_by_name()
    {
        var client = NewClient();
        var query = Numbers();
        Assert.Throws<ArgumentNullException>("name", () => Query.DefineInfinite(null!, (int cursor) => Task.FromResult(cursor), 0, _ => null));
        Assert.Throws<ArgumentException>("name", () => Query.DefineInfinite("", (int cursor) => Task.FromResult(cursor), 0, _ => null));
        Assert.Throws<ArgumentNullException>("fetcher", () => Query.DefineInfinite("q", (Func<int, Task<int>>)null!, 0, _ => null));
        Assert.Throws<ArgumentNullException>("nextCursor", () => Query.DefineInfinite("q", (int cursor) => Task.FromResult(cursor), 0, null!));
        Assert.Throws<ArgumentNullException>("next", () => query.WithCursors(null!));
        Assert.Throws<ArgumentNullException>("keyOf", () => query.WithKey(null!));
        Assert.Throws<ArgumentNullException>("configure", () => query.With(null!));
        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(() => query.WithMaxPages(0)).ParamName);
        Assert.Throws<ArgumentNullException>("definition", () => client.FetchNextPage<string, int, int>(null!, "x"));
        Assert.Throws<ArgumentNullException>("parameters", () => client.FetchNextPage(query, null!));
        Assert.Throws<ArgumentNullException>("data", () => query.HasNextPage(null!));
        Assert.Throws<ArgumentNullException>("data", () => query.HasPreviousPage(null!));
        client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => client.FetchNextPage(query, "x"));
    }

    private static InfiniteQueryDefinition<string, int, int> Numbers() =>
        Query.DefineInfinite("numbers", (string _, int cursor, CancellationToken _) => Task.FromResult(cursor), 0, page => page + 1, page => page - 1);

    /// <summary>All pages there are, from the first on, then those before it.</summary>
    private async Task<InfiniteData<TCursor, TPage>> Walked<TParams, TCursor, TPage>(InfiniteQueryDefinition<TParams, TCursor, TPage> query, TParams parameters)
        where TParams : notnull
    {
        var client = NewClient();
        var data = await client.FetchAsync(query, parameters);
        while (query.HasNextPage(data))
        {
            await client.FetchNextPageAsync(query, parameters);
            data = client.GetState(query, parameters).Data!;
        }

        if (query.HasPreviousPage(data))
            await client.FetchPreviousPageAsync(query, parameters);
        return client.GetState(query, parameters).Data!;
    }

    private static async IAsyncEnumerable<int> AsyncEnumerableOf(int value)
    {
        await Task.CompletedTask;
        yield return value;
        yield return -100;
    }

    /// <summary>Every page is an attempt of its own, the first as well as one that follows another, or a failure of another.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Whichever_page_a_refetch_is_at_its_token_is_cancelled_with_it(int failing)
    {
        var client = NewClient(o => o with { CompletionBoundary = null });
        List<(int Page, TaskCompletionSource<int> Answer, CancellationToken Token)> asked = [];
        var query = Query.DefineInfinite(
            "q",
            (int cursor, CancellationToken ct) =>
            {
                TaskCompletionSource<int> answer = new();
                asked.Add((cursor, answer, ct));
                return answer.Task;
            },
            0,
            page => page < 2 ? page + 1 : null).With(o => o with { Retry = RetryPolicy.Fixed(TimeSpan.Zero, maxRetries: 1) });
        client.SetData(query, Unit.Default, InfiniteData<int, int>.Empty.Append(0, 0).Append(1, 1).Append(2, 2));
        _ = client.RefetchAsync(query, Unit.Default);
        while (asked[^1].Page < 2 || (failing == 2 && asked.Count < 4))
        {
            var (page, answer, _) = asked[^1];
            if (page == failing && asked.Count == page + 1)
                answer.SetException(Boom);
            else
                answer.SetResult(page);
        }

        client.Cancel(query, Unit.Default);
        Assert.Equal([false, false, false, true], asked.Select(attempt => attempt.Token.IsCancellationRequested));
    }
}
