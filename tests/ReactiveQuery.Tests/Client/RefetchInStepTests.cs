using System.Globalization;
using System.Reactive;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Client;

/// <summary>
/// A fetch behind the data of an only observer goes a way of its own. An observer that had company once goes the common one: both are shown and told the same, and so are callers.
/// </summary>
public partial class RefetchInStepTests : ClientTest
{
    public static TheoryData<string> Names => [.. Plays.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_shows_what_any_other_refetch_does(string name) => Compare(Plays[name], connection: null);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_does_so_too_where_somebody_says_whether_there_is_a_connection(string name) => Compare(Plays[name], new(true));

    [Fact]
    public void It_waits_for_a_connection_that_is_not_there()
    {
        using var connection = new BehaviorSubject<bool>(false);
        Compare(
            scene =>
            {
                connection.OnNext(false);
                scene.Watch();
                scene.Refetch();
                connection.OnNext(true);
                scene.Answer(0, "answer");
            },
            connection);
    }

    [Fact]
    public void A_timer_that_was_refused_is_asked_for_again_by_one()
    {
        var scheduler = new OddScheduler(Scheduler);
        var client = NewClient(o => o with { Scheduler = scheduler });
        var query = Query.Define("n", (int _) => new TaskCompletionSource<string>().Task).With(o => o with { Enabled = false, StaleTime = TimeSpan.FromMilliseconds(10) });
        List<string> seen = [];
        using var watching = client.Observe(query, 1).Subscribe(state => seen.Add(state.ToString()));
        client.SetData(query, 1, "first");
        scheduler.IsRefusing = true;
        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1));
        client.SetData(query, 1, "data");
        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(9));
        scheduler.IsRefusing = false;
        client.Refetch(query, 1);

        Scheduler.AdvanceBy(TimeSpan.FromMilliseconds(10));

        Assert.Equal("Success+Fetching(data, stale)", seen.Last());
    }

    [Fact]
    public void A_page_that_an_only_observer_asks_for_makes_the_data_no_younger()
    {
        using var next = new Subject<Unit>();
        var client = NewClient();
        var pages = Query.DefineInfinite("pages", (int cursor) => Task.FromResult(cursor), 0, page => page + 1);
        var updates = new List<DateTimeOffset?>();
        using var watching = client.ObserveInfinite(pages, o => o with { FetchNextPageOn = next }).Subscribe(state => updates.Add(state.DataUpdatedAt));
        var first = updates.Last();
        Scheduler.AdvanceBy(TimeSpan.FromSeconds(1));
        var count = updates.Count;

        next.OnNext(Unit.Default);

        Assert.Equal([first, first], updates.Skip(count));
    }

    [Fact]
    public void Nothing_but_states_and_a_token_is_made_for_an_answer_at_once()
    {
        const int Times = 1_000;
        var answer = Task.FromResult("answer");
        var client = NewClient(o => o with { CompletionBoundary = null });
        var query = Query.Define("n", (int _, CancellationToken _) => answer).With(o => o with { Enabled = false, StaleTime = TimeSpan.FromMinutes(1) });
        using var watching = client.Observe(query, 1).Subscribe();
        client.SetData(query, 1, "data");
        Refetch(10);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Refetch(Times);

        // Two states and a token are 176 bytes, and a little more without the optimizer; a flight would be another hundred.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times * 240);

        void Refetch(int times)
        {
            for (var i = 0; i < times; i++) client.Refetch(query, 1);
        }
    }

    [Fact]
    public void An_observable_that_is_subscribed_again_fetches_into_the_entry_there_is_by_then()
    {
        var calls = 0;
        var client = NewClient(o => o with { CompletionBoundary = null });
        var query = Query.Define("n", (int _) => Task.FromResult($"answer {calls++}"));
        var observed = client.Observe(query, 1);
        RefetchWatched();
        client.Remove(query, 1);

        RefetchWatched();

        void RefetchWatched()
        {
            using var watching = observed.Subscribe();
            client.SetData(query, 1, "data");
            client.Refetch(new QueryFilter());
            Assert.Equal($"Success+Idle(answer {calls - 1})", client.GetState(query, 1)!.ToString());
        }
    }

    private void Compare(Action<Scene> play, BehaviorSubject<bool>? connection)
    {
        foreach (var isAwaited in (bool[])[true, false])
            foreach (var fetchedBefore in (bool[])[true, false])
            {
                var common = Play(play, connection, isAwaited, fetchedBefore, hadCompany: true);

                Assert.NotEmpty(common);
                Assert.Equal(common, Play(play, connection, isAwaited, fetchedBefore, hadCompany: false));
            }
    }

    private List<string> Play(Action<Scene> play, BehaviorSubject<bool>? connection, bool isAwaited, bool fetchedBefore, bool hadCompany)
    {
        Unobserved.Clear();
        var client = NewClient(o => o with { CompletionBoundary = null, Online = connection });
        using var scene = new Scene(client, Scheduler, Unobserved, isAwaited, fetchedBefore, hadCompany);
        play(scene);
        return scene.Seen;
    }

    /// <summary>A query, what its server answers, who watches it and who waits for it.</summary>
    private sealed class Scene : IDisposable
    {
        private readonly DateTimeOffset _start;
        private readonly MarbleScheduler _scheduler;
        private readonly List<UnobservedError> _unobserved;
        private readonly bool _isAwaited;
        private readonly bool _fetchedBefore;
        private readonly bool _hadCompany;
        private readonly List<IDisposable> _watching = [];
        private readonly List<(TaskCompletionSource<string> Answer, CancellationToken Token)> _calls = [];
        private readonly List<Task> _callers = [];
        private bool _isBeforePlay;

        public Scene(QueryClient client, MarbleScheduler scheduler, List<UnobservedError> unobserved, bool isAwaited, bool fetchedBefore, bool hadCompany)
        {
            (Client, _scheduler, _unobserved, _start) = (client, scheduler, unobserved, scheduler.Now);
            (_isAwaited, _fetchedBefore, _hadCompany) = (isAwaited, fetchedBefore, hadCompany);
            Query = ReactiveQuery.Query.Define("fetched", (int _, CancellationToken token) => Call(token)).With(o => o with
            {
                Enabled = false,
                StaleTime = TimeSpan.FromMilliseconds(10),
                GcTime = TimeSpan.FromSeconds(1),
            });
        }

        public QueryClient Client { get; }

        public QueryDefinition<int, string> Query { get; set; }

        /// <summary>What is done instead of leaving a call to be answered later; given its number.</summary>
        public Func<int, Task<string>?>? AnswerAtOnce { get; set; }

        public List<string> Seen { get; } = [];

        /// <summary>Watches data that is there, and has fallen in step when this returns.</summary>
        public IDisposable Watch(Func<QueryOptions<string>, QueryOptions<string>>? configure = null, Action<QueryState<string>>? onNext = null)
        {
            Client.SetData(Query, 1, "first");
            var watching = WatchOnly(configure, onNext);
            HaveCompany();
            Client.SetData(Query, 1, "data");
            if (_fetchedBefore)
                FetchAtOnce();
            return watching;
        }

        /// <summary>Leaves a flight behind that landed within the call that began it, and serves again.</summary>
        private void FetchAtOnce()
        {
            var atOnce = AnswerAtOnce;
            (AnswerAtOnce, _isBeforePlay) = (_ => Task.FromResult("data"), true);
            Client.Refetch(Query, 1);
            (AnswerAtOnce, _isBeforePlay) = (atOnce, false);
            _calls.Clear();
        }

        /// <summary>In a play on the common way another observer comes, and leaves.</summary>
        public void HaveCompany()
        {
            if (_hadCompany)
                Client.Observe(Query, 1).Subscribe().Dispose();
        }

        public IDisposable WatchOnly(Func<QueryOptions<string>, QueryOptions<string>>? configure = null, Action<QueryState<string>>? onNext = null)
        {
            var name = $"{_watching.Count + 1}: ";
            var watching = Client.Observe(Query, 1, configure).Subscribe(
                state =>
                {
                    Note($"{name}{state} of {(state.DataUpdatedAt - _start)?.TotalMilliseconds} ms");
                    if (!_isBeforePlay)
                        onNext?.Invoke(state);
                },
                () => Note(name + "end"));
            _watching.Add(watching);
            return watching;
        }

        /// <summary>Asks for a refetch, and waits for its end if this is such a play.</summary>
        public void Refetch()
        {
            if (_isAwaited)
                _callers.Add(Client.RefetchAsync(Query, 1));
            else
                Client.Refetch(Query, 1);
            Note("asked");
        }

        /// <summary>Answers a call, if the play came to it.</summary>
        public void Answer(int call, string text)
        {
            if (call < _calls.Count)
                _calls[call].Answer.SetResult(text);
            Note($"answered {text}");
        }

        public void Fail(int call, Exception error)
        {
            if (call < _calls.Count)
                _calls[call].Answer.SetException(error);
            Note("failed");
        }

        public void Wait(int milliseconds) => _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(milliseconds));

        public void Note(string what) => Seen.Add(string.Create(CultureInfo.InvariantCulture, $"{(_scheduler.Now - _start).TotalMilliseconds} ms {what}; {Rest()}"));

        public void Dispose() => _watching.ForEach(watching => watching.Dispose());

        private Task<string> Call(CancellationToken token)
        {
            Seen.Add($"call {_calls.Count}");
            var call = (Answer: new TaskCompletionSource<string>(), token);
            _calls.Add(call);
            return AnswerAtOnce is null ? call.Answer.Task : AnswerAtOnce(_calls.Count - 1)!;
        }

        /// <summary>Which callers still wait, which tokens are cancelled, what was reported.</summary>
        private string Rest() =>
            $"waiting {string.Join(' ', _callers.Select((caller, i) => caller.IsCompleted ? (caller.IsCompletedSuccessfully ? "" : $"{i} {caller.Status}") : $"{i}"))}, "
            + $"cancelled {string.Join(' ', _calls.Select((call, i) => call.Token.IsCancellationRequested ? $"{i}" : ""))}, {_unobserved.Count} errors, {Client.Cache.Count} queries";
    }
}
