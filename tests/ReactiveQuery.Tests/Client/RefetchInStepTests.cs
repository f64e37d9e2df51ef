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

    private void Compare(Action<Scene> play, BehaviorSubject<bool>? connection)
    {
        foreach (var isAwaited in (bool[])[true, false])
        {
            var common = Play(play, connection, isAwaited, hadCompany: true);

            Assert.NotEmpty(common);
            Assert.Equal(common, Play(play, connection, isAwaited, hadCompany: false));
        }
    }

    private List<string> Play(Action<Scene> play, BehaviorSubject<bool>? connection, bool isAwaited, bool hadCompany)
    {
        Unobserved.Clear();
        using var scene = new Scene(NewClient(o => o with { CompletionBoundary = null, Online = connection }), Scheduler, Unobserved, isAwaited, hadCompany);
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
        private readonly bool _hadCompany;
        private readonly List<IDisposable> _watching = [];
        private readonly List<(TaskCompletionSource<string> Answer, CancellationToken Token)> _calls = [];
        private readonly List<Task> _callers = [];

        public Scene(QueryClient client, MarbleScheduler scheduler, List<UnobservedError> unobserved, bool isAwaited, bool hadCompany)
        {
            (Client, _scheduler, _unobserved, _isAwaited, _hadCompany, _start) = (client, scheduler, unobserved, isAwaited, hadCompany, scheduler.Now);
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
            return watching;
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
