using System.Reactive;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Infinite;

/// <summary>Random programs of pages, refetches, invalidations, writes, patches and answers: whatever the order, no page is lost or doubled.</summary>
public class InfiniteRandomTests : ClientTest
{
    private const int Programs = 300;
    private const int Steps = 60;

    [Fact]
    public void Whatever_is_done_the_pages_follow_each_other_and_each_was_fetched_once()
    {
        for (var seed = 0; seed < Programs; seed++)
        {
            new Program(NewClient(), seed).Play();
            Assert.Empty(Unobserved); // Where the observer's assertions go.
        }
    }

    /// <summary>A list on a server that grows and shrinks at both ends, and a client that is asked for this and that.</summary>
    private sealed class Program
    {
        private readonly QueryClient _client;
        private readonly Random _random;
        private readonly int _seed;
        private readonly List<(int Cursor, TaskCompletionSource<Page> Answer, CancellationToken Token)> _calls = [];
        private readonly List<(string What, Task Task)> _awaited = [];
        private readonly List<OptimisticHandle<InfiniteData<int, Page>>> _patches = [];
        private readonly InfiniteQueryDefinition<Unit, int, Page> _query;
        private int _firstPage = -1;
        private int _lastPage = 3;
        private InfiniteData<int, Page> _shown = InfiniteData<int, Page>.Empty;
        private QueryState<InfiniteData<int, Page>> _state = QueryState<InfiniteData<int, Page>>.Idle;

        public Program(QueryClient client, int seed)
        {
            (_client, _seed, _random) = (client, seed, new Random(seed));
            _query = Query.DefineInfinite(
                "q", (int cursor, CancellationToken token) => Call(cursor, token), 0, page => page.Next, page => page.Previous);
            if (seed % 3 == 0)
                _query = _query.WithMaxPages(3);
        }

        public void Play()
        {
            using var watching = _client.ObserveInfinite(_query).Subscribe(OnState);
            for (var step = 0; step < Steps; step++)
            {
                Do(_random.Next(12));
                AssertOneCallAtATime();
            }

            _patches.ForEach(patch => patch.Rollback());
            AnswerAll();
            Assert.All(_awaited, it => Assert.True(it.Task.IsCompletedSuccessfully, $"Seed {_seed}: {it.What} never ended."));
            AssertLikeTheServer();
        }

        private void Do(int operation)
        {
            switch (operation)
            {
                case 0 or 1: _awaited.Add(("next", _client.FetchNextPageAsync(_query, Unit.Default))); break;
                case 2: _awaited.Add(("previous", _client.FetchPreviousPageAsync(_query, Unit.Default))); break;
                case 3: _client.FetchNextPage(_query, Unit.Default); break;
                case 4: _awaited.Add(("refetch", _client.RefetchAsync(_query, Unit.Default))); break;
                case 5: _awaited.Add(("invalidation", _client.InvalidateAsync(_query, Unit.Default))); break;
                case 6: (_firstPage, _lastPage) = (_random.Next(-2, 1), _random.Next(0, 6)); break;
                case 7 when _random.Next(3) == 0: _client.Cancel(_query, Unit.Default); break;
                case 7: _client.UpdateData(_query, Unit.Default, data => data.Select(page => page with { Text = page.Text + "!" })); break;
                case 8 when _patches.Count > 2: Take(_patches).Rollback(); break;
                case 8: _patches.Add(_client.Mutate(_query, Unit.Default, data => data.Select(page => page with { Text = page.Text + "?" }))); break;
                default: Answer(_random.Next(8) == 0 ? Boom : null); break;
            }
        }

        private Task<Page> Call(int cursor, CancellationToken token)
        {
            var answer = new TaskCompletionSource<Page>();
            _calls.Add((cursor, answer, token));
            return answer.Task;
        }

        private bool Answer(Exception? error)
        {
            _calls.RemoveAll(call => call.Token.IsCancellationRequested);
            if (_calls.Count == 0) return false;
            var call = Take(_calls);
            if (error is not null)
                call.Answer.SetException(error);
            else
                call.Answer.SetResult(new Page(
                    call.Cursor, $"p{call.Cursor}", call.Cursor < _lastPage ? call.Cursor + 1 : null, call.Cursor > _firstPage ? call.Cursor - 1 : null));
            return true;
        }

        private void AnswerAll()
        {
            for (var answers = 0; Answer(null); answers++)
                Assert.True(answers < 1_000, $"Seed {_seed}: fetches without end.");
        }

        private void OnState(QueryState<InfiniteData<int, Page>> state)
        {
            _state = state;
            if (state.Data is not { } data) return;
            var cursors = data.Cursors;
            Assert.Equal(cursors, data.Pages.Select(page => page.Number));
            Assert.True(cursors.Zip(cursors.Skip(1)).All(pair => pair.Second == pair.First + 1), $"Seed {_seed}: {string.Join(' ', cursors)}");
            Assert.InRange(data.Count, 1, _query.MaxPages ?? int.MaxValue);
            if (state.IsFetchingNextPage || state.IsFetchingPreviousPage)
                Assert.All(_shown.Cursors, cursor => Assert.Contains(cursor, cursors)); // What is there stays while a page is fetched.
            _shown = data;
        }

        private void AssertOneCallAtATime() =>
            Assert.True(_calls.Count(call => !call.Token.IsCancellationRequested && !call.Answer.Task.IsCompleted) <= 1, $"Seed {_seed}: two calls at once.");

        private void AssertLikeTheServer()
        {
            _client.Refetch(_query, Unit.Default);
            AnswerAll();
            Assert.True(_state is { IsSuccess: true, IsFetching: false, IsOptimistic: false });
            Assert.All(_state.Data!.Pages, page => Assert.Equal($"p{page.Number}", page.Text));
            Assert.All(_state.Data.Pages.SkipLast(1), page => Assert.NotNull(page.Next));
        }

        private T Take<T>(List<T> from)
        {
            var index = _random.Next(from.Count);
            var taken = from[index];
            from.RemoveAt(index);
            return taken;
        }
    }

    private sealed record Page(int Number, string Text, int? Next, int? Previous);
}
