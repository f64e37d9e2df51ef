using System.Globalization;
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

    private void Compare(Action<Scene> play, BehaviorSubject<bool>? connection)
    {
        var common = Play(play, connection, hadCompany: true);

        Assert.NotEmpty(common);
        Assert.Equal(common, Play(play, connection, hadCompany: false));
    }

    private List<string> Play(Action<Scene> play, BehaviorSubject<bool>? connection, bool hadCompany)
    {
        Unobserved.Clear();
        using var scene = new Scene(NewClient(o => o with { CompletionBoundary = null, Online = connection }), Scheduler, Unobserved, hadCompany);
        play(scene);
        return scene.Seen;
    }

    /// <summary>A query, what its server answers, who watches it and who waits for it.</summary>
    private sealed class Scene : IDisposable
    {
        private readonly DateTimeOffset _start;
        private readonly MarbleScheduler _scheduler;
        private readonly List<UnobservedError> _unobserved;
        private readonly bool _hadCompany;
        private readonly List<IDisposable> _watching = [];
        private readonly List<(TaskCompletionSource<string> Answer, CancellationToken Token)> _calls = [];
        private readonly List<Task> _callers = [];

        public Scene(QueryClient client, MarbleScheduler scheduler, List<UnobservedError> unobserved, bool hadCompany)
        {
            (Client, _scheduler, _unobserved, _hadCompany, _start) = (client, scheduler, unobserved, hadCompany, scheduler.Now);
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
            if (_hadCompany)
                Client.Observe(Query, 1).Subscribe().Dispose();
            Client.SetData(Query, 1, "data");
            return watching;
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

        /// <summary>Asks for a refetch and looks whether its caller still waits.</summary>
        public Task Refetch()
        {
            var caller = Client.RefetchAsync(Query, 1);
            _callers.Add(caller);
            Note("asked");
            return caller;
        }

        public void Answer(int call, string text)
        {
            _calls[call].Answer.SetResult(text);
            Note($"answered {text}");
        }

        public void Fail(int call, Exception error)
        {
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
